"""The drawing that is being painted: its entries, undo and redo."""
