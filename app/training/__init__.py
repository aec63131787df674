"""How the networks in ``checkpoints/`` were made; nothing else in the house imports this room."""
