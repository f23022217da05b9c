"""The ledger (台账) of complaints and of real-name clues (plan 2.3.3): one row a matter, its state worked out then.

A complaint that was handed over as a report stands here as the report that it became, for those who may hear of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.clocks.models import Clock
from engine.runtime.models import Instance
from registers.areas.models import Area
from registers.areas.queries import within
from registers.cases.models import Case
from registers.cases.secrecy import shown
from registers.complaints.models import Complaint, Report, Review
from registers.complaints.rules import DUTIES
from registers.complaints.words import ABOUT, CHANNELS, KINDS, RESULTS, STATES, SUBJECTS

PAGE = 50
LAST_PAGE = 10_000
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class Wanted:
    """What the ledger is narrowed to; an unknown word reads as none, so that an old link still works."""

    state: str = "open"
    clues: bool = True
    kind: str = ""
    channel: str = ""
    village: str = ""
    month: str = ""
    page: int = 1

    @classmethod
    def read(cls, given: Any) -> Wanted:
        """From the address: `given.get(name)`."""

        def one_of(name: str, known: Mapping[str, Any], other: str = "") -> str:
            return given.get(name, other) if given.get(name, other) in known else other

        page, month = given.get("page", "1"), given.get("month", "")
        return cls(
            state=one_of("state", STATES, "open"),
            clues=given.get("clues", "1") != "0",
            kind=one_of("kind", KINDS),
            channel=one_of("channel", CHANNELS),
            village=given.get("village", "")[:120],
            month=month if _MONTH.fullmatch(month) else "",
            page=min(max(int(page), 1), LAST_PAGE) if page.isdecimal() and len(page) < 9 else 1,
        )

    def query(self, **changed: Any) -> dict[str, Any]:
        """The parts of the address, what stands for itself left out."""
        other = replace(self, **changed)
        parts = {
            **other.__dict__,
            "clues": "0" if not other.clues else "",
            "page": other.page if other.page > 1 else "",
        }
        return {name: value for name, value in parts.items() if value != ""}


@dataclass(frozen=True)
class Row:
    """A matter as the ledger shows it: nobody's name, nothing of what was said."""

    instance_id: int
    number: str
    kind: str
    channel: str
    about: str
    subject: str
    named: bool
    village: str
    received_on: date
    #: Where it stands now, in words; how it ended.
    stage: str
    running: bool
    result: str
    accepted_on: date | None
    #: When the person heard: the answer, or the feedback on a report.
    told_on: date | None
    #: How often a review was asked for.
    reviews: int
    closed_at: datetime | None
    due_at: datetime | None
    warn_at: datetime | None


@dataclass(frozen=True)
class Ledger:
    """One page of the ledger, and how many matters there are in each state."""

    rows: list[Row]
    counts: dict[str, int]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def read(session: Session, actor: Actor, wanted: Wanted, now: datetime, size: int = PAGE) -> Ledger:
    """The matters that this person may know of, the newest first."""
    found = _matters(session, actor, wanted).subquery()
    due = (
        select(func.min(Clock.due_at))
        .where(Clock.instance_id == found.c.instance_id, Clock.ended_at.is_(None), Clock.kind == "legal")
        .scalar_subquery()
    )
    conditions = {
        "open": found.c.status == "running",
        "late": and_(found.c.status == "running", due <= now),
        "done": found.c.status != "running",
        "all": literal(True),
    }
    counts = {
        name: session.scalar(select(func.count()).select_from(found).where(condition)) or 0
        for name, condition in conditions.items()
    }
    total = counts[wanted.state]
    number = min(wanted.page, max(1, -(-total // size)))
    rows = session.execute(
        select(found, due.label("due_at"))
        .where(conditions[wanted.state])
        .order_by(found.c.received_on.desc(), found.c.instance_id.desc())
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    warnings = _warnings(session, [row.instance_id for row in rows])
    return Ledger([_row(row, warnings) for row in rows], counts, total, number)


def _matters(session: Session, actor: Actor, wanted: Wanted) -> Any:
    """Complaints that stayed complaints, and reports, in one shape."""
    areas = [grant.area for grant in actor.grants if grant.role in DUTIES["see_clues"]]
    common: list[ColumnElement[bool]] = [shown(session, actor)]
    common.append(or_(false(), *(within(Instance.area, area) for area in areas)))
    if wanted.village:
        common.append(Instance.area == wanted.village)
    reviews = select(func.count()).where(Review.complaint_id == Complaint.instance_id).scalar_subquery()
    complaints = _shape(
        Complaint,
        Complaint.kind,
        Complaint.channel,
        Complaint.about,
        Complaint.subject,
        Complaint.result,
        Complaint.accepted_on,
        Complaint.replied_on,
        reviews,
    ).where(or_(Complaint.result.is_(None), Complaint.result != "handed_over"), *common)
    source = select(Complaint.channel).where(Complaint.instance_id == Report.source_id).scalar_subquery()
    subject = select(Complaint.subject).where(Complaint.instance_id == Report.source_id).scalar_subquery()
    reports = _shape(
        Report,
        literal("staff"),
        func.coalesce(source, Report.source),
        literal("staff"),
        func.coalesce(subject, "conduct"),
        func.coalesce(Report.result, Report.taken),
        literal(None),
        func.coalesce(Report.fed_back_on, Report.told_on),
        literal(0),
    ).where(*common)
    both = union_all(complaints, reports).subquery("matters")
    narrowed = select(both)
    if wanted.clues:
        # A clue is a real-name complaint about staff or about somebody who should not receive, or a check's.
        narrowed = narrowed.where(
            or_(
                and_(both.c.named, or_(both.c.kind.in_(("report", "staff")), both.c.about != "other")),
                both.c.channel.in_(("check", "clue")),
            )
        )
    if wanted.kind:
        narrowed = narrowed.where(both.c.kind == wanted.kind)
    if wanted.channel:
        narrowed = narrowed.where(both.c.channel == wanted.channel)
    if wanted.month:
        first = date.fromisoformat(f"{wanted.month}-01")
        after = (first + timedelta(days=32)).replace(day=1)
        narrowed = narrowed.where(both.c.received_on >= first, both.c.received_on < after)
    return narrowed


def _shape(table: Any, *columns: Any) -> Select[Any]:
    names = ("kind", "channel", "about", "subject", "result", "accepted_on", "told_on", "reviews")
    return (
        select(
            table.instance_id,
            func.coalesce(Case.number, "").label("number"),
            *(column.label(name) for name, column in zip(names, columns, strict=True)),
            table.named,
            func.coalesce(Area.name, Instance.area).label("village"),
            table.received_on,
            Instance.stage,
            Instance.status,
            table.closed_at,
        )
        .join(Instance, Instance.id == table.instance_id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .outerjoin(Area, Area.path == Instance.area)
    )


def _warnings(session: Session, ids: list[int]) -> dict[int, datetime]:
    """{matter: when its first legal deadline turns yellow}."""
    rows = session.execute(
        select(Clock.instance_id, func.min(Clock.warn_at))
        .where(Clock.instance_id.in_(ids), Clock.ended_at.is_(None), Clock.kind == "legal")
        .group_by(Clock.instance_id)
    )
    return {key: at for key, at in rows if at is not None}


def _row(row: Any, warnings: Mapping[int, datetime]) -> Row:
    running = row.status == "running"
    return Row(
        instance_id=row.instance_id,
        number=row.number or "未编号",
        kind=KINDS.get(row.kind, row.kind),
        channel=CHANNELS.get(row.channel, row.channel),
        about=ABOUT.get(row.about, row.about),
        subject=SUBJECTS.get(row.subject, row.subject),
        named=bool(row.named),
        village=row.village,
        received_on=row.received_on,
        stage=(row.stage or "自动环节") if running else "已办结",
        running=running,
        result=RESULTS.get(row.result or "", ""),
        accepted_on=row.accepted_on,
        told_on=row.told_on,
        reviews=row.reviews,
        closed_at=row.closed_at,
        due_at=row.due_at if running else None,
        warn_at=warnings.get(row.instance_id) if running else None,
    )
