"""Scenarios: readable stories that drive the shipped models under the virtual clock, and what they cover of them."""
