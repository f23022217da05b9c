"""Clocks that a drawing starts, pauses and ends: rows with a ledger, dates that follow from it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from engine import clock
from engine.clocks import queries as clocks
from engine.runtime import operations

MONDAY = datetime(2026, 3, 2, 9, tzinfo=clock.ZONE)
CATALOGUE = {
    "total": {"title": "全程办理时限", "length": "30wd", "extend": "45wd", "warn": "5wd", "ladder": "clerk@0"},
    "alarm": {"title": "预警", "kind": "advisory", "length": "20wd"},
}


def on(day: str, hour: int = 10) -> clock.at:
    return clock.at(datetime.fromisoformat(day).replace(hour=hour, tzinfo=clock.ZONE))


def ledger(world, instance):
    (lines,) = clocks.ledger(world.session, instance.id).values()
    return [(each.kind, f"{each.at:%m-%d}", f"{each.due_at:%m-%d}" if each.due_at else None) for each in lines]


def test_a_clock_takes_what_it_is_from_the_catalogue(world):
    world.deploy(CATALOGUE, main="start s; user a clock=start total; user b clock=satisfy total; end e\n s > a > b > e")
    with clock.at(MONDAY):
        case = world.start()
    total = world.clocks(case)["total"]
    assert (total.title, total.kind, total.budget, total.extends_to) == ("全程办理时限", "legal", "30wd", "45wd")
    assert total.due_at == clock.end_of(date(2026, 4, 14))
    assert total.warn_at == clock.instant(date(2026, 4, 7))
    assert total.rung_at == clock.instant(date(2026, 4, 14))
    with on("2026-03-05"):
        world.complete(case, "b")
    total = world.clocks(case)["total"]
    assert (total.ending, total.rung_at) == ("satisfied", None)
    assert [kind for kind, _, _ in ledger(world, case)] == ["started", "satisfied"]


def test_the_drawing_may_say_another_length(world):
    world.deploy(CATALOGUE, main="start s; user a clock=start total 3wd extend 5wd; user b; end e\n s > a > b > e")
    with clock.at(MONDAY):
        total = world.clocks(world.start())["total"]
    assert (total.budget, total.extends_to, total.due_at) == ("3wd", "5wd", clock.end_of(date(2026, 3, 5)))


def test_a_clock_that_no_catalogue_knows_still_runs(world):
    """Cases of older releases, which had none."""
    world.deploy(main="start s; user a clock=start total 30wd; user b; end e\n s > a > b > e")
    with clock.at(MONDAY):
        total = world.clocks(world.start())["total"]
    assert (total.title, total.kind, total.ladder) == ("total", "legal", None)


@pytest.mark.parametrize("order", ["start nameless", "start total 30", "start total ok"])
def test_a_clock_that_cannot_be_armed_is_an_incident_and_the_act_is_kept(world, order):
    world.deploy(CATALOGUE, main=f"start s; user a; xor g clock={order}; user b; end e\n s > a > g > b > e")
    with clock.at(MONDAY):
        case = world.start()
    (incident,) = world.incidents(case)
    assert (incident.kind, incident.element_id) in (("clock", "g"), ("expression", "g"))
    assert world.clocks(case) == {}
    assert world.items(case) == {}


def test_a_drawn_pause_and_its_end(world):
    """Paused on Wednesday the 4th, resumed a week later: five working days more, and no reminder meanwhile."""
    world.deploy(
        CATALOGUE,
        main="start s; user a clock=start total; user b clock=pause total publicity; user c clock=resume total; user d;"
        " end e\n s > a > b > c > d > e",
    )
    with clock.at(MONDAY):
        case = world.start()
    with on("2026-03-04"):
        world.complete(case, "b")
    paused = world.clocks(case)["total"]
    assert (paused.due_at, paused.rung_at, paused.warn_at) == (None, None, None)
    assert paused.paused_at is not None
    with on("2026-03-11"):
        world.complete(case, "c")
    total = world.clocks(case)["total"]
    assert total.due_at == clock.end_of(date(2026, 4, 21))
    assert total.rung_at == clock.instant(date(2026, 4, 21))
    assert ledger(world, case) == [
        ("started", "03-02", "04-15"),
        ("paused", "03-04", None),
        ("resumed", "03-11", "04-22"),
    ]
    assert any("暂停计时（公示期间）" in said for said in total.basis["why"])


@pytest.mark.parametrize(("ok", "stands"), [(True, True), (False, False)])
def test_an_order_may_hang_on_a_condition(world, ok, stands):
    world.deploy(
        CATALOGUE,
        main="start s; user a clock=start total; user b clock=pause total publicity when ok; user c clock=resume total;"
        " end e\n s > a > b > c > e",
    )
    with clock.at(MONDAY):
        case = world.start()
        world.complete(case, "b", ok=ok)
    assert (world.clocks(case)["total"].paused_at is not None) is stands


def test_what_still_runs_lapses_with_its_case(world):
    world.deploy(CATALOGUE, main="start s; user a clock=start total; user b; end e\n s > a > b > e")
    with clock.at(MONDAY):
        case = world.start()
        world.complete(case, "b")
    total = world.clocks(case)["total"]
    assert (total.ending, total.rung_at) == ("lapsed", None)


def test_a_clock_that_follows_a_late_timer_starts_when_it_ran_and_remembers_when_it_should(world):
    world.deploy(
        CATALOGUE,
        main="start s; user a; timer w wait=7d; user b clock=start total; user c; end e\n s > a > w > b > c > e",
    )
    world.deploy(
        CATALOGUE,
        main="start s; user a; timer w wait=7d; xor g clock=start total; user c; end e\n s > a > w > g > c > e",
    )
    with clock.at(MONDAY):
        case = world.start()
    (timer,) = world.timers(case)
    assert timer.due_at == clock.end_of(date(2026, 3, 9))
    with on("2026-03-31"):  # The machine slept for three weeks.
        assert operations.fire(timer.id)
    total = world.clocks(case)["total"]
    assert f"{total.started_at:%Y-%m-%d}" == "2026-03-31"
    assert total.meant_at == timer.due_at


def test_a_step_without_a_clock_costs_no_query_for_it(world, statements):
    world.deploy(CATALOGUE, main="start s; user a; user b; user c; end e\n s > a > b > c > e")
    with clock.at(MONDAY):
        case = world.start()
        item = world.items(case)["b"]
        with statements.counted() as count:
            operations.complete(item.id, world.zhang, values={"note": "好", "ok": True})
    assert not [each for each in count.sql if "clock" in each.lower() and "FROM clock" in each]


def test_the_date_of_a_clock_is_that_of_its_own_day(world):
    """An act after hours counts as that day (policy.md §12.3)."""
    world.deploy(CATALOGUE, main="start s; user a clock=start total; user b; end e\n s > a > b > e")
    with clock.at(MONDAY.replace(hour=23, minute=59)):
        late = world.clocks(world.start())["total"]
    with clock.at(MONDAY + timedelta(days=1) - timedelta(hours=9)):
        next_day = world.clocks(world.start())["total"]
    assert late.due_at == clock.end_of(date(2026, 4, 14))
    assert next_day.due_at == clock.end_of(date(2026, 4, 15))
