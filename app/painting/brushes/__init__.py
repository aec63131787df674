"""Recipes of strokes: brushes, their settings and textures, palettes, and brushes fitted to a painting."""
