"""What shows a verdict: pictures, grades, facets, heat maps, advice."""
