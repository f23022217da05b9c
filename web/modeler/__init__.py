"""Process diagrams."""
