"""What stands between an act on paper and its entry, so that the act can no longer take effect as of then.

The engine knows of suspensions and incidents; registers add what they know (a move that waits, a decision).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.runtime.models import Incident, Suspension, WorkItem

#: Says in words what bars an act of an item that was done at an instant; empty for nothing.
Bar = Callable[[Session, WorkItem, datetime], str]
_bars: list[Bar] = []


def bar(function: Bar) -> Bar:
    """Adds such a function, once. Usable as a decorator."""
    if function not in _bars:
        _bars.append(function)
    return function


def require_none(session: Session, item: WorkItem, acted_at: datetime) -> None:
    """Raises Refused with the first thing that bars it."""
    for each in _bars:
        said = each(session, item, acted_at)
        if said:
            raise Refused(said)


@bar
def rested_then(session: Session, item: WorkItem, acted_at: datetime) -> str:
    """Nothing of a case is done while it rests; what is said to have been done then was not done in the law's sense."""
    rest = session.scalar(
        select(Suspension)
        .where(
            Suspension.instance_id == item.instance_id,
            Suspension.began_at <= acted_at,
            or_(Suspension.ended_at.is_(None), Suspension.ended_at > acted_at),
        )
        .limit(1)
    )
    if rest is None:
        return ""
    until = f"{rest.ended_at:%Y-%m-%d}" if rest.ended_at else "现在"
    return f"这件办件{rest.began_at:%Y-%m-%d}至{until}中止办理，那时的办理不能补录。"


@bar
def stuck_there(session: Session, item: WorkItem, acted_at: datetime) -> str:
    """An element of this very item that waits for an administrator."""
    stuck = select(Incident.id).where(
        Incident.instance_id == item.instance_id, Incident.task_id == item.task_id, Incident.resolved_at.is_(None)
    )
    return "这一项有未处理的流程异常，请管理员处理以后再补录。" if session.scalar(stuck.limit(1)) else ""
