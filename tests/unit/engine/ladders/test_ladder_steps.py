"""The rungs of a ladder: when each is due, which comes next."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import clock
from engine.calendar.days import national
from engine.errors import Invalid
from engine.ladders.steps import instants, next_rung, parse

DUE = clock.end_of(date(2026, 2, 12))  # a Thursday; 14 February is worked, 15–23 are the Spring Festival
BEGAN = datetime(2026, 2, 3, 9, tzinfo=clock.ZONE)
LADDER = "holder@-2wd,director@0,deputy@+1wd,head@+3wd"


def days(ladder, due=DUE):
    return [(f"{at:%Y-%m-%d %H:%M}", step.text) for at, step in instants(ladder, due, national())]


def test_each_rung_is_due_at_the_beginning_of_its_day():
    """The third working day after the 12th: 13, 14 (make-up Saturday), 24 February."""
    assert days(LADDER) == [
        ("2026-02-10 00:00", "holder@-2wd"),
        ("2026-02-12 00:00", "director@0"),
        ("2026-02-13 00:00", "deputy@+1wd"),
        ("2026-02-24 00:00", "head@+3wd"),
    ]


def test_rungs_are_taken_in_the_order_of_their_days_however_written():
    assert [step for _, step in days("head@+3wd,director@0,deputy@-1d")] == ["deputy@-1d", "director@0", "head@+3wd"]


@pytest.mark.parametrize(
    "ladder",
    ["boss@0", "director", "@0", "director@", "director@1wd", "director@+1", "director@+1wd,", "head@0,head@0", ""],
)
def test_what_is_no_ladder_is_refused(ladder):
    with pytest.raises(Invalid):
        parse(ladder)


def test_the_next_rung_is_the_first_that_was_not_taken():
    taken: set[str] = set()
    seen = []
    while (rung := next_rung(LADDER, DUE, BEGAN, national(), taken)) is not None:
        seen.append(rung[1].text)
        taken.add(rung[1].text)
    assert seen == ["holder@-2wd", "director@0", "deputy@+1wd", "head@+3wd"]


def test_a_reminder_of_a_day_before_the_beginning_is_left_out():
    began = datetime(2026, 2, 11, 9, tzinfo=clock.ZONE)
    assert next_rung(LADDER, DUE, began, national())[1].text == "director@0"
    same_day = datetime(2026, 2, 10, 17, tzinfo=clock.ZONE)
    assert next_rung(LADDER, DUE, same_day, national())[1].text == "holder@-2wd"


def test_without_a_ladder_or_a_date_there_is_none():
    assert next_rung(None, DUE, BEGAN, national()) is None
    assert next_rung(LADDER, None, BEGAN, national()) is None


OFFSETS = st.one_of(
    st.just("0"),
    st.builds(lambda n, u, s: f"{s}{n}{u}", st.integers(1, 30), st.sampled_from(["wd", "d"]), st.sampled_from("+-")),
)


@given(st.lists(OFFSETS, min_size=1, max_size=6, unique=True), st.dates(date(2010, 3, 1), date(2026, 9, 30)))
def test_every_rung_comes_once_in_order(offsets, day):
    ladder = ",".join(f"head@{each}" for each in offsets)
    due, began = clock.end_of(day), clock.instant(date(2009, 1, 1))
    taken, last = set(), None
    for _ in offsets:
        at, step = next_rung(ladder, due, began, national(), taken)
        assert step.text not in taken
        assert last is None or at >= last
        taken.add(step.text)
        last = at
    assert next_rung(ladder, due, began, national(), taken) is None
