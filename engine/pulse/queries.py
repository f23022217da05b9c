"""How the installation's timers do: what is due, how late, what failed, who lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.clocks.models import Clock
from engine.holidays.models import Recount
from engine.ladders import queries as rungs
from engine.outbox import queries as outbox
from engine.pulse.models import Pulse
from engine.pulse.operations import SILENCE
from engine.runtime.models import Incident, WaitingTimer, WorkItem

#: Seconds after which something that is due and not fired means that nobody fires.
LATE = 30.0


#: A timer of a suspended case waits with it: it is not late.
_AWAKE = WaitingTimer.held.is_(False)


@dataclass(frozen=True)
class Process:
    """A process that said it lives; `alive` when it said so within the last minute."""

    host: str
    pid: int
    started_at: datetime
    silent_seconds: float
    alive: bool
    fired: int
    failed: int


@dataclass(frozen=True)
class Status:
    """Everything that `doudi timers --status` tells."""

    #: How many seconds the earliest due timer or rung has been waiting.
    lag_seconds: float
    due_timers: int
    due_rungs: int
    waiting_timers: int
    #: Timers whose firing failed and that will be tried again; the first few with their reason.
    failed_timers: int
    failures: list[dict[str, Any]]
    messages: dict[str, Any]
    processes: list[Process]
    recount: dict[str, Any] | None

    @property
    def alive(self) -> bool:
        """Whether any timers process lives."""
        return any(each.alive for each in self.processes)

    @property
    def problems(self) -> list[str]:
        """What is wrong, in words."""
        found = []
        if not self.alive:
            found.append("没有定时进程在运行，请运行 doudi timers。")
        if self.lag_seconds > LATE:
            found.append(f"最早到期的事项已等了{int(self.lag_seconds)}秒还没有触发。")
        if self.failed_timers:
            found.append(f"{self.failed_timers}个定时事项触发失败，正在重试。")
        if self.messages.get("failed"):
            found.append(f"{self.messages['failed']}条消息没有送达，请到“消息通道”页面处理。")
        return found


def status(session: Session) -> Status:
    """How the timers do now."""
    now = clock.now()
    earliest = [
        session.scalar(select(func.min(WaitingTimer.due_at)).where(WaitingTimer.due_at <= now, _AWAKE, _tried(now))),
        session.scalar(select(func.min(WorkItem.rung_at)).where(WorkItem.rung_at <= now)),
        session.scalar(select(func.min(Clock.rung_at)).where(Clock.rung_at <= now)),
    ]
    first = min(filter(None, earliest), default=None)
    failed = select(WaitingTimer).where(WaitingTimer.attempts > 0)
    return Status(
        lag_seconds=round((now - first).total_seconds(), 1) if first is not None else 0.0,
        due_timers=_count(session, WaitingTimer, WaitingTimer.due_at <= now, _AWAKE),
        due_rungs=rungs.waiting(session, now),
        waiting_timers=_count(session, WaitingTimer),
        failed_timers=_count(session, WaitingTimer, WaitingTimer.attempts > 0),
        failures=[
            {
                "instance": each.instance_id,
                "timer": each.name,
                "due": each.due_at.isoformat(),
                "attempts": each.attempts,
                "error": each.error,
                "again_at": each.not_before.isoformat() if each.not_before else None,
            }
            for each in session.scalars(failed.order_by(WaitingTimer.due_at).limit(10))
        ],
        messages=outbox.backlog(session, clock.wall()),
        processes=processes(session),
        recount=_recount(session),
    )


def processes(session: Session, kind: str = "timers") -> list[Process]:
    """The processes that said that they live, those last seen first."""
    now = clock.wall()
    rows = session.scalars(select(Pulse).where(Pulse.kind == kind).order_by(Pulse.seen_at.desc()))
    return [
        Process(
            each.host,
            each.pid,
            each.started_at,
            max((now - each.seen_at).total_seconds(), 0.0),
            now - each.seen_at <= SILENCE,
            each.fired,
            each.failed,
        )
        for each in rows
    ]


def counts(session: Session) -> dict[str, int]:
    """What a monitor watches beside the timers: open work, what of it is late, where cases are parked."""
    now = clock.now()
    late = {
        f"clocks_overdue_{kind}": _count(
            session, Clock, Clock.ended_at.is_(None), Clock.due_at <= now, Clock.kind == kind
        )
        for kind in ("advisory", "service", "legal")
    }
    return {
        "items_open": _count(session, WorkItem, WorkItem.state == "open"),
        "items_overdue": _count(session, WorkItem, WorkItem.state == "open", WorkItem.due_at <= now),
        "incidents_open": _count(session, Incident, Incident.resolved_at.is_(None)),
        **late,
    }


def _tried(now: datetime) -> Any:
    return or_(WaitingTimer.not_before.is_(None), WaitingTimer.not_before <= now)


def _count(session: Session, kind: type[Any], *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(kind).where(*conditions)) or 0


def _recount(session: Session) -> dict[str, Any] | None:
    row = session.scalar(select(Recount).where(Recount.finished_at.is_(None)).order_by(Recount.id.desc()).limit(1))
    if row is None:
        return None
    return {"reason": row.reason, "total": row.total, "seen": row.seen, "moved": row.moved}
