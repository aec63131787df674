"""Drawings on disk: journals, replays, time-lapses, OpenRaster files."""
