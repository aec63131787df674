"""Trained weights and the graphs they fit: rivals and the judge build and load their networks here."""
