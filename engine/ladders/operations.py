"""Taking a rung: who is told of a deadline, once, whatever the number of processes (law 7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.actors import ROLES, SYSTEM
from engine.clocks.models import Clock
from engine.holidays import queries as holidays
from engine.journal.verbs import Verb
from engine.ladders import queries, words
from engine.ladders.models import Rung
from engine.ladders.recipients import recipients
from engine.ladders.steps import Step, next_rung
from engine.outbox.operations import enqueue
from engine.runtime.models import Instance, WorkItem
from engine.transactions import Deed, act

SUBJECTS: dict[str, type[Any]] = {"item": WorkItem, "clock": Clock}


def climb(subject: str, subject_id: int) -> bool:
    """Takes the next rung of an item's or a clock's ladder if it is due: tells whoever it names, writes down whom.

    False when nothing is due any more, or when the case is in another process's hands right now.
    """
    try:
        _climb(subject, subject_id)
    except _NothingToDo:
        return False
    return True


def _climb(subject: str, subject_id: int) -> None:
    with act(Verb.RUNG_FIRED, SYSTEM) as deed:
        session, row, instance = deed.session, *_locked(deed, subject, subject_id)
        lap = row.lap if subject == "clock" else 0
        began = row.started_at if subject == "clock" else row.arose_at
        calendar = holidays.current(session)
        fired = queries.fired(session, subject, row.id, lap)
        rung = next_rung(row.ladder, row.due_at, began, calendar, fired)
        late = row.due_at is not None and row.due_at <= deed.now
        if rung is None or (rung[0] > deed.now and not late):  # Days entered after the breach delay no rung of it.
            # The date moved since the row was written: the sweep need not come again before the rung is due.
            _aim(session, subject, row, rung)
            deed.dismiss()
            return
        due_at, step = rung
        told = recipients(session, step.role, instance, row)
        message = enqueue(
            session,
            kind="rung",
            subject=words.subject(session, instance, row, deed.now),
            body=words.body(instance, row, step, told),
            to=told.actors,
            role=None if told.actors else "admin",
            area=instance.area,
            instance_id=instance.id,
            work_item_id=row.id if subject == "item" else None,
            urgent=subject == "clock" and row.kind == "legal" and deed.now >= row.due_at,
            now=deed.now,
        )
        session.flush()
        session.add(
            Rung(
                instance_id=instance.id,
                subject=subject,
                subject_id=row.id,
                lap=lap,
                step=step.text,
                role=told.role,
                due_at=due_at,
                fired_at=deed.now,
                skipped=told.skipped,
                message_id=message.id,
            )
        )
        following = next_rung(row.ladder, row.due_at, began, calendar, fired | {step.text})
        _aim(session, subject, row, following)
        after = {
            "what": row.title if subject == "clock" else row.name,
            "rung": step.text,
            "told": "、".join(each.name for each in told.actors) or "系统管理员",
            "skipped": [each["name"] or ROLES.get(each["role"], each["role"]) for each in told.skipped],
        }
        deed.record(instance, after=after, clause=row.clause)


def _aim(session: Session, subject: str, row: Any, rung: tuple[datetime, Step] | None) -> None:
    """When the next rung is due. Past the row's version: a reminder is no change that a clerk's open form must meet."""
    kind = SUBJECTS[subject]
    session.execute(
        update(kind)
        .where(kind.id == row.id)
        .values(rung_at=rung[0] if rung else None)
        .execution_options(synchronize_session=False)
    )


def _locked(deed: Deed, subject: str, subject_id: int) -> tuple[Any, Instance]:
    """The row, read anew with its instance locked; the instance first, as everywhere."""
    kind = SUBJECTS[subject]
    instance = deed.session.scalar(
        select(Instance)
        .where(Instance.id == select(kind.instance_id).where(kind.id == subject_id).scalar_subquery())
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if instance is None:
        raise _NothingToDo
    row = deed.session.get(kind, subject_id, populate_existing=True)
    if row is None or row.rung_at is None or row.rung_at > deed.now:
        raise _NothingToDo
    return row, instance


class _NothingToDo(Exception):
    """Ends an act that found nothing to do, so that it leaves no trace."""


__all__ = ["climb"]
