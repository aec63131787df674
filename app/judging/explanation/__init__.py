"""What there is to say of a grade: measurements, and the sentences made of them."""
