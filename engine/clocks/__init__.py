"""Statutory clocks: budget, start, satisfied; the verdict is computed when asked."""
