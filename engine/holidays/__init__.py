"""The calendar in force: the data package, years loaded after it, and the region's own days (docs/calendar.md)."""
