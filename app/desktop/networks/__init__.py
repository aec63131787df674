"""The dialog that installs, verifies and removes networks."""
