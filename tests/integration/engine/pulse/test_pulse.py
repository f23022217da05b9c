"""The pulse: who lives, what is due and how late, a machine's clock that was put back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.outbox.models import Message
from engine.pulse import queries
from engine.pulse.models import Pulse
from engine.pulse.operations import Heart
from engine.runtime import operations

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def wall(monkeypatch):
    """Moves the wall clock."""
    now = [NOON]
    monkeypatch.setattr(clock, "wall", lambda: now[0])
    return lambda instant: now.__setitem__(0, instant)


def test_a_process_lives_for_a_minute_after_it_was_seen(session, wall):
    heart = Heart("timers")
    heart.fired, heart.failed = 7, 1
    heart.beat()
    (seen,) = queries.processes(session)
    assert (seen.alive, seen.fired, seen.failed, seen.pid) == (True, 7, 1, heart.pid)
    wall(NOON + timedelta(seconds=61))
    (seen,) = queries.processes(session)
    assert (seen.alive, seen.silent_seconds) == (False, 61)
    assert queries.status(session).problems == ["没有定时进程在运行，请运行 doudi timers。"]


def test_a_process_that_ends_of_itself_leaves_no_row_and_a_dead_one_goes_after_a_day(session, wall):
    dead, heart = Heart("timers"), Heart("timers")
    dead.beat()
    wall(NOON + timedelta(hours=25))
    heart.beat()
    session.rollback()
    assert list(session.scalars(select(Pulse.id))) == [heart.id]
    heart.stop()
    session.rollback()
    assert list(session.scalars(select(Pulse.id))) == []


def test_a_clock_that_was_put_back_is_said_once_a_day(session, wall):
    heart = Heart("timers")
    assert heart.beat() == timedelta(0)
    wall(NOON - timedelta(seconds=30))
    assert heart.beat() == timedelta(0)  # NTP puts a clock right by seconds every day.
    heart.beat()
    wall(NOON - timedelta(hours=3))
    assert heart.beat() > timedelta(hours=2)
    wall(NOON - timedelta(hours=4))
    heart.beat()
    session.rollback()
    (message,) = session.scalars(select(Message))
    assert (message.role, message.subject) == ("admin", "服务器时钟被拨回")


def test_what_is_due_and_what_failed_is_told(world):
    world.deploy(main="start s; user a; timer t wait=1wd|name=等一天; user b; end e\n s > a > t > b > e")
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=clock.ZONE)):
        one, _two = world.start(), world.start()
        assert queries.status(world.session).due_timers == 0
    (timer,) = world.timers(one)
    with clock.at(timer.due_at + timedelta(seconds=90)):
        found = queries.status(world.session)
        assert (found.due_timers, found.waiting_timers, found.lag_seconds) == (2, 2, 90.0)
        assert "最早到期的事项已等了90秒还没有触发。" in found.problems
        operations.timer_failed(timer.id, "OSError：磁盘已满")
        found = queries.status(world.session)
        assert found.failed_timers == 1
        assert [(each["timer"], each["error"]) for each in found.failures] == [("等一天", "OSError：磁盘已满")]
        assert "1个定时事项触发失败，正在重试。" in found.problems
