"""What a drawing consists of, as data: strokes, layers, symmetry."""
