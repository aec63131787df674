"""Pastiche, the program; ARCHITECTURE.md tells its rooms."""
