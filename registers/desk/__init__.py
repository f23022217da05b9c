"""What people keep on their own desk: narrowed lists under a name, and the day on which they look at an item again."""
