"""A day counts when the clock runs at its end: what a pause leaves out, over any dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar.arithmetic import Pause, due
from engine.calendar.days import national
from engine.calendar.lengths import Length

D = date.fromisoformat
DAYS = st.dates(D("2010-01-04"), D("2026-06-30"))
LENGTHS = st.builds(Length, st.integers(0, 60), st.sampled_from(["wd", "d", "m"])).filter(
    lambda length: length.unit != "m" or length.amount <= 12
)


@st.composite
def starts_with_pauses(draw):
    """A start and up to three pauses one after the other, each beginning on or after it."""
    start = day = draw(DAYS)
    pauses = []
    for _ in range(draw(st.integers(0, 3))):
        first = day + timedelta(days=draw(st.integers(0, 30)))
        day = first + timedelta(days=draw(st.integers(0, 30)))
        pauses.append(Pause(first, day, "公示"))
    return start, pauses


@pytest.mark.parametrize(
    ("start", "length", "pauses", "expected"),
    [
        # Paused on Wednesday, resumed on the same day: nothing is left out.
        ("2026-03-02", "5wd", [("2026-03-04", "2026-03-04")], "2026-03-09"),
        # Paused on Wednesday, resumed on Thursday: Wednesday counts for nothing.
        ("2026-03-02", "5wd", [("2026-03-04", "2026-03-05")], "2026-03-10"),
        # Paused over a weekend only: no working day is lost.
        ("2026-03-02", "5wd", [("2026-03-07", "2026-03-09")], "2026-03-09"),
        # Paused on the last day: the last day is still to come when it is resumed.
        ("2026-03-02", "5wd", [("2026-03-09", "2026-03-16")], "2026-03-16"),
        # Natural days: seven of them, two taken out.
        ("2026-03-02", "7d", [("2026-03-04", "2026-03-06")], "2026-03-11"),
        # A month, and ten days of standing still.
        ("2026-03-02", "1m", [("2026-03-10", "2026-03-20")], "2026-04-13"),
        # A pause that began after the end moves nothing.
        ("2026-03-02", "5wd", [("2026-03-10", "2026-03-20")], "2026-03-09"),
    ],
)
def test_what_a_pause_leaves_out(start, length, pauses, expected):
    found = due(D(start), Length.parse(length), national(), [Pause(D(a), D(b)) for a, b in pauses])
    assert found.day == D(expected)


@given(starts_with_pauses(), LENGTHS)
def test_a_period_never_ends_on_a_rest_day_or_while_it_stands_still(begun, length):
    start, pauses = begun
    found = due(start, length, national(), pauses)
    assert national().is_workday(found.day)
    assert not any(found.day in each for each in pauses)


@given(starts_with_pauses(), st.integers(0, 60))
def test_exactly_so_many_working_days_are_counted(begun, amount):
    start, pauses = begun
    raw = due(start, Length(amount, "wd"), national(), pauses).raw
    days = [start + timedelta(days=n + 1) for n in range((raw - start).days)]
    assert sum(national().is_workday(day) and not any(day in each for each in pauses) for day in days) == amount


@given(starts_with_pauses(), LENGTHS)
def test_a_pause_makes_nothing_earlier(begun, length):
    start, pauses = begun
    assert due(start, length, national(), pauses).day >= due(start, length, national()).day


@given(starts_with_pauses(), LENGTHS)
def test_a_pause_that_ends_on_its_day_is_none(begun, length):
    start, pauses = begun
    ended_at_once = [Pause(each.first, each.first) for each in pauses]
    assert due(start, length, national(), ended_at_once) == due(start, length, national())


@given(starts_with_pauses(), st.integers(1, 60))
def test_natural_days_grow_by_the_days_stood_still(begun, amount):
    start, pauses = begun
    found = due(start, Length(amount, "d"), national(), pauses)
    spent = [day for n in range((found.raw - start).days) if (day := start + timedelta(days=n + 1))]
    assert sum(not any(day in each for each in pauses) for day in spent) == amount - any(
        found.raw in each for each in pauses
    )


def test_the_explanation_names_the_pause():
    found = due(D("2026-03-02"), Length.parse("5wd"), national(), [Pause(D("2026-03-04"), D("2026-03-06"), "公示期间")])
    assert "2026-03-04（周三）至2026-03-05（周四）暂停计时（公示期间），这些天不计入。" in found.why
