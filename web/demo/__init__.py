"""The time control of a demonstration."""
