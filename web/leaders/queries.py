"""What turns red soon: open items whose last day is near, in whose hands they are."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import ROLES, Actor
from engine.runtime.models import Instance, WorkItem
from registers.areas.models import Area
from registers.cases.models import Case
from registers.cases.queries import Overdue, within
from registers.cases.rules import LEADING


def soon(session: Session, actor: Actor, now: datetime, days: int) -> list[Overdue]:
    """Open items of the leader's areas whose due day comes within so many days, the nearest first."""
    areas = [within(Instance.area, grant.area) for grant in actor.grants if grant.role in LEADING]
    if not areas:
        return []
    limit = clock.end_of(now.date() + timedelta(days=days))
    rows = session.execute(
        select(WorkItem, Instance, Case, Area.name)
        .join(Instance, Instance.id == WorkItem.instance_id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .outerjoin(Area, Area.path == Instance.area)
        .where(WorkItem.state == "open", WorkItem.due_at > now, WorkItem.due_at <= limit, or_(*areas))
        .order_by(WorkItem.due_at, WorkItem.id)
    )
    return [
        Overdue(
            "item",
            instance.id,
            item.id,
            item.name,
            case.number if case else "",
            case.applicant if case else "",
            village or instance.area,
            instance.area,
            instance.stage,
            item.holder_name or f"{ROLES.get(item.role, item.role)}（无人认领）",
            item.due_at,
            0,
            item.clause,
        )
        for item, instance, case, village in rows
    ]
