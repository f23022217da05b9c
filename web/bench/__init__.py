"""Benchmarks: what `doudi bench NAME` runs. Each is a module with `TITLE` and `run(**options) -> dict` of figures;
what they share is in `ground`."""
