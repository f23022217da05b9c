"""Escalation ladders: who is told of a deadline, when, once (docs/ladders.md)."""
