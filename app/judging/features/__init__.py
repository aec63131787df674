"""What the judge extracts of one picture: colours, layout, texture, and the autoencoder's embeddings."""
