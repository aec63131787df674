"""A duel from the deal to the kept card: deck, duel, jobs, worker, card, gallery. Every door may call; no widgets."""
