"""What is kept of a finished duel: gallery, result card, progress film, and how an assessment is written down."""
