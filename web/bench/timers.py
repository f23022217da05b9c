"""`doudi bench timers`: what waiting deadlines cost, how fast due ones fire, how late.

    sweep    one look of a timers process with 1,000 waiting timers and 500 clocks, then 100,000 and 50,000; none due
    fire     1,000 due timers fired by one process, then by three
    late     the real `doudi timers` with 100,000 waiting timers beside: how late a timer is that comes due meanwhile

The database is an empty one: SQLite in a temporary folder, or `--database`. Rows are copies of one real case that
stands in its publicity, so that firing does all that firing does: load, run, save, journal, commit. On SQLite one
process fires; three are measured on PostgreSQL.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.clocks.models import Clock
from engine.database import db
from engine.runtime import operations
from engine.runtime.models import Instance, WaitingTimer, WorkItem
from registers.demonstration.cast import VILLAGES
from timers import firing
from web.bench.ground import Say, filled, furnish, ground, settled, start
from web.bench.ground import fire as fire_next

TITLE = "定时进程：等待中的期限有多贵，到期的触发得多快，迟多久"
SWEEPS = 200
CHUNK = 5000


def run(
    url: str | None = None,
    say: Say = lambda _: None,
    few: int = 1000,
    many: int = 100_000,
    due: int = 1000,
) -> dict[str, Any]:
    """Figures; milliseconds where a name says so. `median_ms` and `p95_ms` are of the sweep with `many`."""
    with ground(url) as made:
        found: dict[str, Any] = {"name": "timers", "database": made.database}
        pattern = _pattern()
        say(f"复制出 {few} 个等待中的定时和 {few // 2} 个时限……")
        _copy(pattern, few, _ahead)
        found["sweep_few_ms"] = _sweep()["median_ms"]
        say(f"再复制到 {many} 个和 {many // 2} 个……")
        _copy(pattern, many - few, _ahead)
        settled()
        found |= {"waiting_timers": many, "clocks": many // 2, **_sweep()}
        found["ratio"] = round(found["median_ms"] / found["sweep_few_ms"], 2)
        say("真实的定时进程：迟多久……")
        found |= _late(pattern, made.folder, made.url)
        for processes in (1, 3) if db.engine.dialect.name == "postgresql" else (1,):
            say(f"{processes} 个进程触发 {due} 个到期的定时……")
            found |= _fired(made.app, pattern, due, processes)
        return found


def _pattern() -> Instance:
    """One real case whose publicity runs, by the way of the flow itself."""
    people, random = furnish(), Random(3)  # noqa: S311 -- synthetic people
    instance, plan = start(people, random)
    while True:
        db.session.rollback()
        waiting = db.session.scalar(sa.select(WaitingTimer).where(WaitingTimer.instance_id == instance.id))
        if waiting is not None:
            return db.session.get(Instance, instance.id)
        item = db.session.scalar(
            sa.select(WorkItem)
            .where(WorkItem.instance_id == instance.id, WorkItem.state == "open")
            .order_by(WorkItem.id)
            .limit(1)
        )
        if item is None:
            if not fire_next(instance.id):
                raise RuntimeError("the case ended without a publicity")
            continue
        _sign(item, plan, people)


def _sign(item: WorkItem, plan: Any, people: dict[str, Any]) -> None:
    key, needed, posted = item.id, item.people, filled(item, plan)
    able = [actor for actor in people.values() if actor.holds(item.role, item.area)]
    for actor in able[:needed]:
        db.session.rollback()
        operations.complete(key, actor, posted=posted)


def _ahead(number: int) -> datetime:
    """Spread over the coming year, from the day after tomorrow on."""
    return clock.now() + timedelta(days=2, seconds=number * 311 % (365 * 86400))


def _copy(pattern: Instance, count: int, due_at: Callable[[int], datetime]) -> list[int]:
    """Copies of a case with its state, its timer and every second time a clock; returns their ids."""
    session = db.session()
    session.rollback()
    tables = {each.__tablename__: each.__table__ for each in (Instance, WaitingTimer, Clock)}
    case = dict(session.execute(sa.select(tables["instance"]).where(Instance.id == pattern.id)).mappings().one())
    timer = dict(
        session.execute(sa.select(tables["waiting_timer"]).where(WaitingTimer.instance_id == pattern.id))
        .mappings()
        .one()
    )
    total = dict(
        session.execute(sa.select(tables["clock"]).where(Clock.instance_id == pattern.id, Clock.name == "total"))
        .mappings()
        .one()
    )
    last = session.scalar(sa.select(sa.func.max(Instance.id))) or 0
    session.rollback()
    ids = list(range(last + 1, last + count + 1))
    areas = list(VILLAGES)
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        for begin in range(0, count, CHUNK):
            part = ids[begin : begin + CHUNK]
            # Each is a stream of its own; the journal of the pattern is not copied.
            fresh = {"journal_seq": 0, "journal_hash": "", "version": 1}
            place = pattern.area.rsplit("/", 1)[0]
            rows = [{**case, **fresh, "id": key, "area": f"{place}/{areas[key % len(areas)]}"} for key in part]
            connection.execute(tables["instance"].insert(), rows)
            at = {key: due_at(key) for key in part}
            without = {k: v for k, v in timer.items() if k != "id"}
            connection.execute(
                tables["waiting_timer"].insert(),
                [{**without, "instance_id": key, "due_at": at[key]} for key in part],
            )
            bare = {k: v for k, v in total.items() if k != "id"}
            clocks = [
                {**bare, "instance_id": key, "due_at": at[key], "warn_at": at[key], "rung_at": at[key]}
                for key in part
                if key % 2 == 0
            ]
            if clocks:
                connection.execute(tables["clock"].insert(), clocks)
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT setval('instance_id_seq', (SELECT max(id) FROM instance))"))
    return ids


def _sweep() -> dict[str, float]:
    """One sweep after another, nothing due."""
    firing.fire_due()
    times = []
    for _ in range(SWEEPS):
        begun = clock.monotonic()
        fired = firing.fire_due()
        times.append((clock.monotonic() - begun) * 1000)
        if fired:
            raise RuntimeError("something was due: the figure would be wrong")
    times.sort()
    return {
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(times[int(len(times) * 0.95) - 1], 2),
        "max_ms": round(times[-1], 2),
    }


def _fired(app: Any, pattern: Instance, count: int, processes: int) -> dict[str, Any]:
    """How many due timers a second, by so many processes that are ready before the clock starts."""
    now = clock.now()
    ids = _copy(pattern, count, lambda number: now - timedelta(hours=1, seconds=number % 3600))
    _quiet(ids)
    context = multiprocessing.get_context("fork")
    db.session.remove()
    db.engine.dispose()
    gate = context.Barrier(processes + 1)
    workers = [context.Process(target=_worker, args=(app, gate), daemon=True) for _ in range(processes)]
    for worker in workers:
        worker.start()
    gate.wait(60)
    begun = clock.monotonic()
    for worker in workers:
        worker.join()
    spent = clock.monotonic() - begun
    left = db.session.scalar(
        sa.select(sa.func.count()).select_from(WaitingTimer).where(WaitingTimer.instance_id.in_(ids))
    )
    db.session.rollback()
    if left:
        raise RuntimeError(f"{left} timers did not fire")
    return {f"fire_{processes}_per_s": round(count / spent, 1)}


def _quiet(ids: list[int]) -> None:
    """Timers alone are measured: the clocks of these copies have no rung that is due."""
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        for begin in range(0, len(ids), CHUNK):
            part = ids[begin : begin + CHUNK]
            connection.execute(Clock.__table__.update().where(Clock.instance_id.in_(part)).values(rung_at=None))


def _worker(app: Any, gate: Any) -> None:
    with app.app_context():
        db.engine.dispose(close=False)
        firing.next_due(clock.now())  # Everything is loaded and connected before the clock starts.
        gate.wait(60)
        while firing.fire_due(limit=10_000):
            pass
        db.session.remove()
    os._exit(0)


def _late(pattern: Instance, folder: str, url: str, tries: int = 10) -> dict[str, float]:
    """The real process sweeps; timers of ours come due one after the other, made a few seconds before."""
    command = [Path(sys.executable).with_name("doudi"), "timers"]
    settings = {**os.environ, "DOUDI_INSTANCE": folder, "DATABASE_URL": url}
    with subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            late = [_one(pattern, Random(number).uniform(1.2, 2.8)) for number in range(tries)]  # noqa: S311
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    return {"late_median_s": round(statistics.median(late), 2), "late_max_s": round(max(late), 2)}


def _one(pattern: Instance, ahead: float) -> float:
    due_at = clock.now() + timedelta(seconds=ahead)
    (key,) = _copy(pattern, 1, lambda _: due_at)
    _quiet([key])
    waiting = sa.select(WaitingTimer.id).where(WaitingTimer.instance_id == key)
    while True:
        db.session.rollback()
        if db.session.scalar(waiting) is None:
            return max((clock.now() - due_at).total_seconds(), 0.0)
        if clock.now() - due_at > timedelta(seconds=60):
            raise RuntimeError("a timer that was due did not fire within a minute")
        time.sleep(0.02)
