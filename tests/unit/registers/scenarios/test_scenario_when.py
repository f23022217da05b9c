"""Instants as scenarios write them, on the working calendar of 2026."""

from __future__ import annotations

from datetime import date

import pytest

from engine import clock
from engine.calendar.days import national
from registers.scenarios import when

#: A Friday before the spring festival, whose next day is worked.
NOW = clock.instant(date(2026, 2, 13), 16, 20)


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute"),
    [
        ("2026-03-01 10:05", date(2026, 3, 1), 10, 5),
        ("2026-03-01", date(2026, 3, 1), 9, 0),
        ("17:00", date(2026, 2, 13), 17, 0),
        ("+1wd 09:30", date(2026, 2, 14), 9, 30),
        ("+2wd 09:30", date(2026, 2, 24), 9, 30),
        ("+2wd", date(2026, 2, 24), 16, 20),
        ("+3d 08:00", date(2026, 2, 16), 8, 0),
        ("+45min", date(2026, 2, 13), 17, 5),
        ("+8h", date(2026, 2, 14), 0, 20),
    ],
)
def test_it_is_the_instant_that_is_meant(text, day, hour, minute):
    assert when.resolve(when.read(text), NOW, national()) == clock.instant(day, hour, minute)


@pytest.mark.parametrize(
    "text",
    ["", " ", "+", "3d", "+3", "+3y", "+3d 24:00", "2026-13-01", "2026-1-5", "+1h 09:00", "9", "09:60", 900, None],
)
def test_anything_else_is_not_guessed(text):
    assert when.read(text) is None
