"""Reading the runtime's tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from engine import clock, forms
from engine.errors import NotFound
from engine.releases.loaded import LoadedRelease
from engine.runtime import forms as item_forms
from engine.runtime.corrections import queries as corrections
from engine.runtime.models import PENDING, Draft, Incident, Instance, Submission, WaitingTimer, WorkItem


def item(session: Session, item_id: int) -> WorkItem:
    """A work item with its instance and signatures; NotFound when there is none."""
    found = (
        session.scalars(
            select(WorkItem)
            .where(WorkItem.id == item_id)
            .options(joinedload(WorkItem.instance, innerjoin=True), joinedload(WorkItem.signatures))
        )
        .unique()
        .one_or_none()
    )
    if found is None:
        raise NotFound("没有找到这一项，它可能已被撤回，请返回待办列表。")
    return found


def instance(session: Session, instance_id: int) -> Instance:
    """An instance; NotFound when there is none."""
    found = session.get(Instance, instance_id)
    if found is None:
        raise NotFound("没有找到这件办件，请核对编号后再查。")
    return found


def draft(session: Session, key: str, actor_id: int) -> dict[str, list[str]] | None:
    """What this person typed and did not hand in, as posted."""
    found = session.get(Draft, (key, actor_id))
    return found.posted if found else None


def left_behind(session: Session, work_item: WorkItem, actor_id: int) -> dict[str, list[str]] | None:
    """What this person typed into an item of the same step that a return took away: it is theirs to go on with."""
    earlier = session.scalars(
        select(WorkItem.id)
        .where(
            WorkItem.instance_id == work_item.instance_id,
            WorkItem.element_id == work_item.element_id,
            WorkItem.state == "cancelled",
            WorkItem.id < work_item.id,
            WorkItem.id > (work_item.again_of or 0),
        )
        .order_by(WorkItem.id.desc())
    )
    found = (session.get(Draft, (f"item:{each}", actor_id)) for each in earlier)
    return next((each.posted for each in found if each is not None), None)


def standing(session: Session, work_item: WorkItem) -> Submission | None:
    """The submission that earlier signers of this item signed."""
    return session.get(Submission, work_item.submission_id) if work_item.submission_id else None


def prefill(session: Session, work_item: WorkItem, release: LoadedRelease) -> dict[str, Any]:
    """The values that the item's form shows first: its sources, prefills and defaults."""
    form = item_forms.of(release, work_item)
    seen = item_forms.context(session, work_item.instance, form, clock.today().isoformat())
    own = forms.initial(form, seen, item_forms.sources(session, form, work_item.instance_id))
    known = item_forms.carried(session, form, work_item)
    first = own | {key: value for key, value in known.items() if own.get(key) in (None, "", [])}
    return first | _done_before(session, form, work_item)


def _done_before(session: Session, form: forms.Form, work_item: WorkItem) -> dict[str, Any]:
    """What a step that is done anew was handed in with: it is corrected, not written again."""
    if work_item.again_of is None:
        return {}
    made = corrections.handed_in(session, work_item.again_of)
    return {key: value for key, value in made[-1].values.items() if key in form.keys} if made else {}


def submissions(session: Session, instance_id: int) -> list[Submission]:
    """Everything handed in on a case, oldest first; a correction once it has come back."""
    counts = Submission.instance_id == instance_id, ~Submission.element_id.startswith(PENDING)
    return list(session.scalars(select(Submission).where(*counts).order_by(Submission.id)))


def open_incidents(session: Session, instance_id: int | None = None) -> list[Incident]:
    """Where instances are parked, oldest first."""
    question = select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.id)
    if instance_id is not None:
        question = question.where(Incident.instance_id == instance_id)
    return list(session.scalars(question))


def due_timers(session: Session, now: datetime, limit: int = 100) -> list[int]:
    """Ids of timers whose instant has come, in due order; one index lookup whatever number waits."""
    return list(
        session.scalars(
            select(WaitingTimer.id)
            .where(
                WaitingTimer.due_at <= now,
                WaitingTimer.held.is_(False),
                or_(WaitingTimer.not_before.is_(None), WaitingTimer.not_before <= now),
            )
            .order_by(WaitingTimer.due_at, WaitingTimer.id)
            .limit(limit)
        )
    )


def next_due(session: Session) -> datetime | None:
    """The instant of the next waiting timer."""
    return session.scalar(select(func.min(WaitingTimer.due_at)))


def children(session: Session, instance_id: int) -> Sequence[Instance]:
    """The cases that belong to this one (objections)."""
    return session.scalars(select(Instance).where(Instance.parent_id == instance_id).order_by(Instance.id)).all()
