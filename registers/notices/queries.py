"""Reading documents: what was issued, how it reached people, what was printed, what the file of a case holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.documents.head import Head
from engine.documents.head import read as read_head
from engine.releases.loaded import LoadedRelease
from engine.runtime.models import Submission, WorkItem
from registers.notices.models import DocumentPrint, Notice, NoticeDelivery

_records: dict[str, list[tuple[str, Head]]] = {}


@dataclass(frozen=True)
class Delivery:
    """A receipt (送达回证): which document, to whom, how, on which day; who recorded it and when."""

    notice_id: int
    template: str
    receiver: str
    relation: str
    #: direct, left, mail, electronic, public
    method: str
    #: ISO date
    delivered_on: str
    witnesses: tuple[str, ...]
    evidence: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class Sheet:
    """A record that prints one submission: its template, its title, the submission."""

    template: str
    title: str
    submission_id: int
    on: date
    by: str
    full: bool


def of_case(session: Session, instance_id: int) -> list[Notice]:
    """The documents that were issued in a case, oldest first."""
    return list(session.scalars(select(Notice).where(Notice.instance_id == instance_id).order_by(Notice.id)))


def deliveries(session: Session, instance_id: int, notices: Iterable[Notice] | None = None) -> list[Delivery]:
    """The receipts of a case, oldest first. What was handed in at a delivering task is the receipt of every letter that
    names the task, was issued before and had not been served yet; the others were recorded by hand. One whose form was
    corrected is read as it was corrected."""
    issued = of_case(session, instance_id) if notices is None else list(notices)
    tasks = {task for each in issued for task in each.served_by or []}
    found: dict[int, Delivery] = {}
    stands: dict[int, int] = {}
    for notice, row in _recorded(session, [each.id for each in issued if each.service == "receipt"], issued):
        found[notice.id] = _of_row(notice, row)
    for made in _handed_in(session, instance_id, tasks):
        for notice in issued:
            earlier = found.get(notice.id)
            if made.element_id not in (notice.served_by or []) or notice.issued_at > made.acted_at:
                continue
            corrected = made.supersedes_id is not None and stands.get(notice.id) == made.supersedes_id
            if earlier is None or earlier.recorded_at > made.acted_at or corrected:
                found[notice.id], stands[notice.id] = _of_submission(notice, made), made.id
    return sorted(found.values(), key=lambda each: each.recorded_at)


def unserved(session: Session, instance_id: int) -> list[Notice]:
    """The letters of a case that must be served with a receipt and have none."""
    issued = of_case(session, instance_id)
    served = {each.notice_id for each in deliveries(session, instance_id, issued)}
    return [each for each in issued if each.service == "receipt" and each.id not in served]


def prints(session: Session, instance_id: int) -> dict[str, int]:
    """{what: how often it came out on paper} of a case."""
    rows = session.execute(
        select(DocumentPrint.what, func.count())
        .where(DocumentPrint.instance_id == instance_id)
        .group_by(DocumentPrint.what)
    )
    return {what: count for what, count in rows}  # noqa: C416 -- a Result is no mapping


def prints_of(session: Session, instance_id: int, what: str) -> list[DocumentPrint]:
    """Every time that one document of a case came out on paper, the original first."""
    asked = select(DocumentPrint).where(DocumentPrint.instance_id == instance_id, DocumentPrint.what == what)
    return list(session.scalars(asked.order_by(DocumentPrint.copy)))


def sheets(session: Session, instance_id: int, release: LoadedRelease) -> list[Sheet]:
    """The records that a case's submissions can be printed on, in the order in which they were handed in; one that was
    issued stands among the documents instead."""
    issued = set(session.scalars(select(Notice.template).where(Notice.instance_id == instance_id)))
    known = [(template, head) for template, head in records(release) if template not in issued]
    tasks = {task for _, head in known for task in head.of}
    made = {each.work_item_id or -each.id: each for each in _handed_in(session, instance_id, tasks)}
    return [
        Sheet(template, head.title, each.id, each.acted_at.date(), each.author_name, head.full)
        for each in made.values()
        for template, head in known
        if head.prints(each.element_id, each.values)
    ]


def records(release: LoadedRelease) -> list[tuple[str, Head]]:
    """The records of a release, by stem; a release never changes, so they are read once."""
    if release.id not in _records:
        heads = ((name, read_head(text)[0]) for name, text in sorted(release.notices.items()))
        _records[release.id] = [(name, head) for name, head in heads if head.kind == "record" and head.of]
    return _records[release.id]


def _recorded(session: Session, ids: list[int], issued: list[Notice]) -> list[tuple[Notice, NoticeDelivery]]:
    if not ids:
        return []
    known = {each.id: each for each in issued}
    rows = session.scalars(select(NoticeDelivery).where(NoticeDelivery.notice_id.in_(ids)))
    return [(known[row.notice_id], row) for row in rows]


def _handed_in(session: Session, instance_id: int, tasks: set[str]) -> list[Submission]:
    """The last submission of each finished work item at some tasks, oldest first; a first signature alone is none."""
    if not tasks:
        return []
    rows = session.scalars(
        select(Submission)
        .outerjoin(WorkItem, WorkItem.id == Submission.work_item_id)
        .where(
            Submission.instance_id == instance_id,
            Submission.element_id.in_(tasks),
            func.coalesce(WorkItem.state, "completed") == "completed",
        )
        .order_by(Submission.id)
    )
    return list({each.work_item_id or -each.id: each for each in rows}.values())


def _of_row(notice: Notice, row: NoticeDelivery) -> Delivery:
    told: dict[str, Any] = row.told
    return Delivery(
        notice_id=notice.id,
        template=notice.template,
        receiver=told.get("receiver") or "",
        relation=told.get("receiver_relation") or "",
        method=row.method,
        delivered_on=row.delivered_on.isoformat(),
        witnesses=_witnesses(told),
        evidence=told.get("evidence") or "",
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )


def _of_submission(notice: Notice, made: Submission) -> Delivery:
    told: dict[str, Any] = made.values
    return Delivery(
        notice_id=notice.id,
        template=notice.template,
        receiver=told.get("receiver") or "",
        relation=told.get("receiver_relation") or "",
        method=told.get("method") or "",
        delivered_on=told.get("delivered_on") or "",
        witnesses=_witnesses(told),
        evidence=told.get("evidence") or "",
        recorded_by=made.author_name,
        recorded_at=made.acted_at,
    )


def _witnesses(told: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(told[key]) for key in ("witness", "witness_2") if told.get(key))
