"""The studio's panels beside the canvas."""
