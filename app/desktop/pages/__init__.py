"""The pages of the window: home, studio, result, and a saved duel."""
