"""The dialog in which a brush is edited and tried."""
