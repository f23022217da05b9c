"""What is due fires: in order, once, and whatever happens to the others."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import clock
from engine.database import db
from engine.journal.models import JournalEntry
from engine.journal.verbs import Verb
from engine.rules.veto import allow, veto
from engine.runtime import operations
from engine.runtime.models import WaitingTimer
from engine.runtime.services import services
from tests.support.world import World
from timers import firing

FEB_10 = datetime(2026, 2, 10, 9, 0, tzinfo=clock.ZONE)
LATER = FEB_10 + timedelta(days=90)
ONE = "start s; user a; timer t wait=7d; user b; end e\n s > a > t > b > e"
CHAIN = "start s; user a; timer t wait=1wd; timer u wait=1wd; user b; end e\n s > a > t > u > b > e"
BESIDE = """start s; user a; and split; timer t wait=1wd; timer u wait=3wd; user b; and join; end e
    s > a > split
    split > t > join
    split > u > join
    split > b > join
    join > e"""


@pytest.fixture
def world(session, monkeypatch):
    monkeypatch.setattr(veto, "_rules", [lambda _session, _question: allow()])
    monkeypatch.setattr(services, "_by_name", {})
    return World(session)


def fired(session) -> list[tuple[int, str]]:
    rows = session.execute(
        sa.select(JournalEntry.instance_id, JournalEntry.after)
        .where(JournalEntry.verb == Verb.TIMER_FIRED)
        .order_by(JournalEntry.id)
    )
    return [(instance_id, after["timer"]) for instance_id, after in rows]


def failing(monkeypatch, bad: int):
    """Lets one timer fail as if the database were away."""
    real = operations.fire

    def fire(timer_id: int) -> bool:
        if timer_id == bad:
            raise OSError("磁盘已满")
        return real(timer_id)

    monkeypatch.setattr(operations, "fire", fire)


def test_nothing_due_is_nothing_fired(world):
    world.deploy(main=ONE)
    with clock.at(FEB_10):
        world.start()
        assert firing.fire_due() == 0


def test_after_downtime_all_fire_in_due_order(world):
    world.deploy(main=ONE)
    started = {}
    for day in (26, 24, 25):
        with clock.at(FEB_10.replace(day=day)):
            started[day] = world.start().id
    with clock.at(LATER):
        assert firing.fire_due() == 3
        assert firing.fire_due() == 0
    assert [instance for instance, _ in fired(world.session)] == [started[24], started[25], started[26]]


def test_a_timer_that_starts_overdue_waits_for_its_own_length(world):
    """The second clock of a chain starts at the instant at which the first really ran."""
    world.deploy(main=CHAIN)
    with clock.at(FEB_10):
        instance = world.start()
    with clock.at(LATER):
        assert firing.fire_due() == 1
    (second,) = world.timers(instance)
    assert second.due_at > LATER


def test_one_that_fails_is_written_down_and_the_others_fire(world, monkeypatch):
    world.deploy(main=ONE)
    with clock.at(FEB_10):
        first, second = world.start(), world.start()
    (bad,) = world.timers(first)
    failing(monkeypatch, bad.id)
    with clock.at(LATER):
        assert firing.fire_due() == 1
    assert [instance for instance, _ in fired(world.session)] == [second.id]
    (row,) = world.session.scalars(sa.select(WaitingTimer).execution_options(populate_existing=True))
    assert (row.id, row.attempts, row.error) == (bad.id, 1, "OSError：磁盘已满")
    assert row.not_before == LATER + timedelta(minutes=1)


def test_a_later_timer_of_the_same_case_waits_for_the_earlier(world, monkeypatch):
    world.deploy(main=BESIDE)
    with clock.at(FEB_10):
        instance = world.start()
    early, late = sorted(world.timers(instance), key=lambda timer: timer.due_at)
    with monkeypatch.context() as broken:
        failing(broken, early.id)
        with clock.at(LATER):
            assert firing.fire_due() == 0
            assert firing.fire_due() == 0  # The earlier one rests; the later one still does not overtake it.
    with clock.at(LATER + timedelta(minutes=2)):
        assert firing.fire_due() == 2
    assert [name for _, name in fired(world.session)] == [early.name, late.name]


def test_when_even_the_failure_cannot_be_written_the_sweep_goes_on(world, monkeypatch):
    world.deploy(main=ONE)
    with clock.at(FEB_10):
        first, second = world.start(), world.start()
    failing(monkeypatch, world.timers(first)[0].id)

    def broken(_timer_id: int, _error: str) -> None:
        raise OSError("磁盘已满")

    monkeypatch.setattr(operations, "timer_failed", broken)
    with clock.at(LATER):
        assert firing.fire_due() == 1
    assert [instance for instance, _ in fired(world.session)] == [second.id]


def test_a_limit_and_a_stop_are_kept_between_timers(world, monkeypatch):
    monkeypatch.setattr(firing, "BATCH", 2)
    world.deploy(main=ONE)
    with clock.at(FEB_10):
        for _ in range(5):
            world.start()
    with clock.at(LATER):
        assert firing.fire_due(limit=1) == 1
        assert firing.fire_due(stop=lambda: True) == 0
        assert firing.fire_due() == 4


def test_two_processes_fire_each_timer_once(app, world):
    world.deploy(main=ONE)
    with clock.at(FEB_10):
        ids = {world.start().id for _ in range(12)}
    counts: list[int] = []

    def sweep() -> None:
        with app.app_context():
            counts.append(firing.fire_due())

    with clock.at(LATER):
        threads = [threading.Thread(target=sweep) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        left = firing.fire_due()  # Both may have passed by what the other held at that moment.
    assert sum(counts) + left == 12
    assert sorted(instance for instance, _ in fired(world.session)) == sorted(ids)


@pytest.mark.postgres
def test_a_case_in_other_hands_is_passed_by(app, world):
    world.deploy(main=ONE)
    with clock.at(FEB_10):
        first, second = world.start(), world.start()
    world.session.rollback()
    with db.engine.connect() as other:
        other.execute(sa.text("SELECT id FROM instance WHERE id = :id FOR UPDATE"), {"id": first.id})
        with clock.at(LATER):
            assert firing.fire_due() == 1
        other.rollback()
    assert [instance for instance, _ in fired(world.session)] == [second.id]
    with clock.at(LATER):
        assert firing.fire_due() == 1


def test_the_next_instant_is_the_next_due_or_the_next_try(world):
    world.deploy(main=ONE)
    with clock.at(FEB_10):
        assert firing.next_due(clock.now()) is None
        (timer,) = world.timers(world.start())
        assert firing.next_due(clock.now()) == timer.due_at
    with clock.at(LATER):
        operations.timer_failed(timer.id, "x")
        assert firing.next_due(clock.now()) == LATER + timedelta(minutes=1)
