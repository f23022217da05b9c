"""Which open dates a changed calendar moves, and moving them. The engine knows its own rows; registers add theirs.

A mover looks at many instances in few queries and changes nothing; a move changes one row, under the lock of its
instance. Who looks again under that lock finds what is still to be moved, so nothing is moved twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar.days import Calendar
from engine.clocks import ledger
from engine.clocks.models import Clock, ClockEntry
from engine.errors import DoudiError
from engine.ladders.models import Rung
from engine.ladders.steps import next_rung
from engine.runtime.deadlines import Deadline, deadline, last_day, pauses_of, warning
from engine.runtime.models import WaitingTimer, WorkItem


@dataclass(frozen=True)
class Move:
    """One date that changes: whose, what it is called, from where to where, and how it is done. The two dates are
    equal when only its being provisional (or the day of its warning) changes."""

    instance_id: int
    what: str
    before: date
    after: date
    apply: Callable[[Session, datetime, str], None]

    @property
    def words(self) -> dict[str, str]:
        """As the journal keeps it."""
        return {"what": self.what, "from": self.before.isoformat(), "to": self.after.isoformat()}


Mover = Callable[[Session, Sequence[int], Calendar], list[Move]]
_movers: list[Mover] = []


def mover(function: Mover) -> Mover:
    """Adds a mover, once. Usable as a decorator."""
    if function not in _movers:
        _movers.append(function)
    return function


def find(session: Session, instance_ids: Sequence[int], calendar: Calendar) -> list[Move]:
    """What the calendar moves in these instances, whatever keeps the date."""
    return [move for each in _movers for move in each(session, instance_ids, calendar)]


def counted(basis: Any) -> bool:
    """Whether a date was counted by the calendar, so that it can be counted again; not one that the flow gave."""
    return isinstance(basis, dict) and "length" in basis and "start" in basis


def again(basis: dict[str, Any], calendar: Calendar) -> Deadline | None:
    """The date of a basis by another calendar; None when it no longer can be counted: then it stays as it is."""
    start = datetime.fromisoformat(basis["start"])
    try:
        return deadline(basis["length"], start, calendar, pauses_of(basis))
    except DoudiError:
        return None


@mover
def work_items(session: Session, instance_ids: Sequence[int], calendar: Calendar) -> list[Move]:
    """Open work items, with their warning and the next rung of their ladder."""
    rows = session.scalars(
        select(WorkItem)
        .where(WorkItem.instance_id.in_(instance_ids), WorkItem.state == "open", WorkItem.due_at.is_not(None))
        .order_by(WorkItem.id)
        .execution_options(populate_existing=True)
    )
    items = [each for each in rows if counted(each.due_basis) and each.due_basis["calendar"] != calendar.version]
    moves, fired = [], _fired(session, [each.id for each in items if each.ladder])
    for item in items:
        found = again(item.due_basis, calendar)
        if found is None:
            continue
        warn_at = warning(found.at, item.warn, calendar) if item.warn else item.warn_at
        rung = next_rung(item.ladder, found.at, item.arose_at, calendar, fired.get(item.id, ()))
        dates = {"due_at": found.at, "warn_at": warn_at, "rung_at": rung[0] if rung else None}
        if not _broken(item, item.due_basis) and _moved(item, dates, item.due_basis, found.basis):
            moves.append(
                Move(
                    item.instance_id,
                    f"“{item.name}”的办理期限",
                    last_day(item.due_at),
                    last_day(found.at),
                    _write(WorkItem, item.id, {**dates, "due_basis": found.basis}),
                )
            )
    return moves


@mover
def waiting_timers(session: Session, instance_ids: Sequence[int], calendar: Calendar) -> list[Move]:
    """Timers that wait for a length of time."""
    rows = session.scalars(
        select(WaitingTimer)
        .where(WaitingTimer.instance_id.in_(instance_ids))
        .order_by(WaitingTimer.id)
        .execution_options(populate_existing=True)
    )
    moves = []
    for timer in rows:
        found = again(timer.basis, calendar) if counted(timer.basis) else None
        if found is not None and _moved(timer, {"due_at": found.at}, timer.basis, found.basis):
            values = {"due_at": found.at, "basis": found.basis}
            write = _write(WaitingTimer, timer.id, values)
            moves.append(Move(timer.instance_id, f"“{timer.name}”", last_day(timer.due_at), last_day(found.at), write))
    return moves


@mover
def clocks(session: Session, instance_ids: Sequence[int], calendar: Calendar) -> list[Move]:
    """Clocks that run. A paused one has no date; it gets one by the calendar of the day on which it is resumed."""
    rows = session.scalars(
        select(Clock)
        .where(Clock.instance_id.in_(instance_ids), Clock.ended_at.is_(None), Clock.paused_at.is_(None))
        .order_by(Clock.id)
        .execution_options(populate_existing=True)
    )
    open_ = [each for each in rows if counted(each.basis) and each.basis["calendar"] != calendar.version]
    lines: dict[int, list[ClockEntry]] = {each.id: [] for each in open_}
    for entry in session.scalars(select(ClockEntry).where(ClockEntry.clock_id.in_(lines)).order_by(ClockEntry.id)):
        lines[entry.clock_id].append(entry)
    moves = []
    for each in open_:
        try:
            found = ledger.redate(each, lines[each.id], calendar)
        except DoudiError:
            continue
        if (
            found.due_at is not None
            and not _broken(each, each.basis)
            and _moved(each, {"due_at": found.due_at, "warn_at": found.warn_at}, each.basis, found.basis)
        ):
            moves.append(
                Move(
                    each.instance_id,
                    each.title,
                    last_day(each.due_at),
                    last_day(found.due_at),
                    _recounted(each, found, calendar),
                )
            )
    return moves


def _recounted(each: Clock, found: ledger.Redated, calendar: Calendar) -> Callable[[Session, datetime, str], None]:
    return lambda session, now, why: ledger.recount(session, each, found, now, why, calendar)


def _broken(row: Any, basis: Any) -> bool:
    """Whether a deadline that was settled has broken already. What is late stays late: nobody can make it lawful
    afterwards by entering days that are past. A provisional one was never certain and may still move."""
    return row.due_at <= clock.now() and not basis.get("provisional")


def _moved(row: Any, dates: dict[str, datetime | None], before: Any, after: Any) -> bool:
    """Whether a date, the day of a warning, or its being provisional changes."""
    provisional = bool(before.get("provisional")) != bool(after.get("provisional"))
    return provisional or any(getattr(row, name) != value for name, value in dates.items())


def _write(table: type[Any], key: int, values: dict[str, Any]) -> Callable[[Session, datetime, str], None]:
    """A statement of its own: the version of a work item stays, so that a form that somebody has open is not refused
    because its date moved."""

    def write(session: Session, now: datetime, why: str) -> None:
        session.execute(update(table).where(table.id == key).values(**values))

    return write


def _fired(session: Session, item_ids: Sequence[int]) -> dict[int, set[str]]:
    """{work item: the rungs of its ladder that were taken}."""
    found: dict[int, set[str]] = {}
    rows = session.execute(
        select(Rung.subject_id, Rung.step).where(Rung.subject == "item", Rung.subject_id.in_(item_ids))
    )
    for subject_id, step in rows if item_ids else ():
        found.setdefault(subject_id, set()).add(step)
    return found
