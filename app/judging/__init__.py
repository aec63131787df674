"""Who compares two pictures, and how: the autoencoder's embeddings, their calibration, the judge."""
