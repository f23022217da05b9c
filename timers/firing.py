"""Fires what is due, one transaction each, in the order in which it was due: timers of cases and rungs of ladders."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from engine import clock
from engine.database import db
from engine.ladders import operations as ladders
from engine.ladders import queries as rungs
from engine.ladders.queries import DueRung
from engine.runtime import operations
from engine.runtime.models import WaitingTimer

log = logging.getLogger(__name__)

#: How many rows of a kind one look at the index takes.
BATCH = 50
#: A rung that could not be taken is tried again after 1, 2, 4 … seconds, at most so many.
LONGEST_BACKOFF = 600.0
#: A suspended case's timers wait until it goes on.
RUNS = WaitingTimer.held.is_(False)


@dataclass(frozen=True)
class DueTimer:
    """A timer that may fire now."""

    at: datetime
    timer_id: int
    instance_id: int


@dataclass
class Tally:
    """What a sweep came to, and what later sweeps must know of it."""

    fired: int = 0
    failed: int = 0
    #: {rung: (tries, until when it is left alone, by the monotonic clock)}
    resting: dict[tuple[str, int], tuple[int, float]] = field(default_factory=dict)


def fire_due(
    now: datetime | None = None,
    limit: int = 500,
    stop: Callable[[], bool] = lambda: False,
    tally: Tally | None = None,
) -> int:
    """Fires timers and rungs whose instant has come until none is left, `limit` is reached or `stop` says so; returns
    how many. One that cannot be fired is tried again later; until then a timer holds back its own case, nobody else's.

    Any number of processes may do this at once: whoever has locked a case fires what is its, the others pass it by.
    """
    tally = tally or Tally()
    fired, passed, left = 0, set[int](), set(_resting(tally))
    while fired < limit:
        found = _due(now or clock.now(), passed, left)
        for each in found:
            if stop() or fired >= limit:
                return fired
            if isinstance(each, DueTimer):
                if each.instance_id in passed:
                    continue
                if _fire(each.timer_id, tally):
                    fired += 1
                else:
                    passed.add(each.instance_id)
            elif _climb(each, tally):
                fired += 1
            else:
                left.add(each.key)
        if not found:
            break
    tally.fired += fired
    return fired


def next_due(now: datetime) -> datetime | None:
    """The instant after `now` at which the next timer or rung is due or a timer may be tried again."""
    session = db.session()
    try:
        due = session.scalar(sa.select(sa.func.min(WaitingTimer.due_at)).where(RUNS, WaitingTimer.due_at > now))
        tries = sa.select(sa.func.min(WaitingTimer.not_before)).where(RUNS, WaitingTimer.not_before > now)
        again = session.scalar(tries)
        return min(filter(None, (due, again, rungs.next_due(session, now))), default=None)
    finally:
        session.rollback()


def _due(now: datetime, passed: set[int], left: set[tuple[str, int]]) -> list[DueTimer | DueRung]:
    """What may fire now, in due order: a leader hears of what was late before the timer that ended it, as it would
    have been without the downtime. A list that was cut ends where the order is still certain."""
    session = db.session()
    try:
        timers, climbing = _timers(session, now, passed), rungs.due(session, now, BATCH, left)
    finally:
        session.rollback()
    certain = min((each[-1].at for each in (timers, climbing) if len(each) == BATCH), default=now)
    return sorted(
        (each for each in (*timers, *climbing) if each.at <= certain),
        key=lambda each: (each.at, isinstance(each, DueTimer)),
    )


def _timers(session: Session, now: datetime, passed: set[int]) -> list[DueTimer]:
    """An earlier timer of the same case that waits to be tried again blocks the later ones: what was missed happens in
    its order."""
    earlier = aliased(WaitingTimer)
    blocked = (
        sa.select(earlier.id)
        .where(
            earlier.instance_id == WaitingTimer.instance_id,
            earlier.due_at <= WaitingTimer.due_at,
            earlier.not_before > now,
        )
        .exists()
    )
    rows = session.execute(
        sa.select(WaitingTimer.due_at, WaitingTimer.id, WaitingTimer.instance_id)
        .where(WaitingTimer.due_at <= now, RUNS, ~blocked, WaitingTimer.instance_id.not_in(passed))
        .order_by(WaitingTimer.due_at, WaitingTimer.id)
        .limit(BATCH)
    )
    return [DueTimer(*row) for row in rows]


def _fire(timer_id: int, tally: Tally) -> bool:
    try:
        return operations.fire(timer_id)
    except Exception as error:  # Whatever it is: the other timers must fire.
        log.exception("timer %s could not be fired", timer_id)
        tally.failed += 1
        db.session.rollback()
        try:
            operations.timer_failed(timer_id, f"{type(error).__name__}：{error}")
        except Exception:
            log.exception("nor could that be written down; timer %s is tried again at the next sweep", timer_id)
            db.session.rollback()
        return False


def _climb(rung: DueRung, tally: Tally) -> bool:
    """Rungs keep no row for their failures: what fails is a fault of ours, so that resting in this process will do."""
    try:
        done = ladders.climb(rung.subject, rung.subject_id)
    except Exception:
        log.exception("the rung of %s %s could not be taken", *rung.key)
        tally.failed += 1
        db.session.rollback()
        tries = tally.resting.get(rung.key, (0, 0.0))[0]
        wait = min(2.0**tries, LONGEST_BACKOFF)
        tally.resting[rung.key] = (tries + 1, clock.monotonic() + wait)
        return False
    tally.resting.pop(rung.key, None)
    return done


def _resting(tally: Tally) -> list[tuple[str, int]]:
    return [key for key, (_, until) in tally.resting.items() if until > clock.monotonic()]
