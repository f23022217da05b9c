"""How a month's roster comes about: what is due, what is doubtful, what was signed."""
