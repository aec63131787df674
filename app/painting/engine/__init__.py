"""Strokes onto pixels: dab placement, dabs, paint mixing, layers, tiles and what is shown. QtGui's raster only."""
