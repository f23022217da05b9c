"""The pure function behind `doudi due`: typed texts in, a due date with its reasons out."""

from __future__ import annotations

import re
from datetime import date

from engine.calendar.arithmetic import due
from engine.calendar.days import Calendar
from engine.calendar.lengths import Length, refuse

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def explain(start_text: str, length_text: str, calendar: Calendar) -> dict[str, object]:
    """`{"due", "raw", "provisional", "why"}` (民法典 art. 201-203); raises `Invalid` on bad input."""
    found = due(read_date(start_text), Length.parse(length_text), calendar)
    return {
        "due": found.day.isoformat(),
        "raw": found.raw.isoformat(),
        "provisional": found.provisional,
        "why": list(found.why),
    }


def read_date(text: str) -> date:
    """A date typed as 2026-02-10, nothing else."""
    if isinstance(text, str) and _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # 2026-02-30 has the form of a date but is none
    raise refuse("start", f"无法识别日期“{text}”。请写成 2026-02-10 这样的日期，并确认这一天存在。")
