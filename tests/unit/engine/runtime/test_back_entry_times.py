"""The order of the instants of a back-entry: whatever is taken lies between what came before and now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from engine.runtime.backentry.times import Bounds, judge

BASE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
minutes = st.integers(-100_000, 100_000)


@given(minutes, minutes, st.none() | minutes, minutes, st.integers(0, 100_000))
def test_what_is_taken_lies_in_order_and_what_lies_in_order_is_taken(acted, arose, earlier, furthest, age):
    at = lambda n: BASE + timedelta(minutes=n)  # noqa: E731
    now = max(at(arose), at(arose)) + timedelta(minutes=age)
    found = Bounds(at(arose), at(earlier) if earlier is not None else None, at(furthest), now)
    fits = found.first <= at(acted) <= now - timedelta(minutes=1)
    try:
        judge(at(acted), found)
    except Invalid as refused:
        assert not fits
        assert refused.data["problems"][0]["field"] == "_back.on"  # noqa: PT017 -- both ways are told apart
    else:
        assert fits


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=12))
def test_a_chain_of_back_entries_never_runs_backwards(steps):
    """What follows from a back-entry arose when that took place: entered in their order, each is no earlier."""
    now = BASE + timedelta(days=60)
    arose, taken = BASE, []
    for step in steps:
        acted = arose + timedelta(minutes=step)
        judge(acted, Bounds(arose, taken[-1] if taken else None, BASE - timedelta(days=30), now))
        with pytest.raises(Invalid):
            judge(arose - timedelta(minutes=1), Bounds(arose, None, BASE - timedelta(days=30), now))
        taken.append(acted)
        arose = acted
    assert taken == sorted(taken)


def test_seconds_do_not_matter_since_people_write_none():
    arose = BASE.replace(second=40)
    judge(BASE, Bounds(arose, arose, BASE - timedelta(days=1), BASE + timedelta(hours=1)))
