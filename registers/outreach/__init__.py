"""Finding people who are missed (防漏保)."""
