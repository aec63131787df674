"""How fast the rivals paint, and how well."""
