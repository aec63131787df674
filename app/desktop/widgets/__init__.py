"""Widgets, icons and colours that all pages share."""
