"""What the whole window shares: settings, commands, and work in the background."""
