"""Somebody's desk: what they hold, what they may take, what they did and what they began. A list is one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from engine.actors import Actor
from engine.runtime.models import Instance, Signature, WorkItem
from registers.areas.models import Area
from registers.areas.queries import within
from registers.cases import secrecy
from registers.cases.models import Case
from registers.cases.rules import ASSIGNING
from registers.cases.words import light

TABS = {"work": "待办", "done": "已办", "started": "我发起"}
LIGHTS = {"red": "已超期", "yellow": "快到期"}
#: Rows on a page; what somebody holds is shown whole up to `HELD`.
ROWS, HELD = 50, 200
#: A page number beyond any that somebody turns to.
LAST_PAGE = 2_000


@dataclass(frozen=True)
class Asked:
    """How a list is narrowed: a part of the number or of the applicant's name, a village, a kind of case, a light."""

    text: str = ""
    village: str = ""
    process: str = ""
    light: str = ""
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """From an address; what makes no sense narrows nothing."""
        page = given.get("page", "1")[:6]
        return cls(
            text=given.get("q", "").strip()[:40],
            village=given.get("village", "")[:120],
            process=given.get("process", "")[:80],
            light=given.get("light", "") if given.get("light") in LIGHTS else "",
            page=min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdigit() else 1,
        )

    def query(self, **other: Any) -> dict[str, Any]:
        """The parameters of an address, with some set otherwise; without what is empty."""
        said = {"q": self.text, "village": self.village, "process": self.process, "light": self.light}
        found = {**said, "page": self.page if self.page > 1 else "", **other}
        return {key: value for key, value in found.items() if value}

    @property
    def narrow(self) -> bool:
        return bool(self.text or self.village or self.process or self.light)


@dataclass(frozen=True)
class Todo:
    """A work item as a list shows it, with the case that it belongs to."""

    item_id: int
    instance_id: int
    name: str
    number: str
    applicant: str
    village: str
    scheme: str
    stage: str
    due_at: datetime | None
    warn_at: datetime | None
    #: How the date came about; a list says when it is provisional.
    basis: dict[str, Any] | None = None
    #: Since when its case is suspended: nothing can be done meanwhile.
    suspended_at: datetime | None = None

    def light(self, now: datetime) -> str:
        """green, yellow or red."""
        return light(self.due_at, self.warn_at, now)


@dataclass(frozen=True)
class Inbox:
    """What a person holds, what they could take, and what of confidential cases waits for them to give it to somebody,
    since its role may not find it by itself; the most pressing first. `more`: there is a further page to take from;
    `beyond`: they hold more than is shown."""

    mine: list[Todo]
    claimable: list[Todo]
    to_assign: list[Todo]
    more: bool = False
    beyond: bool = False


@dataclass(frozen=True)
class Handled:
    """A case at which somebody did something, and what became of it."""

    at: datetime
    what: str
    instance_id: int
    number: str
    applicant: str
    village: str
    scheme: str
    stage: str
    status: str
    outcome: str | None


@dataclass(frozen=True)
class Page:
    """What somebody did or began, the latest first."""

    rows: list[Handled] = field(default_factory=list)
    more: bool = False


def inbox(session: Session, actor: Actor, asked: Asked | None = None, now: datetime | None = None) -> Inbox:
    """The actor's work: items in their hands, and open ones that their grants cover and that they did not sign yet;
    `now` is needed to narrow by a light."""
    asked = asked or Asked()
    narrowed = _narrowed(asked, now)
    held = _todos().where(WorkItem.state == "open", WorkItem.holder_id == actor.id, *narrowed)
    rows = session.execute(held.limit(HELD + 1)).all()
    mine, beyond = [Todo(*row) for row in rows[:HELD]], len(rows) > HELD
    covered = [and_(WorkItem.role == grant.role, within(WorkItem.area, grant.area)) for grant in actor.grants]
    if not covered:
        return Inbox(mine, [], [], beyond=beyond)
    signed = exists().where(
        Signature.work_item_id == WorkItem.id, Signature.actor_id == actor.id, Signature.valid.is_(True)
    )
    free = _todos().where(
        WorkItem.state == "open", WorkItem.holder_id.is_(None), secrecy.shown(session, actor), *narrowed
    )
    skip = (asked.page - 1) * ROWS
    offered = session.execute(free.where(or_(*covered), ~signed).limit(ROWS + 1).offset(skip)).all()
    giving = [within(Instance.area, grant.area) for grant in actor.grants if grant.role in ASSIGNING]
    given = []
    if giving:
        found_by_role = Instance.seen_by.contains(literal(",") + WorkItem.role + literal(","))
        waiting = free.where(Instance.seen_by.is_not(None), ~found_by_role, or_(*giving))
        given = session.execute(waiting.limit(HELD)).all()
    free_now, to_give = ([Todo(*row) for row in some] for some in (offered[:ROWS], given))
    return Inbox(mine, free_now, to_give, more=len(offered) > ROWS, beyond=beyond)


def done(session: Session, actor: Actor, asked: Asked) -> Page:
    """What the actor signed, the latest first; of a confidential case only while they may see it."""
    return _handled(session, actor, asked)


def started(session: Session, actor: Actor, asked: Asked) -> Page:
    """The cases whose first form the actor handed in."""
    earlier = aliased(Signature)
    first = ~exists().where(earlier.instance_id == Signature.instance_id, earlier.id < Signature.id)
    return _handled(session, actor, asked, first)


def kinds(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The kinds of cases that the actor has work of now: (process, title), for narrowing a list by them."""
    covered = [and_(WorkItem.role == grant.role, within(WorkItem.area, grant.area)) for grant in actor.grants]
    rows = session.execute(
        select(Instance.process_id, func.min(_text(Case.title)))
        .join(WorkItem, WorkItem.instance_id == Instance.id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .where(WorkItem.state == "open", or_(WorkItem.holder_id == actor.id, *covered), secrecy.shown(session, actor))
        .group_by(Instance.process_id)
        .order_by(Instance.process_id)
    )
    return [(process, title or process) for process, title in rows]


def names(session: Session, item_ids: Sequence[int]) -> dict[int, str]:
    """What a message calls these items: the number of the case and the task."""
    if not item_ids:
        return {}
    rows = session.execute(
        select(WorkItem.id, _text(Case.number), WorkItem.name)
        .outerjoin(Case, Case.instance_id == WorkItem.instance_id)
        .where(WorkItem.id.in_(item_ids))
    )
    return {key: f"{number}“{name}”" for key, number, name in rows}


def _handled(session: Session, actor: Actor, asked: Asked, *more: ColumnElement[bool]) -> Page:
    skip = (asked.page - 1) * ROWS
    rows = session.execute(
        select(
            Signature.signed_at,
            _text(WorkItem.name),
            Signature.instance_id,
            _text(Case.number),
            _text(Case.applicant),
            _text(Area.name),
            _text(Case.title),
            Instance.stage,
            Instance.status,
            Instance.outcome,
        )
        .join(Instance, Instance.id == Signature.instance_id)
        .outerjoin(WorkItem, WorkItem.id == Signature.work_item_id)
        .outerjoin(Case, Case.instance_id == Signature.instance_id)
        .outerjoin(Area, Area.path == Instance.area)
        .where(Signature.actor_id == actor.id, secrecy.shown(session, actor), *_of_a_case(asked), *more)
        .order_by(Signature.id.desc())
        .limit(ROWS + 1)
        .offset(skip)
    ).all()
    return Page([Handled(*row) for row in rows[:ROWS]], len(rows) > ROWS)


def _of_a_case(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.text:
        part = asked.text
        found.append(or_(Case.number.contains(part, autoescape=True), Case.applicant.contains(part, autoescape=True)))
    if asked.village:
        found.append(within(Instance.area, asked.village))
    if asked.process:
        found.append(Instance.process_id == asked.process)
    return found


def _narrowed(asked: Asked, now: datetime | None) -> list[ColumnElement[bool]]:
    found = _of_a_case(asked)
    if now is not None and asked.light == "red":
        found.append(WorkItem.due_at <= now)
    if now is not None and asked.light == "yellow":
        found += [WorkItem.due_at > now, WorkItem.warn_at <= now]
    return found


def _todos() -> Select[Any]:
    return (
        select(
            WorkItem.id,
            WorkItem.instance_id,
            WorkItem.name,
            _text(Case.number),
            _text(Case.applicant),
            _text(Area.name),
            _text(Case.title),
            Instance.stage,
            WorkItem.due_at,
            WorkItem.warn_at,
            WorkItem.due_basis,
            Instance.suspended_at,
        )
        .join(Instance, Instance.id == WorkItem.instance_id)
        .outerjoin(Case, Case.instance_id == WorkItem.instance_id)
        .outerjoin(Area, Area.path == Instance.area)
        .order_by(WorkItem.due_at.asc().nulls_last(), WorkItem.id)
    )


def _text(column: Any) -> Any:
    """A joined column, empty when there is no row: an item is never lost from a list."""
    return func.coalesce(column, "")
