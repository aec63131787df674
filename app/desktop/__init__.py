"""The desktop door: the window in which a duel is played. Only this room imports QtWidgets; app.startup opens it."""
