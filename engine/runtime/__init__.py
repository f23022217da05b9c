"""Runs instances: starts, completes, fires, parks; the only room that speaks with SpiffWorkflow."""
