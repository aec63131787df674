"""What shows the rivals, and asks them for other pictures."""
