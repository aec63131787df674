"""The figures that the project promises, measured: start-up, lag, rivals, grades."""
