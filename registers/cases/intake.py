"""The receipt of what was taken in at the window (收件回执): what, from whom, by whom, when, by when an answer comes.

It is put together from rows that never change, so it can be printed again at any time with the same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import forms
from engine.actors import cut
from engine.calendar.lengths import Length
from engine.errors import NotFound
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.runtime.deadlines import last_day
from engine.runtime.models import Instance, Submission, WorkItem
from registers.areas import queries as areas
from registers.cases.models import Case
from registers.notices.words import day

#: Prevent making things hard at the window: what was asked for and taken in is put down at once.
CLAUSE = "plan:2.1.3b"


@dataclass(frozen=True)
class Receipt:
    """What the receipt says. `answers` are sentences: by when somebody hears what."""

    number: str
    title: str
    office: str
    applicant: str
    village: str
    agent: str
    papers: tuple[str, ...]
    taken_at: datetime
    taken_by: str
    answers: tuple[str, ...]
    phone: str
    complaint_phone: str


def receipt(session: Session, instance: Instance) -> Receipt:
    """The receipt of a case that began with a form at the window; NotFound for another one."""
    case = session.get(Case, instance.id)
    first = select(Submission).where(Submission.instance_id == instance.id).order_by(Submission.id).limit(1)
    made = session.scalar(first)
    if case is None or made is None:
        raise NotFound("这件办件没有收件登记，没有回执。")
    release = releases.load(made.release_id, session)
    given = made.values
    seen = parameters.on(session, made.acted_at.date())
    agent = str(given.get("agent_name") or "") if given.get("by_agent") else ""
    return Receipt(
        number=case.number,
        title=case.title,
        office=str(seen.get("office_name") or areas.name(session, cut(instance.area, "township"))),
        applicant=case.applicant or str(given.get("name") or ""),
        village=areas.name(session, instance.area),
        agent=agent,
        papers=tuple(_papers(release.forms[made.form].fields, given)),
        taken_at=made.acted_at,
        taken_by=made.author_name,
        answers=tuple(_answers(session, instance, case, made, seen)),
        phone=str(seen.get("window_phone") or ""),
        complaint_phone=str(seen.get("complaint_phone") or ""),
    )


def _papers(fields: Sequence[forms.Field], given: Mapping[str, Any]) -> Iterator[str]:
    """The papers that the form says were taken in: what was ticked in its lists, its ticks, its attachments."""
    for one in fields:
        value = given.get(one.key) if one.key else None
        if one.type == "group":
            yield from _papers(one.children, value if one.key and isinstance(value, Mapping) else given)
        elif one.type == "checklist" and isinstance(value, list):
            yield from (each.label for each in one.options if each.value in value)
        elif one.type == "checkbox" and value is True and ("收到" in one.label or "提交" in one.label):
            yield one.label
        elif one.type == "filepicker" and value:
            yield f"{one.title}（{len(value)} 份）"


def _answers(
    session: Session, instance: Instance, case: Case, made: Submission, seen: Mapping[str, Any]
) -> Iterator[str]:
    """By when the next step is due as it was when the case began, and how long the whole takes once it is accepted."""
    next_one = (
        select(WorkItem)
        .where(WorkItem.instance_id == instance.id, WorkItem.id != made.work_item_id, WorkItem.due_at.is_not(None))
        .order_by(WorkItem.id)
        .limit(1)
    )
    item = session.scalar(next_one)
    if item is not None and item.due_at is not None:
        yield f"{day(last_day(item.due_at))}前告知您是否受理；材料不全的，一次告知要补的全部材料。"
    mode = str(seen.get(f"{case.scheme}_mode") or "").lower()
    for name in (f"{case.scheme}_total_limit_{mode}", f"{case.scheme}_total_limit"):
        if name in seen:
            yield f"受理以后{Length.parse(str(seen[name])).words}内作出决定，书面告知您结果和理由。"
            return
