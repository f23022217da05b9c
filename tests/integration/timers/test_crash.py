"""Processes that are killed in the middle of firing leave nothing half done, and the others take over."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from datetime import datetime
from random import Random

import pytest
import sqlalchemy as sa

from engine import clock
from engine.actors import SYSTEM
from engine.database import db
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.ladders.models import Rung
from engine.outbox.models import Copy, Message
from engine.runtime.models import Instance, WaitingTimer, WorkItem
from registers.accounts import operations as accounts
from timers import firing

KILLS, PROCESSES, CASES = 50, 3, 240
BEGAN = datetime(2026, 2, 10, 9, tzinfo=clock.ZONE)
#: Two timers one after the other; beside them a task whose ladder has four rungs.
MODEL = """start s; user a; and split; timer t wait=1wd; timer u wait=1wd; user b; user c due=3wd|ladder=LADDER;
    and join; end e
    s > a > split
    split > t > u > b > join
    split > c > join
    join > e"""
STEPS = ["director@-1wd", "director@0", "deputy@+1wd", "deputy@+3wd"]


def fire_for_ever(app) -> None:
    """What a timers process does, in a child that never comes back."""
    with app.app_context():
        db.engine.dispose(close=False)  # The parent's connections are the parent's.
        while True:
            firing.fire_due(limit=20)
            db.session.remove()


def born(app) -> int:
    child = os.fork()
    if child == 0:
        try:
            fire_for_ever(app)
        finally:
            os._exit(1)
    return child


def dead(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def left(session) -> int:
    session.rollback()
    timers = session.scalar(
        sa.select(sa.func.count()).select_from(WaitingTimer).where(WaitingTimer.due_at <= clock.now())
    )
    rungs = session.scalar(sa.select(sa.func.count()).select_from(WorkItem).where(WorkItem.rung_at <= clock.now()))
    return timers + rungs


@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fifty_kills_lose_nothing_and_double_nothing(app, world):
    session, random = world.session, Random(4)  # noqa: S311 -- when to kill is no secret
    for username, name, role in (("director", "陈建国", "director"), ("deputy", "周学军", "deputy")):
        grants = [{"role": role, "area": "pingluo/gaoren"}]
        accounts.create(SYSTEM, username=username, name=name, password="doudi-2026", grants=grants)
    world.deploy(main=MODEL.replace("LADDER", ",".join(STEPS)))
    with clock.at(BEGAN):
        cases = [world.start().id for _ in range(CASES)]
    assert left(session) == 2 * CASES

    children, kills = [born(app) for _ in range(PROCESSES)], 0
    try:
        while kills < KILLS:
            time.sleep(random.uniform(0.01, 0.08))
            dead(children.pop(random.randrange(PROCESSES)))
            kills += 1
            assert left(session), f"everything had fired after {kills} kills: give them more to do"
            children.append(born(app))
        end = time.monotonic() + 120
        while left(session):
            assert time.monotonic() < end, "nobody took over"
            time.sleep(0.05)
    finally:
        for child in children:
            dead(child)
    firing.fire_due()
    session.rollback()

    fired = Counter(
        (entry.instance_id, entry.after["timer"])
        for entry in session.scalars(sa.select(JournalEntry).where(JournalEntry.verb == "system:timer:fired"))
    )
    # u waits one working day from the instant at which t really ran: today, so it is not due yet.
    assert fired == Counter((case, "t") for case in cases)
    assert session.scalar(sa.select(sa.func.count()).select_from(WaitingTimer)) == CASES
    taken = Counter((rung.instance_id, rung.step) for rung in session.scalars(sa.select(Rung)))
    assert taken == Counter((case, step) for case in cases for step in STEPS)
    told = session.execute(
        sa.select(Message.instance_id, sa.func.count())
        .join(Copy, Copy.message_id == Message.id)
        .where(Message.kind == "rung")
        .group_by(Message.instance_id)
    )
    assert {count for _, count in told} == {len(STEPS)}
    found = verify(session)
    assert found.ok, found.first_bad
    # What they left behind goes on: the state of every case can be loaded and worked on.
    for case in random.sample(cases, 5):
        outcome = world.complete(session.get(Instance, case), "c")
        assert outcome.finished
