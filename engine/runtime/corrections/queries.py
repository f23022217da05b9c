"""Reading corrections."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.runtime.corrections.models import Correction
from engine.runtime.models import Submission, WorkItem


def of_case(session: Session, instance_id: int) -> Sequence[Correction]:
    """Every correction that was asked for in a case, oldest first."""
    return session.scalars(
        select(Correction).where(Correction.instance_id == instance_id).order_by(Correction.id)
    ).all()


def behind(session: Session, item: WorkItem) -> Correction | None:
    """What the item of a correction is about; None for any other item."""
    if item.corrects_for_id is None:
        return None
    return session.scalar(select(Correction).where(Correction.item_id == item.id))


def awaited(session: Session, item: WorkItem) -> tuple[Correction, WorkItem] | None:
    """What an item waits for, and in whose hands that is; None when it waits for nothing."""
    if item.awaits_id is None:
        return None
    row = session.execute(
        select(Correction, WorkItem)
        .join(WorkItem, WorkItem.id == Correction.item_id)
        .where(Correction.item_id == item.awaits_id)
    ).one()
    return row[0], row[1]


def came_back(session: Session, item: WorkItem) -> Sequence[Correction]:
    """The corrections that came back to an item, oldest first."""
    asked = select(Correction).where(Correction.for_item_id == item.id, Correction.state == "done")
    return session.scalars(asked.order_by(Correction.id)).all()


def handed_in(session: Session, done_id: int) -> Sequence[Submission]:
    """Everything that counted at a step that was done, oldest first: what was handed in there, and what came in its
    place by corrections since."""
    corrected = select(WorkItem.id).where(
        WorkItem.again_of == done_id, WorkItem.corrects_for_id.is_not(None), WorkItem.state == "completed"
    )
    return session.scalars(
        select(Submission)
        .where(or_(Submission.work_item_id == done_id, Submission.work_item_id.in_(corrected)))
        .order_by(Submission.id)
    ).all()
