"""The canvas: pointer and touch input, tools, and how the drawing is shown."""
