"""The scheduler wakes in time and stops cleanly."""

from __future__ import annotations

import json
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

from engine import clock
from timers import firing
from timers.scheduler import Timers


@pytest.fixture
def quiet(monkeypatch):
    """No database: sweeps are counted."""
    sweeps: list[float] = []
    monkeypatch.setattr("timers.scheduler.outbox.deliver", lambda: 0)
    monkeypatch.setattr(firing, "fire_due", lambda **_named: sweeps.append(time.monotonic()) or 1)
    monkeypatch.setattr(firing, "next_due", lambda _now: None)
    return sweeps


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
    timers = Timers(nullcontext, before=lambda: seen.append("before"), beat=lambda fired: seen.append(fired))
    assert timers.once() == 1
    assert seen == ["before", 1]


def test_it_sweeps_at_once_and_then_in_its_rhythm(quiet):
    timers = Timers(nullcontext, sweep=0.1)
    thread = running(timers)
    until(lambda: len(quiet) >= 3)
    timers.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_it_wakes_at_the_very_instant_of_the_next_timer(quiet, monkeypatch):
    due = clock.now() + timedelta(seconds=0.6)
    monkeypatch.setattr(firing, "next_due", lambda now: due if due > now else None)
    timers = Timers(nullcontext, sweep=3600)
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
    timers = Timers(nullcontext, sweep=3600)
    thread = running(timers)
    until(lambda: len(quiet) >= 2)
    timers.stop()
    thread.join(10)


def test_a_sweep_that_fails_is_not_the_last(quiet, monkeypatch, caplog):
    count = [0]

    def fire_due(**_named: object) -> int:
        count[0] += 1
        raise OSError("数据库暂时不可用")

    monkeypatch.setattr(firing, "fire_due", fire_due)
    timers = Timers(nullcontext, sweep=0.1)
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
    timers = Timers(nullcontext, sweep=0.05)
    thread = running(timers)
    until(lambda: len(quiet) >= 5)
    timers.stop()
    thread.join(10)
    assert most == [1]


def test_the_process_beats_and_ends_on_signals(app, database_url, tmp_path):
    """The real command; it ends by itself, with exit code 0, after one or many."""
    with subprocess.Popen(
        [Path(sys.executable).with_name("doudi"), "timers"],
        env={**os.environ, "DOUDI_INSTANCE": str(tmp_path), "DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            beat = tmp_path / "timers.json"
            until(beat.exists, 30)
            assert json.loads(beat.read_text())["pid"] == process.pid
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
                process.send_signal(number)  # Ctrl-C in a terminal, and the trap of script/server right after it.
            said, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 0, errors
    assert "定时进程已停止" in said
