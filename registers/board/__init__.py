"""The leaders' board: what is red and why, trends, load, the month report. No tables of its own; it only reads."""
