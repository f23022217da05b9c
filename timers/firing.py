"""Fires what is due, one transaction each, every case's timers in the order in which they were due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engine import clock
from engine.database import db
from engine.runtime import operations
from engine.runtime.models import WaitingTimer

log = logging.getLogger(__name__)

#: How many rows one look at the index takes.
BATCH = 50


def fire_due(now: datetime | None = None, limit: int = 500, stop: Callable[[], bool] = lambda: False) -> int:
    """Fires timers whose instant has come until none is left, `limit` is reached or `stop` says so; returns how many
    fired. One that cannot be fired is tried again later; until then it holds back its own case, nobody else's.

    Any number of processes may do this at once: whoever has locked a case fires its timers, the others pass it by.
    """
    fired, passed = 0, set[int]()
    while fired < limit:
        found = _due(now or clock.now(), passed)
        for timer_id, instance_id in found:
            if stop() or fired >= limit:
                return fired
            if instance_id in passed:
                continue
            if _fire(timer_id):
                fired += 1
            else:
                passed.add(instance_id)
        if not found:
            return fired
    return fired


def next_due(now: datetime) -> datetime | None:
    """The instant after `now` at which the next timer is due or may be tried again."""
    session = db.session()
    try:
        due = session.scalar(sa.select(sa.func.min(WaitingTimer.due_at)).where(WaitingTimer.due_at > now))
        again = session.scalar(sa.select(sa.func.min(WaitingTimer.not_before)).where(WaitingTimer.not_before > now))
        return min(filter(None, (due, again)), default=None)
    finally:
        session.rollback()


def _due(now: datetime, passed: set[int]) -> list[tuple[int, int]]:
    """Timers that may fire now, in due order. An earlier timer of the same case that waits to be tried again blocks
    the later ones: what was missed happens in its order."""
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
    session = db.session()
    try:
        rows = session.execute(
            sa.select(WaitingTimer.id, WaitingTimer.instance_id)
            .where(WaitingTimer.due_at <= now, ~blocked, WaitingTimer.instance_id.not_in(passed))
            .order_by(WaitingTimer.due_at, WaitingTimer.id)
            .limit(BATCH)
        )
        return [(timer_id, instance_id) for timer_id, instance_id in rows]
    finally:
        session.rollback()


def _fire(timer_id: int) -> bool:
    try:
        return operations.fire(timer_id)
    except Exception as error:  # Whatever it is: the other timers must fire.
        log.exception("timer %s could not be fired", timer_id)
        db.session.rollback()
        try:
            operations.timer_failed(timer_id, f"{type(error).__name__}：{error}")
        except Exception:
            log.exception("nor could that be written down; timer %s is tried again at the next sweep", timer_id)
            db.session.rollback()
        return False
