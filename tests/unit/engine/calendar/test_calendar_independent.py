"""The calendar against an independent source: the package `holidays` (its China data are kept by other people, year by
year from the State Council's notices, which it links). Working days and due dates are worked out a second time from it
alone."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar.arithmetic import before, due
from engine.calendar.days import national, national_schedule
from engine.calendar.lengths import Length

OTHER = holidays.country_holidays("CN", years=range(2003, 2028))
FIRST, LAST = date(2010, 1, 1), date(2026, 12, 31)
#: Where the two sources disagree, and what decides. None lies within 2010–2026. 国务院办公厅关于2006年部分节假日安排的
#: 通知 makes Saturday 31 December 2005 a working day; `chinesecalendar` lacks it.
DISAGREE = {date(2005, 12, 31)}


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def works(day: date) -> bool:
    """What the other source says."""
    return OTHER.is_working_day(day)


@pytest.mark.parametrize("year", range(2010, 2027))
def test_every_day_of_the_year_is_worked_or_not_by_both(year):
    days = span(date(year, 1, 1), date(year, 12, 31))
    assert [day for day in days if national().is_workday(day) != works(day)] == []
    assert sum(map(works, days)) in range(246, 254)  # The other source has the year's notice: 245 would be none.
    assert any(works(day) and day.weekday() > 4 for day in days)


def test_the_years_before_disagree_on_one_day_only():
    first = date(min(national_schedule().years), 1, 1)
    assert {day for day in span(first, LAST) if national().is_workday(day) != works(day)} == DISAGREE


@settings(max_examples=400)
@given(st.dates(FIRST, date(2026, 6, 30)), st.integers(0, 120))
def test_working_days_are_counted_alike(start, amount):
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        left -= works(day)
    while not works(day):
        day += timedelta(days=1)
    found = due(start, Length(amount, "wd"), national())
    assert found.day == day
    assert not found.provisional


@settings(max_examples=400)
@given(st.dates(FIRST, date(2026, 9, 30)), st.integers(0, 80))
def test_natural_days_roll_to_the_same_day(start, amount):
    day = start + timedelta(days=amount)
    while not works(day):
        day += timedelta(days=1)
    assert due(start, Length(amount, "d"), national()).day == day


@settings(max_examples=400)
@given(st.dates(FIRST, date(2026, 6, 30)), st.integers(0, 6))
def test_months_roll_to_the_same_day(start, amount):
    month = start.month - 1 + amount
    year, month = start.year + month // 12, month % 12 + 1
    day = date(year, month, 1)
    while day.day < start.day and (day + timedelta(days=1)).month == month:
        day += timedelta(days=1)
    while not works(day):
        day += timedelta(days=1)
    assert due(start, Length(amount, "m"), national()).day == day


@settings(max_examples=400)
@given(st.dates(date(2010, 7, 1), LAST), st.integers(0, 60))
def test_warnings_fall_on_the_same_day(day, amount):
    expected, left = day, amount
    while left:
        expected -= timedelta(days=1)
        left -= works(expected)
    while not works(expected):
        expected -= timedelta(days=1)
    assert before(day, Length(amount, "wd"), national()) == expected


@settings(max_examples=400)
@given(st.dates(FIRST, LAST), st.dates(FIRST, LAST))
def test_the_working_days_between_two_days_are_as_many(one, other):
    first, last = min(one, other), max(one, other)
    ours = sum(map(national().is_workday, span(first, last)))
    assert ours == OTHER.get_working_days_count(first, last)
