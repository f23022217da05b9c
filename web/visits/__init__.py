"""Visits on a phone: the page that works without network, and what it asks of the server (docs/visits.md)."""
