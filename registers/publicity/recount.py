"""The last day of a publicity when the calendar changes: it may move later, never earlier (57号 art. 19)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar.days import Calendar
from engine.runtime.deadlines import last_day
from engine.runtime.models import WaitingTimer
from engine.runtime.recount import Move, again, counted, mover
from registers.publicity.models import Publicity


@mover
def publicities(session: Session, instance_ids: Sequence[int], calendar: Calendar) -> list[Move]:
    """Postings that hang. What was written on the notice board is a promise: a day already announced is kept, so a
    calendar that would shorten it only settles that it is no longer provisional."""
    rows = session.scalars(
        select(Publicity)
        .where(Publicity.instance_id.in_(instance_ids), Publicity.closed_at.is_(None))
        .order_by(Publicity.id)
        .execution_options(populate_existing=True)
    )
    moves = []
    for posted in rows:
        over = clock.end_of(posted.until) <= clock.now()  # It hung as long as it had to; only the taking down is left.
        if over or not counted(posted.basis) or posted.basis["calendar"] == calendar.version:
            continue
        found = again(posted.basis, calendar)
        if found is None:
            continue
        until, basis = last_day(found.at), found.basis
        if until < posted.until:
            until, basis = posted.until, _kept(posted, basis)
        if until != posted.until or bool(basis["provisional"]) != bool(posted.basis.get("provisional")):
            moves.append(Move(posted.instance_id, "公示截止日", posted.until, until, _write(posted, until, basis)))
    return moves


def _kept(posted: Publicity, basis: dict[str, Any]) -> dict[str, Any]:
    said = f"公示时已写明公示至{posted.until}，公示期不因放假安排变化而缩短（57号第19条）。"
    return {**basis, "due": posted.until.isoformat(), "why": [*basis["why"], said]}


def _write(posted: Publicity, until: date, basis: dict[str, Any]) -> Callable[[Session, datetime, str], None]:
    key, instance_id, before = posted.id, posted.instance_id, posted.until.isoformat()

    def write(session: Session, now: datetime, why: str) -> None:
        session.execute(update(Publicity).where(Publicity.id == key).values(until=until, basis=basis))
        for timer in session.scalars(select(WaitingTimer).where(WaitingTimer.instance_id == instance_id)):
            # The flow gave this timer the day itself (publicity_until); it goes with the publicity.
            if timer.basis.get("given") and timer.basis.get("due") == before:
                timer.due_at = clock.end_of(until)
                timer.basis = {"due": until.isoformat(), "given": True, "why": basis["why"]}

    return write
