"""Distances of two pictures' features, and how they become a grade."""
