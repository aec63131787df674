"""A duel from the deal to the kept card: deck, duel, jobs, workshop, card, gallery. Every door may call; no widgets."""
