"""Working days, holidays and due dates, as pure functions (docs/calendar.md)."""
