"""What a story may ask about its cases: open items, timers, clocks, documents, incidents, other cases."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clocks import queries as clocks
from engine.clocks.models import Clock
from engine.runtime.corrections.models import Correction
from engine.runtime.deadlines import last_day
from engine.runtime.models import Incident, Instance, WaitingTimer, WorkItem
from registers.notices.models import Notice


def instance(session: Session, key: int) -> Instance:
    """The case as the database has it now."""
    return session.get(Instance, key, populate_existing=True)


def open_items(session: Session, key: int) -> list[WorkItem]:
    """The open work items of a case, the oldest first."""
    return list(
        session.scalars(
            select(WorkItem)
            .where(WorkItem.instance_id == key, WorkItem.state == "open")
            .order_by(WorkItem.id)
            .execution_options(populate_existing=True)
        )
    )


def last_item(session: Session, key: int, element: str) -> WorkItem | None:
    """The newest work item of a task, whatever became of it."""
    return session.scalars(
        select(WorkItem)
        .where(WorkItem.instance_id == key, WorkItem.element_id == element)
        .order_by(WorkItem.id.desc())
        .execution_options(populate_existing=True)
    ).first()


def last_done(session: Session, key: int | None, element: str) -> int:
    """The newest finished work item of a task; 0 when there is none."""
    done = select(WorkItem.id).where(
        WorkItem.instance_id == key,
        WorkItem.element_id == element,
        WorkItem.state == "completed",
        WorkItem.corrects_for_id.is_(None),
    )
    return session.scalar(done.order_by(WorkItem.id.desc()).limit(1)) or 0


def held(session: Session, item_id: int) -> bool:
    """Whether an item is in somebody's hands."""
    return session.scalar(select(WorkItem.holder_id).where(WorkItem.id == item_id)) is not None


def corrections(session: Session, key: int | None) -> list[Correction]:
    """The corrections of a case that are not back yet."""
    asked = select(Correction).where(Correction.instance_id == key, Correction.state == "asked")
    return list(session.scalars(asked.order_by(Correction.id)))


def timers(session: Session, key: int) -> list[WaitingTimer]:
    """What the case waits for, the earliest first."""
    return list(
        session.scalars(
            select(WaitingTimer)
            .where(WaitingTimer.instance_id == key)
            .order_by(WaitingTimer.due_at)
            .execution_options(populate_existing=True)
        )
    )


def latest_clocks(session: Session, key: int) -> dict[str, Clock]:
    """The clocks of a case by name; of one that was started several times the last."""
    session.expire_all()
    return {each.name.partition("#")[0]: each for each in clocks.of_case(session, key)}


def documents(session: Session, key: int) -> list[str]:
    """The templates of the documents that were issued, in their order."""
    return list(session.scalars(select(Notice.template).where(Notice.instance_id == key).order_by(Notice.id)))


def incidents(session: Session) -> list[Incident]:
    """Everything that is parked, in any case."""
    return list(session.scalars(select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.id)))


def instances(session: Session) -> dict[int, Instance]:
    """All cases there are, the oldest first."""
    found = session.scalars(select(Instance).order_by(Instance.id).execution_options(populate_existing=True))
    return {each.id: each for each in found}


def day(at: datetime | None) -> date | None:
    """The last day of a deadline."""
    return last_day(at) if at is not None else None
