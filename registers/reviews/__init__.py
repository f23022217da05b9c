"""Periodic reviews of what was confirmed."""
