"""Decisions: DMN tables and literal expressions, read by us, evaluated by FEEL."""
