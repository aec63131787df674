"""The painting room: brushes, strokes, drawings, their journal, and the auto-painter. Uses Qt's raster classes only."""
