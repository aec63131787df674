"""What the window promises: its start, its freezes, the canvas, and the worker behind it."""
