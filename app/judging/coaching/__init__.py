"""Edits of a drawing that would raise its grade: found by trying and grading them."""
