"""Somebody's desk: what they hold, what they may take, what they did and what they began. Which rows a list has is
found by indexes alone (registers.cases.pool); what it shows of them is one statement more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from engine.actors import Actor
from engine.releases.loaded import LoadedRelease
from engine.runtime.models import Instance, Signature, WorkItem
from registers.areas.models import Area
from registers.areas.queries import within
from registers.cases import pool, secrecy
from registers.cases.asked import FOLLOWED, LIGHTS, SORTS, Asked
from registers.cases.ball import OPEN
from registers.cases.models import Case
from registers.cases.pool import HELD, ROWS
from registers.cases.rules import ASSIGNING
from registers.cases.words import light
from registers.desk.models import FollowUp

TABS = {"work": "待办", "pool": "待领", "done": "已办", "started": "我发起", "copies": "抄送", "watched": "在督办"}


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
    #: When its holder looks at it again, and who wrote that.
    follow_on: date | None = None
    follow_by: str | None = None
    #: Items of one group are equal: the same task of the same release.
    release_id: str = ""
    element_id: str = ""
    #: The item that waits for it, when it is a correction (补正); the correction that it waits for itself.
    corrects_for_id: int | None = None
    awaits_id: int | None = None

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
    held: pool.Seen
    free: pool.Seen
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


def inbox(
    session: Session, actor: Actor, asked: Asked | None = None, now: datetime | None = None, rows: int | None = None
) -> Inbox:
    """The actor's work: items in their hands, and open ones that their grants cover and that they did not sign yet, so
    many `rows` of a page; `now` is needed to narrow by a light."""
    asked, rows = asked or Asked(), rows or pool.ROWS
    held, free = pool.held(session, actor, asked, now), pool.free(session, actor, asked, now, rows)
    given = _to_give(session, actor, asked, now)
    shown = todos(session, [*held.ids, *free.ids, *given])
    mine, claimable, to_assign = ([shown[each] for each in ids if each in shown] for ids in (held.ids, free.ids, given))
    more = not free.exact or free.total > asked.page * rows
    return Inbox(mine, claimable, to_assign, held, free, more=more, beyond=len(held.ids) < held.total or not held.exact)


def _to_give(session: Session, actor: Actor, asked: Asked, now: datetime | None) -> list[int]:
    """What of confidential cases waits for a leader to give it to somebody."""
    giving = [within(Instance.area, grant.area) for grant in actor.grants if grant.role in ASSIGNING]
    if not giving:
        return []
    found_by_role = Instance.seen_by.contains(literal(",") + WorkItem.role + literal(","))
    waiting = (
        select(WorkItem.id)
        .join(Instance, Instance.id == WorkItem.instance_id)
        .outerjoin(Case, Case.instance_id == WorkItem.instance_id)
        .where(
            WorkItem.state == OPEN,
            WorkItem.holder_id.is_(None),
            Instance.status == pool.RUNNING,
            Instance.seen_by.is_not(None),
            ~found_by_role,
            or_(*giving),
            secrecy.shown(session, actor),
            *asked.of_case(session),
            *asked.of_item(now),
        )
    )
    return list(session.scalars(waiting.order_by(WorkItem.due_at.asc().nulls_last(), WorkItem.id).limit(pool.HELD)))


def todos(session: Session, ids: Sequence[int]) -> dict[int, Todo]:
    """What a list shows of these items, by id. That somebody may see them was asked when the ids were found."""
    if not ids:
        return {}
    return {row[0]: Todo(*row) for row in session.execute(_todos().where(WorkItem.id.in_(ids)))}


def done(session: Session, actor: Actor, asked: Asked) -> Page:
    """What the actor signed, the latest first; of a confidential case only while they may see it."""
    mine = [Signature.actor_id == actor.id]
    if asked.names_few(session):
        # Of few cases it is asked who signed; the sum keeps a database from walking through all that somebody signed.
        few = select(Case.instance_id).join(Instance, Instance.id == Case.instance_id).where(*asked.of_case(session))
        mine = [Signature.actor_id + 0 == actor.id, Signature.instance_id.in_(few.correlate(None))]
    return _handled(session, actor, asked, *mine, order=[Signature.signed_at.desc(), Signature.id.desc()])


def done_since(session: Session, actor: Actor, since: datetime) -> int:
    """How much the actor signed since then: a range of one index, however much they did before."""
    kept = exists().where(
        Instance.id == Signature.instance_id, Instance.seen_by.is_not(None), ~secrecy.shown(session, actor)
    )
    asked = select(func.count()).where(Signature.actor_id == actor.id, Signature.signed_at >= since, ~kept)
    return session.scalar(asked) or 0


def started(session: Session, actor: Actor, asked: Asked) -> Page:
    """The cases whose first form the actor handed in."""
    skip = (asked.page - 1) * pool.ROWS
    rows = session.execute(
        select(Instance.started_at, literal(""), Instance.id, *_of_the_case())
        .select_from(Instance)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .outerjoin(Area, Area.path == Instance.area)
        .where(Instance.starter_id == actor.id, secrecy.shown(session, actor), *asked.of_case(session))
        .order_by(Instance.id.desc())
        .limit(pool.ROWS + 1)
        .offset(skip)
    ).all()
    return Page([Handled(*row) for row in rows[: pool.ROWS]], len(rows) > pool.ROWS)


def started_running(session: Session, actor: Actor) -> int:
    """How many of the cases that the actor began still run."""
    asked = select(func.count()).where(
        Instance.starter_id == actor.id, Instance.status == "running", secrecy.shown(session, actor)
    )
    return session.scalar(asked) or 0


def kinds(release: LoadedRelease) -> list[tuple[str, str]]:
    """The kinds of cases that there are: (process, title). From the release, so that no item is read for it and nobody
    learns what is waiting."""
    return sorted(
        ((each.id, each.name) for each in release.processes.values() if each.begins is not None),
        key=lambda each: each[1],
    )


def stages(release: LoadedRelease, process_id: str) -> list[str]:
    """The stages through which a kind of case goes, as its drawing names them; none without a kind."""
    process = release.processes.get(process_id)
    if process is None:
        return []
    named = [each.name for each in process.elements.values() if each.kind in ("userTask", "callActivity")]
    return list(dict.fromkeys(each for each in named if each))


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


def _handled(
    session: Session, actor: Actor, asked: Asked, *where: ColumnElement[bool], order: list[ColumnElement[Any]]
) -> Page:
    """Which signatures stand on the page is found in the order of their index; what is shown of them comes after."""
    kept = exists().where(
        Instance.id == Signature.instance_id, Instance.seen_by.is_not(None), ~secrecy.shown(session, actor)
    )
    chosen = select(Signature.id)
    if asked.by_case:
        mine = aliased(Instance)
        kept = exists().where(
            mine.id == Signature.instance_id, mine.seen_by.is_not(None), ~secrecy.shown(session, actor, mine)
        )
        chosen = chosen.join(Instance, Instance.id == Signature.instance_id)
        chosen = chosen.outerjoin(Case, Case.instance_id == Signature.instance_id).where(*asked.of_case(session))
    page = chosen.where(*where, ~kept).order_by(*order).limit(pool.ROWS + 1).offset((asked.page - 1) * pool.ROWS)
    ids = session.scalars(page).all()
    rows = session.execute(
        select(Signature.signed_at, _text(WorkItem.name), Signature.instance_id, *_of_the_case())
        .join(Instance, Instance.id == Signature.instance_id)
        .outerjoin(WorkItem, WorkItem.id == Signature.work_item_id)
        .outerjoin(Case, Case.instance_id == Signature.instance_id)
        .outerjoin(Area, Area.path == Instance.area)
        .where(Signature.id.in_(ids[: pool.ROWS]))
        .order_by(*order)
    ).all()
    return Page([Handled(*row) for row in rows], len(ids) > pool.ROWS)


def _of_the_case() -> list[Any]:
    return [
        _text(Case.number),
        _text(Case.applicant),
        _text(Area.name),
        _text(Case.title),
        Instance.stage,
        Instance.status,
        Instance.outcome,
    ]


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
            FollowUp.on_date,
            FollowUp.set_by,
            Instance.release_id,
            WorkItem.element_id,
            WorkItem.corrects_for_id,
            WorkItem.awaits_id,
        )
        .join(Instance, Instance.id == WorkItem.instance_id)
        .outerjoin(Case, Case.instance_id == WorkItem.instance_id)
        .outerjoin(Area, Area.path == Instance.area)
        .outerjoin(FollowUp, FollowUp.work_item_id == WorkItem.id)
    )


def _text(column: Any) -> Any:
    """A joined column, empty when there is no row: an item is never lost from a list."""
    return func.coalesce(column, "")


__all__ = ["FOLLOWED", "HELD", "LIGHTS", "ROWS", "SORTS", "TABS", "Asked", "Handled", "Inbox", "Page", "Todo"]
