"""What leads to what: they connect pages, the drawing, files and the duel, and hold no widgets of their own."""
