"""The scheduler wakes in time and stops cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import clock
from engine.pulse.models import Pulse
from timers import firing
from timers.chores import Chore
from timers.scheduler import Timers


@pytest.fixture
def quiet(monkeypatch):
    """No database: sweeps are counted."""
    sweeps: list[float] = []
    monkeypatch.setattr(firing, "fire_due", lambda **_named: sweeps.append(time.monotonic()) or 1)
    monkeypatch.setattr(firing, "next_due", lambda _now: None)
    return sweeps


#: Seconds in which a process of its own has started, on a machine that is busy with other tests too.
PATIENCE = 120


def until(done, seconds=10):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def running(timers: Timers) -> threading.Thread:
    thread = threading.Thread(target=timers.run)
    thread.start()
    return thread


def test_one_sweep_sets_the_clock_fires_and_beats(quiet):
    seen = []
    chores = [Chore("one", 60, lambda _stop: seen.append("chore"))]
    beat = lambda tally: seen.append(tally.failed)  # noqa: E731
    timers = Timers(nullcontext, before=lambda: seen.append("before"), beat=beat, chores=chores)
    assert timers.once() == 1
    assert seen == ["before", "chore", 0]


def test_it_sweeps_at_once_and_then_in_its_rhythm(quiet):
    timers = Timers(nullcontext, chores=(), sweep=0.1)
    thread = running(timers)
    until(lambda: len(quiet) >= 3)
    timers.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_it_wakes_at_the_very_instant_of_the_next_timer(quiet, monkeypatch):
    due = clock.now() + timedelta(seconds=0.6)
    monkeypatch.setattr(firing, "next_due", lambda now: due if due > now else None)
    timers = Timers(nullcontext, chores=(), sweep=3600)
    thread = running(timers)
    until(lambda: len(quiet) >= 2)
    late = clock.now() - due
    timers.stop()
    thread.join(10)
    assert timedelta(0) <= late < timedelta(seconds=2)


def test_the_instant_is_business_time_which_a_demonstration_moves(quiet, monkeypatch):
    """Due in a month and half a second: with the clock moved by a month, that is in half a second."""
    clock.set_offset(timedelta(days=30))
    due = clock.now() + timedelta(seconds=0.5)
    monkeypatch.setattr(firing, "next_due", lambda now: due if due > now else None)
    timers = Timers(nullcontext, chores=(), sweep=3600)
    thread = running(timers)
    until(lambda: len(quiet) >= 2)
    late = clock.now() - due
    timers.stop()
    thread.join(10)
    assert timedelta(0) <= late < timedelta(seconds=2)


def test_a_sweep_that_fails_is_not_the_last(quiet, monkeypatch, caplog):
    count = [0]

    def fire_due(**_named: object) -> int:
        count[0] += 1
        raise OSError("数据库暂时不可用")

    monkeypatch.setattr(firing, "fire_due", fire_due)
    timers = Timers(nullcontext, chores=(), sweep=0.1)
    thread = running(timers)
    until(lambda: count[0] >= 2)
    timers.stop()
    thread.join(10)
    assert "a sweep failed" in caplog.text


def test_sweeps_of_a_process_never_overlap(quiet, monkeypatch):
    inside, most = [0], [0]

    def fire_due(**_named: object) -> int:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.15)
        inside[0] -= 1
        quiet.append(0)
        return 0

    monkeypatch.setattr(firing, "fire_due", fire_due)
    monkeypatch.setattr(firing, "next_due", lambda now: now + timedelta(seconds=0.01))
    timers = Timers(nullcontext, chores=(), sweep=0.05)
    thread = running(timers)
    until(lambda: len(quiet) >= 5)
    timers.stop()
    thread.join(10)
    assert most == [1]


def test_a_chore_that_hangs_makes_no_deadline_late(quiet):
    """A mail server that does not answer: the sweeps go on beside it."""
    hangs = threading.Event()
    timers = Timers(nullcontext, sweep=0.05, chores=[Chore("mail", 60, lambda _stop: hangs.wait(20))])
    thread = running(timers)
    until(lambda: len(quiet) >= 5)
    hangs.set()
    timers.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_a_chore_that_fails_comes_again(quiet, caplog):
    count = [0]

    def run(_stop: object) -> None:
        count[0] += 1
        raise OSError("邮件服务器没有回应")

    timers = Timers(nullcontext, sweep=3600, chores=[Chore("mail", 0.1, run)])
    thread = running(timers)
    until(lambda: count[0] >= 2)
    timers.stop()
    thread.join(10)
    assert "a chore failed" in caplog.text


def started(database_url: str, folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [Path(sys.executable).with_name("doudi"), "timers", *more],
        env={**os.environ, "DOUDI_INSTANCE": str(folder), "DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def living(session) -> list[Pulse]:
    session.rollback()
    return list(session.scalars(sa.select(Pulse)))


def test_the_process_beats_and_ends_on_signals(session, database_url, tmp_path):
    """The real command; it ends by itself, with exit code 0, after one signal or many."""
    with started(database_url, tmp_path) as process:
        try:
            until(lambda: living(session), PATIENCE)
            assert [each.pid for each in living(session)] == [process.pid]
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
                process.send_signal(number)  # Ctrl-C in a terminal, and the trap of script/server right after it.
            said, errors = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 0, errors
    assert "定时进程已停止" in said
    assert living(session) == []


@pytest.mark.sqlite
def test_the_second_process_on_sqlite_is_told_so(session, database_url, tmp_path):
    with started(database_url, tmp_path) as first:
        try:
            until(lambda: living(session), PATIENCE)
            with started(database_url, tmp_path / "elsewhere", "--once") as second:
                _, errors = second.communicate(timeout=PATIENCE)
            assert second.returncode == 1
            assert errors.strip() == (
                f"另一个定时进程（进程号 {first.pid}）已在这个 SQLite 数据库上运行。"
                "请先停止它；要同时运行几个，请改用 PostgreSQL。"
            )
        finally:
            first.kill()
    # One that was killed gave its place up.
    with started(database_url, tmp_path, "--once") as third:
        said, errors = third.communicate(timeout=PATIENCE)
    assert third.returncode == 0, errors
    assert "触发了0件到期事项" in said


@pytest.mark.postgres
def test_any_number_may_run_on_postgresql(session, database_url, tmp_path):
    with started(database_url, tmp_path) as one, started(database_url, tmp_path) as two:
        try:
            until(lambda: {each.pid for each in living(session)} == {one.pid, two.pid}, PATIENCE)
        finally:
            for process in (one, two):
                process.send_signal(signal.SIGTERM)
                process.wait(20)
    assert (one.returncode, two.returncode) == (0, 0)
