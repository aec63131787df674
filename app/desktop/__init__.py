"""The desktop door: the window in which a duel is played."""
