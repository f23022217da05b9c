"""A clock's date follows from its ledger and the calendar, and from nothing else."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from engine import clock
from engine.calendar.days import Calendar, LocalDay, national
from engine.clocks.ledger import redate
from engine.clocks.models import Clock, ClockEntry

START = datetime(2026, 3, 2, 9, tzinfo=clock.ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)


def made(**given) -> Clock:
    return Clock(
        **{"budget": "30wd", "extends_to": "45wd", "lap": 0, "started_at": START, "basis": {}, "warn": "5wd", **given}
    )


def entry(kind: str, day: str, **given) -> ClockEntry:
    return ClockEntry(kind=kind, at=at(f"{day} 10:00"), who="周学军", note="", **given)


def test_the_plain_date():
    """policy.md §12: 30 working days from 2 March 2026."""
    found = redate(made(), [entry("started", "2026-03-02")], national())
    assert found.due_at == clock.end_of(date(2026, 4, 14))
    assert found.warn_at == clock.instant(date(2026, 4, 7))


def test_a_pause_moves_it_and_says_so():
    lines = [
        entry("started", "2026-03-02"),
        entry("paused", "2026-03-04", cause="publicity"),
        entry("resumed", "2026-03-11"),
    ]
    found = redate(made(), lines, national())
    assert found.due_at == clock.end_of(date(2026, 4, 21))
    assert any("暂停计时（公示期间）" in said for said in found.basis["why"])


def test_while_it_stands_still_there_is_no_date():
    found = redate(
        made(paused_at=at("2026-03-04 10:00")), [entry("paused", "2026-03-04", cause="publicity")], national()
    )
    assert (found.due_at, found.warn_at) == (None, None)


def test_an_extension_counts_the_longer_length_from_the_start():
    lines = [entry("started", "2026-03-02"), entry("extended", "2026-04-01", cause="objection")]
    found = redate(made(lap=1), lines, national())
    assert found.due_at == clock.end_of(date(2026, 5, 8))
    assert found.basis["why"][0] == "2026-04-01经周学军批准，因公示异议由30个工作日延长至45个工作日。"


def test_another_calendar_gives_another_date():
    eid = LocalDay(date(2026, 3, 20), True, "开斋节", "测试", "测试")
    found = redate(made(), [entry("started", "2026-03-02")], Calendar(local=[eid]))
    assert found.due_at == clock.end_of(date(2026, 4, 15))


def test_a_date_that_was_given_stays():
    basis = {"due": "2026-03-09", "given": True, "why": []}
    found = redate(made(basis=basis, due_at=at("2026-03-10 00:00")), [], national())
    assert found.due_at == at("2026-03-10 00:00")


@pytest.mark.parametrize("lap", [0, 1])
def test_what_may_not_be_extended_keeps_its_length(lap):
    assert redate(made(extends_to=None, lap=lap), [], national()).due_at == clock.end_of(date(2026, 4, 14))
