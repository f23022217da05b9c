"""Leaders: what is overdue, and why."""
