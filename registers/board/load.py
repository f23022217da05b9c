"""The load of each clerk: what they hold, how much of it is red or yellow, what they finished lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from engine.actors import ROLES
from engine.runtime.models import Instance, WorkItem
from registers.board.scope import Scope
from registers.cases.ball import OPEN, Roster

DAYS = 30


@dataclass(frozen=True)
class Load:
    """One person's items in the leader's cases. `key` finds them in the list."""

    key: str
    name: str
    roles: str
    held: int
    red: int
    yellow: int
    finished: int


def load(session: Session, scope: Scope, now: datetime, staff: Roster) -> list[Load]:
    """Whoever holds something or finished something in the last thirty days, the fullest hands first."""
    red = WorkItem.due_at <= now
    held = session.execute(
        select(
            WorkItem.holder_id,
            func.count(),
            func.sum(case((red, 1), else_=0)),
            func.sum(case((red, 0), (WorkItem.warn_at <= now, 1), else_=0)),
        )
        .join(Instance, Instance.id == WorkItem.instance_id)
        .where(WorkItem.state == OPEN, WorkItem.holder_id.is_not(None), scope.condition())
        .group_by(WorkItem.holder_id)
    )
    finished = session.execute(
        select(WorkItem.holder_id, func.count())
        .join(Instance, Instance.id == WorkItem.instance_id)
        .where(
            WorkItem.state == "completed",
            WorkItem.completed_at > now - timedelta(days=DAYS),
            WorkItem.completed_at <= now,
            WorkItem.holder_id.is_not(None),
            scope.condition(),
        )
        .group_by(WorkItem.holder_id)
    )
    hands = {who: (count, int(late or 0), int(near or 0)) for who, count, late, near in held}
    done = {who: count for who, count in finished}  # noqa: C416 -- a Result is no mapping
    people = [_one(who, hands.get(who, (0, 0, 0)), done.get(who, 0), staff) for who in {*hands, *done}]
    return sorted(people, key=lambda each: (-each.held, -each.finished, each.name))


def _one(who: int, hand: tuple[int, int, int], done: int, staff: Roster) -> Load:
    actor = staff.people.get(who)
    roles = "、".join(dict.fromkeys(ROLES.get(g.role, g.role) for g in actor.grants)) if actor else "账号已停用"
    return Load(f"p{who}", staff.names.get(who, f"账号{who}"), roles, *hand, done)
