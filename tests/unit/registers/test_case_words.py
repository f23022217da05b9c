"""Lights and words for dates."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine import clock
from engine.calendar.days import national
from registers.cases.words import light, overdue_days, remaining

DUE = clock.end_of(date(2026, 2, 12))  # a Thursday; 14 February is a make-up Saturday, 15–23 are the Spring Festival
WARN = clock.instant(date(2026, 2, 11))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)


@pytest.mark.parametrize(
    ("now", "colour", "words"),
    [
        ("2026-02-10 23:59:59", "green", "剩 2 个工作日"),
        ("2026-02-11 00:00:00", "yellow", "剩 1 个工作日"),
        ("2026-02-12 23:59:59", "yellow", "今天到期"),
        ("2026-02-13 00:00:00", "red", "超期 1 天"),
        ("2026-02-14 09:00:00", "red", "超期 2 天"),
    ],
)
def test_a_day_belongs_to_its_period_until_24_00(now, colour, words):
    assert light(DUE, WARN, at(now)) == colour
    assert remaining(DUE, at(now), national()) == words


def test_holidays_are_not_counted_as_remaining():
    assert remaining(clock.end_of(date(2026, 2, 24)), at("2026-02-14 10:00"), national()) == "剩 1 个工作日"


def test_a_last_day_without_a_working_day_before_it_is_counted_in_days():
    assert remaining(clock.end_of(date(2026, 2, 20)), at("2026-02-15 10:00"), national()) == "剩 5 天"


def test_what_has_no_due_date_is_green_and_silent():
    assert (light(None, None, DUE), remaining(None, DUE, national())) == ("green", "")


def test_without_a_warning_it_turns_from_green_to_red():
    assert light(DUE, None, at("2026-02-12 23:59")) == "green"
    assert overdue_days(DUE, at("2026-02-12 23:59")) == 0
