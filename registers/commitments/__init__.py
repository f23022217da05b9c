"""A commitment instead of a proof (证明事项告知承诺制)."""
