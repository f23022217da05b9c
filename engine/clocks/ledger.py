"""What happens to a clock, inside an operation that is under way: each line of the ledger and the date that follows.

Nothing here opens a transaction or judges who may. The instance of the clock is locked by whoever calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar.arithmetic import Pause, due
from engine.calendar.days import Calendar
from engine.calendar.lengths import Length
from engine.clock import end_of
from engine.clocks.catalogue import ClockSpec
from engine.clocks.models import Clock, ClockEntry, Extension
from engine.ladders import queries as ladders
from engine.ladders.steps import next_rung
from engine.runtime.deadlines import deadline, warning

#: What a pause or an extension is for, in words; another code stands for itself.
CAUSES = {
    "objection": "公示异议",
    "split_residence": "人户分离",
    "other_place": "异地申办",
    "hard_survey": "调查难度较大",
    "other": "其他",
    "publicity": "公示期间",
    "evaluation": "民主评议期间",
    "hearing": "听证期间",
    "applicant": "等待申请人",
    "force_majeure": "不可抗力",
    "litigation": "等待法院、复议或其他机关的结论",
    "hospital": "申请人住院或失联",
}


@dataclass(frozen=True)
class Redated:
    """A clock's date as its ledger and the calendar give it. No date while it is paused."""

    due_at: datetime | None
    warn_at: datetime | None
    basis: dict[str, Any]


def redate(clock: Clock, entries: Sequence[ClockEntry], calendar: Calendar) -> Redated:
    """The date of a clock from its ledger: what it was given, less the days on which it stood still, extended as was
    granted. A clock that was given a date itself (no length) keeps it."""
    if clock.basis.get("given"):
        return Redated(None if clock.paused_at else end_of(date.fromisoformat(clock.basis["due"])), None, clock.basis)
    length = Length.parse(clock.extends_to if clock.lap and clock.extends_to else clock.budget)
    found = due(clock.started_at.date(), length, calendar, _pauses(entries))
    basis = {**found.basis, "why": [*_granted(clock, entries), *found.why]}
    if clock.paused_at is not None:
        basis["why"] = [f"自{clock.paused_at:%Y-%m-%d}起暂停计时，恢复后重新计算。"]
        return Redated(None, None, basis)
    return Redated(found.instant, warning(found.instant, clock.warn, calendar) if clock.warn else None, basis)


def start(
    session: Session,
    *,
    instance_id: int,
    spec: ClockSpec,
    budget: str,
    extends_to: str | None,
    clause: str | None,
    now: datetime,
    who: str,
    calendar: Calendar,
    meant_at: datetime | None = None,
    holder_id: int | None = None,
    entered_at: datetime | None = None,
) -> Clock:
    """A new clock, armed. Raises Invalid or ExpressionError for a length that is none: it must never be silent.
    `entered_at`: it starts with an act that took place at `now` and was entered then."""
    armed = deadline(budget, now, calendar)
    if extends_to is not None:
        Length.parse(extends_to)
    made = Clock(
        instance_id=instance_id,
        name=spec.name,
        title=spec.title,
        kind=spec.kind,
        budget=budget,
        extends_to=extends_to,
        lap=0,
        started_at=now,
        meant_at=meant_at if meant_at is not None and meant_at < now else None,
        due_at=armed.at,
        warn=spec.warn,
        warn_at=warning(armed.at, spec.warn, calendar) if spec.warn else None,
        basis=armed.basis,
        clause=clause or spec.clause,
        ladder=spec.ladder,
        holder_id=holder_id,
    )
    rung = next_rung(spec.ladder, made.due_at, now, calendar)
    made.rung_at = rung[0] if rung else None
    session.add(made)
    session.flush()
    _line(session, made, "started", now, who, entered_at=entered_at)
    return made


def pause(session: Session, clock: Clock, cause: str, note: str, now: datetime, who: str, calendar: Calendar) -> None:
    """The clock stands still from today on. One that stands still, has ended or is late already is left as it is: a
    pause hides no breach."""
    if clock.ended_at is not None or clock.paused_at is not None or (clock.due_at is not None and now >= clock.due_at):
        return
    clock.paused_at, before = now, entries_of(session, clock.id)
    touch(session, clock, redate(clock, before, calendar), calendar)
    _line(session, clock, "paused", now, who, cause=cause, note=note)


def resume(
    session: Session,
    clock: Clock,
    note: str,
    now: datetime,
    who: str,
    calendar: Calendar,
    entered_at: datetime | None = None,
) -> None:
    """The clock runs on; the days since it was paused are left out."""
    if clock.ended_at is not None or clock.paused_at is None:
        return
    now = max(now, clock.paused_at)  # An act that was entered later may have taken place before the pause.
    clock.paused_at = None
    line = _line(session, clock, "resumed", now, who, note=note, entered_at=entered_at)
    session.flush()
    touch(session, clock, redate(clock, entries_of(session, clock.id), calendar), calendar)
    line.due_at = clock.due_at


def extend(session: Session, clock: Clock, cause: str, note: str, now: datetime, who: str, calendar: Calendar) -> None:
    """The clock gets its longer length, counted from its start; its ladder begins anew."""
    clock.lap += 1
    line = _line(session, clock, "extended", now, who, cause=cause, note=note)
    session.flush()
    touch(session, clock, redate(clock, entries_of(session, clock.id), calendar), calendar)
    line.due_at = clock.due_at


def recount(session: Session, clock: Clock, redated: Redated, now: datetime, why: str, calendar: Calendar) -> None:
    """The calendar changed and the date with it."""
    touch(session, clock, redated, calendar)
    _line(session, clock, "recounted", now, "系统", note=why)


def end(
    session: Session,
    clock: Clock,
    ending: str,
    now: datetime,
    who: str,
    note: str = "",
    entered_at: datetime | None = None,
) -> None:
    """The clock has done its work (`satisfied`), or its case ended without it (`lapsed`); `note` says why."""
    if clock.ended_at is not None:
        return
    now = max(now, clock.started_at)
    clock.ended_at, clock.ending, clock.rung_at = now, ending, None
    asked = session.scalar(select(Extension).where(Extension.clock_id == clock.id, Extension.decided_at.is_(None)))
    if asked is not None:  # Nothing is left to extend; the request must not wait for ever.
        asked.granted, asked.decided_by, asked.decided_at, asked.remark = False, "系统", now, "时限已经结束。"
    _line(session, clock, ending, now, who, note=note, entered_at=entered_at)


def reopen(session: Session, clock: Clock, note: str, now: datetime, who: str, calendar: Calendar) -> None:
    """What had satisfied the clock counts no more: it runs on from its own beginning, as if it had never stopped."""
    if clock.ended_at is None:
        return
    clock.ended_at = clock.ending = None
    line = _line(session, clock, "reopened", now, who, note=note)
    session.flush()
    touch(session, clock, redate(clock, entries_of(session, clock.id), calendar), calendar)
    line.due_at = clock.due_at


def touch(session: Session, clock: Clock, redated: Redated, calendar: Calendar) -> None:
    """Writes a new date, and when the next rung of the ladder is due by it."""
    clock.due_at, clock.warn_at, clock.basis = redated.due_at, redated.warn_at, redated.basis
    fired = ladders.fired(session, "clock", clock.id, clock.lap)
    rung = next_rung(clock.ladder, clock.due_at, clock.started_at, calendar, fired)
    clock.rung_at = rung[0] if rung else None


def entries_of(session: Session, clock_id: int) -> list[ClockEntry]:
    """A clock's ledger, oldest first."""
    return list(session.scalars(select(ClockEntry).where(ClockEntry.clock_id == clock_id).order_by(ClockEntry.id)))


def paused_for(session: Session, clock: Clock) -> str | None:
    """The cause of the pause that lasts; None when the clock runs."""
    if clock.paused_at is None:
        return None
    return next((each.cause for each in reversed(entries_of(session, clock.id)) if each.kind == "paused"), None)


def cause_words(code: str | None) -> str:
    """A cause as people read it."""
    return CAUSES.get(code or "", code or "")


def _pauses(entries: Sequence[ClockEntry]) -> list[Pause]:
    """The finished pauses of a ledger; the one that still lasts has no end to count to."""
    found, open_ = [], None
    for entry in entries:
        if entry.kind == "paused":
            open_ = entry
        elif entry.kind == "resumed" and open_ is not None:
            found.append(Pause(open_.at.date(), entry.at.date(), cause_words(open_.cause)))
            open_ = None
    return found


def _granted(clock: Clock, entries: Sequence[ClockEntry]) -> list[str]:
    return [
        f"{entry.at:%Y-%m-%d}经{entry.who}批准，因{cause_words(entry.cause)}由{Length.parse(clock.budget).words}"
        f"延长至{Length.parse(clock.extends_to).words}{f'：{entry.note}' if entry.note else ''}。"
        for entry in entries
        if entry.kind == "extended" and clock.extends_to
    ]


def _line(
    session: Session,
    clock: Clock,
    kind: str,
    at: datetime,
    who: str,
    *,
    cause: str | None = None,
    note: str = "",
    entered_at: datetime | None = None,
) -> ClockEntry:
    line = ClockEntry(clock_id=clock.id, kind=kind, at=at, cause=cause, note=note, who=who, due_at=clock.due_at)
    line.entered_at = entered_at
    session.add(line)
    return line
