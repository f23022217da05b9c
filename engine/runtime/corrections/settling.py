"""Corrections that came to nothing: taken back, or overtaken by what happened to their case. Inside an act that has the
case locked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.runtime.corrections.models import Correction
from engine.runtime.models import WorkItem


def waiting(session: Session, instance_id: int) -> list[Correction]:
    """The corrections of a case that are not back yet."""
    asked = select(Correction).where(Correction.instance_id == instance_id, Correction.state == "asked")
    return list(session.scalars(asked.order_by(Correction.id).execution_options(populate_existing=True)))


def of_item(session: Session, item_id: int) -> Correction | None:
    """What the item of a correction is about."""
    return session.scalar(select(Correction).where(Correction.item_id == item_id))


def drop(session: Session, made: Correction, now: datetime, who: str, remark: str) -> tuple[WorkItem, WorkItem]:
    """It is not wanted any more: its item is cancelled, the item that waited for it waits no longer. Both are given
    back, that of the correction first."""
    item, waits = session.get_one(WorkItem, made.item_id), session.get_one(WorkItem, made.for_item_id)
    made.state, made.settled_at, made.settled_by, made.remark = "cancelled", now, who, remark
    if item.state == "open":
        item.state, item.completed_at, item.rung_at = "cancelled", now, None
    waits.awaits_id = None
    return item, waits


def overtaken(
    session: Session, instance_id: int, now: datetime, who: str, remark: str, still: Callable[[Correction], bool]
) -> list[Correction]:
    """Drops the corrections for which nobody waits any more, and those that are not `still` wanted; which they were."""
    fallen = []
    for each in waiting(session, instance_id):
        asker = session.get_one(WorkItem, each.for_item_id)
        if asker.state != "open" or not still(each):
            drop(session, each, now, who, remark)
            fallen.append(each)
    return fallen
