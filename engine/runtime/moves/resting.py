"""A suspended case: what stands still, what runs on, how it goes on afterwards. Inside an act that has it locked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar.arithmetic import Pause
from engine.calendar.days import Calendar
from engine.clocks import ledger
from engine.clocks import queries as clocks
from engine.clocks.models import Clock
from engine.ladders import queries as ladders
from engine.ladders.steps import next_rung
from engine.releases.loaded import LoadedRelease
from engine.runtime.deadlines import deadline, pauses_of, warning
from engine.runtime.models import Instance, Suspension, WaitingTimer, WorkItem
from engine.runtime.recount import counted

WHY = "中止办理"


def pausing(release: LoadedRelease, found: list[Clock], cause: str, now: datetime) -> tuple[list[Clock], list[Clock]]:
    """(the clocks that stand still for the cause, those that run on): the catalogue says which; one that is late, or
    stands still already, is left as it is."""
    rests, runs = [], []
    for each in found:
        if each.ended_at is not None or each.paused_at is not None:
            continue
        spec = release.clocks.get(each.name.partition("#")[0])
        late = each.due_at is not None and now >= each.due_at
        (rests if spec is not None and cause in spec.pauses and not late else runs).append(each)
    return rests, runs


def rest(
    session: Session, instance: Instance, made: Suspension, release: LoadedRelease, calendar: Calendar
) -> list[Clock]:
    """Lays down timers, ladders and the dates of items, and pauses the clocks that may stand still; returns those that
    run on. An item that is late already keeps its date: nothing hides that."""
    now, who = made.began_at, made.began_by
    rests, runs = pausing(release, clocks.of_case(session, instance.id), made.cause, now)
    for each in rests:
        ledger.pause(session, each, made.cause, made.reason, now, who, calendar)
    made.clocks = [each.id for each in rests]
    lifted = select(WorkItem.id).where(
        WorkItem.instance_id == instance.id, WorkItem.state == "open", WorkItem.due_at > now
    )
    made.items = list(session.scalars(lifted.order_by(WorkItem.id)))
    _write(session, made.items, {"due_at": None, "warn_at": None})
    open_ = select(WorkItem.id).where(WorkItem.instance_id == instance.id, WorkItem.state == "open")
    _write(session, list(session.scalars(open_)), {"rung_at": None})
    session.execute(update(WaitingTimer).where(WaitingTimer.instance_id == instance.id).values(held=True))
    instance.suspended_at = now
    return runs


def wake(session: Session, instance: Instance, made: Suspension, now: datetime, who: str, calendar: Calendar) -> None:
    """Everything goes on: the days of the suspension count for nothing, timers that came due fire in their turn."""
    mine = {each.id: each for each in clocks.of_case(session, instance.id)}
    for key in made.clocks:
        each = mine.get(key)
        # A pause that somebody ended and began anew meanwhile is theirs to end.
        if each is not None and each.paused_at == made.began_at:
            ledger.resume(session, each, WHY, now, who, calendar)
    items = session.scalars(select(WorkItem).where(WorkItem.instance_id == instance.id, WorkItem.state == "open"))
    for item in items:
        dates = _dated(item, made, now, calendar) if item.id in made.items else {"due_at": item.due_at}
        fired = ladders.fired(session, "item", item.id)
        rung = next_rung(item.ladder, dates["due_at"], item.arose_at, calendar, fired)
        _write(session, [item.id], {**dates, "rung_at": rung[0] if rung else None})
    session.execute(update(WaitingTimer).where(WaitingTimer.instance_id == instance.id).values(held=False))
    instance.suspended_at = None


def _dated(item: WorkItem, made: Suspension, now: datetime, calendar: Calendar) -> dict[str, Any]:
    """The date of an item again: by its own length, the days of its suspensions left out; one that the flow gave it
    stays."""
    basis = item.due_basis or {}
    if not counted(basis):
        at = clock.end_of(date.fromisoformat(basis["due"]))
    else:
        slept = Pause(made.began_at.date(), now.date(), WHY)
        found = deadline(basis["length"], datetime.fromisoformat(basis["start"]), calendar, [*pauses_of(basis), slept])
        at, basis = found.at, found.basis
    return {"due_at": at, "warn_at": warning(at, item.warn, calendar) if item.warn else None, "due_basis": basis}


def _write(session: Session, keys: list[int], values: dict[str, Any]) -> None:
    """Past the item's version: a form that somebody has open is not refused because its date was laid down."""
    if keys:
        session.execute(
            update(WorkItem).where(WorkItem.id.in_(keys)).values(**values).execution_options(synchronize_session=False)
        )
