"""Benchmarks: what `doudi bench NAME` runs. Each is a module with `run(**options) -> dict` of figures."""

from __future__ import annotations

NAMES = {"step": "completing a human task through HTTP, database commit included"}
