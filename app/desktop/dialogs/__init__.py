"""Dialogs for settings, shortcuts, replays and time-lapses."""
