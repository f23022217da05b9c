"""Why this date: what a deadline rests on, told to whoever asks. Nothing here is stored; all can be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock as time
from engine.actors import ROLES
from engine.calendar.days import Calendar
from engine.calendar.lengths import Length
from engine.clocks import ledger
from engine.clocks.catalogue import KINDS
from engine.clocks.models import Clock, ClockEntry
from engine.errors import NotFound
from engine.ladders.models import Rung
from engine.ladders.steps import HOLDER, instants
from engine.runtime.models import Instance, WaitingTimer, WorkItem
from registers.publicity.models import Publicity

ENTRIES = {
    "started": "开始计时",
    "paused": "暂停计时",
    "resumed": "恢复计时",
    "extended": "批准延长",
    "recounted": "工作日历变动，重新计算",
    "satisfied": "办结，停止计时",
    "lapsed": "办件结束，停止计时",
    "reopened": "退回重办，继续计时（从原来的起点算）",
}


@dataclass(frozen=True)
class Line:
    """A line of a clock's ledger in words."""

    at: datetime
    what: str
    who: str
    note: str
    due_at: datetime | None
    #: When it was entered, if that was later than it happened (补录).
    entered_at: datetime | None = None


@dataclass(frozen=True)
class Ahead:
    """A rung of a ladder: who is told, when, and whether that has happened."""

    at: datetime
    who: str
    fired_at: datetime | None


@dataclass(frozen=True)
class Why:
    """Everything about one date. `instance` is None for what the public may ask (a publicity)."""

    title: str
    kind: str
    instance: Instance | None
    started_at: datetime | None
    due_at: datetime | None
    warn_at: datetime | None
    provisional: bool
    said: Sequence[str]
    clause: str | None
    #: The timer that started it was due then, and ran later.
    meant_at: datetime | None = None
    #: What this item follows from was done on paper and entered later: then it came into the system.
    came_at: datetime | None = None
    #: It was done on paper and entered later (补录).
    entered_at: datetime | None = None
    paused: bool = False
    #: An advisory clock: it warns, nothing is late.
    alarm: bool = False
    ended_at: datetime | None = None
    ending: str | None = None
    lines: Sequence[Line] = ()
    rungs: Sequence[Ahead] = ()


def of(session: Session, kind: str, key: int, calendar: Calendar) -> Why:
    """The reasons of a date: `item`, `clock` or `timer` of a case, `publicity` of the board. NotFound for a stranger;
    whether somebody may see it is a question about its instance."""
    asked = {"item": _item, "clock": _clock, "timer": _timer, "publicity": _publicity}.get(kind)
    found = asked(session, key, calendar) if asked is not None else None
    if found is None:
        raise NotFound("没有找到这个期限，它可能已经办结，请返回办件查看。")
    return found


def _item(session: Session, key: int, calendar: Calendar) -> Why | None:
    item = session.get(WorkItem, key)
    if item is None:
        return None
    basis = item.due_basis or {}
    return Why(
        item.name,
        "环节办理期限",
        session.get(Instance, item.instance_id),
        item.arose_at,
        item.due_at,
        item.warn_at,
        bool(basis.get("provisional")),
        basis.get("why", ()),
        item.clause,
        came_at=item.created_at if item.meant_at is not None else None,
        entered_at=item.entered_at,
        ended_at=item.completed_at,
        ending=item.state if item.state != "open" else None,
        rungs=_rungs(session, "item", item.id, 0, item.ladder, item.due_at, item.arose_at, calendar),
    )


def _clock(session: Session, key: int, calendar: Calendar) -> Why | None:
    clock = session.get(Clock, key)
    if clock is None:
        return None
    entries = ledger.entries_of(session, clock.id)
    extends = f"，可延长至{Length.parse(clock.extends_to).words}" if clock.extends_to and not clock.lap else ""
    return Why(
        clock.title,
        f"{KINDS[clock.kind]}{extends}",
        session.get(Instance, clock.instance_id),
        clock.started_at,
        clock.due_at,
        clock.warn_at,
        bool(clock.basis.get("provisional")),
        clock.basis.get("why", ()),
        clock.clause,
        meant_at=clock.meant_at,
        came_at=_entered(entries, "started"),
        entered_at=_entered(entries, "satisfied"),
        paused=clock.paused_at is not None,
        alarm=clock.kind == "advisory",
        ended_at=clock.ended_at,
        ending=clock.ending,
        lines=[_line(each) for each in entries],
        rungs=_rungs(session, "clock", clock.id, clock.lap, clock.ladder, clock.due_at, clock.started_at, calendar),
    )


def _timer(session: Session, key: int, calendar: Calendar) -> Why | None:
    timer = session.get(WaitingTimer, key)
    if timer is None:
        return None
    basis: dict[str, Any] = timer.basis
    if basis.get("given"):  # The flow gave the date; the publicity that it comes from knows how it was counted.
        posted = session.scalar(
            select(Publicity)
            .where(Publicity.instance_id == timer.instance_id, Publicity.closed_at.is_(None))
            .order_by(Publicity.id.desc())
            .limit(1)
        )
        basis = posted.basis if posted is not None and posted.basis else basis
    return Why(
        timer.name,
        "到期自动继续",
        session.get(Instance, timer.instance_id),
        None,
        timer.due_at,
        None,
        bool(basis.get("provisional")),
        basis.get("why", ()),
        None,
    )


def _publicity(session: Session, key: int, calendar: Calendar) -> Why | None:
    posted = session.get(Publicity, key)
    if posted is None or posted.closed_at is not None:
        return None
    basis = posted.basis or {}
    return Why(
        "公示期",
        "法定公示期限",
        None,
        posted.posted_at,
        time.end_of(posted.until),
        None,
        bool(basis.get("provisional")),
        basis.get("why", ()),
        "mca-2021-57:19",
    )


def _entered(entries: Sequence[ClockEntry], kind: str) -> datetime | None:
    """When the start or the end of a clock was entered, if that was later."""
    return next((each.entered_at for each in reversed(entries) if each.kind == kind), None)


def _line(entry: ClockEntry) -> Line:
    cause = ledger.cause_words(entry.cause)
    note = "：".join(filter(None, (cause, entry.note)))
    return Line(entry.at, ENTRIES[entry.kind], entry.who, note, entry.due_at, entry.entered_at)


def _rungs(
    session: Session,
    subject: str,
    key: int,
    lap: int,
    ladder: str | None,
    due_at: datetime | None,
    began: datetime,
    calendar: Calendar,
) -> list[Ahead]:
    """What the ladder did and will do. A rung that was taken stays where it was, wherever the date went since."""
    taken = list(
        session.scalars(
            select(Rung)
            .where(Rung.subject == subject, Rung.subject_id == key, Rung.lap == lap)
            .order_by(Rung.fired_at, Rung.id)
        )
    )
    found = [Ahead(each.due_at, _who(each.role), each.fired_at) for each in taken]
    if ladder and due_at is not None:
        done, first = {each.step for each in taken}, began.replace(hour=0, minute=0, second=0, microsecond=0)
        found += [
            Ahead(at, _who(step.role), None)
            for at, step in instants(ladder, due_at, calendar)
            if step.text not in done and (step.offset.side >= 0 or at >= first)
        ]
    return found


def _who(role: str) -> str:
    return "经办人" if role == HOLDER else ROLES.get(role, role)
