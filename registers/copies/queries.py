"""Copies that somebody was sent, and whom a case may be shown to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, WorkItem
from registers.accounts import queries as accounts
from registers.accounts.models import Account
from registers.areas.models import Area
from registers.cases.models import Case
from registers.cases.rules import SEEING
from registers.cases.sight import visible
from registers.copies.models import CaseCopy

#: Beyond so many unread copies nobody counts; the list still turns.
MOST = 500


@dataclass(frozen=True)
class Copied:
    """A copy as the list shows it."""

    id: int
    instance_id: int
    item: str
    number: str
    applicant: str
    village: str
    scheme: str
    stage: str
    status: str
    sender: str
    note: str
    sent_at: datetime
    read_at: datetime | None


def readers(session: Session, actor: Actor, instance: Instance) -> list[Actor]:
    """Colleagues to whom the case may be shown: active, with a duty in its area, free to see and to hear of it."""
    found = []
    for account in session.scalars(select(Account).where(Account.active.is_(True)).order_by(Account.name)):
        each = accounts.actor(account)
        if each.id == actor.id or not any(each.holds(role, instance.area) for role in SEEING):
            continue
        if all(veto.ask(session, Question(verb, each, instance=instance)) for verb in ("view", "be_told")):
            found.append(each)
    return found


def unread(session: Session, actor: Actor) -> int:
    """How many copies somebody has not opened, of cases that they may still see: what the list shows unread."""
    new = CaseCopy.read_at.is_(None)
    rows = session.scalars(select(CaseCopy.instance_id).where(CaseCopy.to_id == actor.id, new).limit(MOST)).all()
    if not rows:
        return 0
    seen = set(session.scalars(select(Instance.id).where(Instance.id.in_(set(rows)), visible(session, actor))))
    seen -= set(_hidden(session, actor, new))
    return sum(each in seen for each in rows)


def mine(session: Session, actor: Actor, conditions: list[ColumnElement[bool]], limit: int, skip: int) -> list[Copied]:
    """The copies that somebody was sent, those unread first, then the newest."""
    may = [visible(session, actor), CaseCopy.instance_id.not_in(_hidden(session, actor)), *conditions]
    parts = []
    for new in (True, False):
        # Apart, so that each is a walk through an index that ends when the page is full.
        some = (
            select(CaseCopy.id, literal(new).label("new"))
            .join(Instance, Instance.id == CaseCopy.instance_id)
            .outerjoin(Case, Case.instance_id == CaseCopy.instance_id)
            .where(
                CaseCopy.to_id == actor.id, CaseCopy.read_at.is_(None) if new else CaseCopy.read_at.is_not(None), *may
            )
            .order_by(CaseCopy.id.desc())
            .limit(skip + limit)
        )
        parts.append(select(some.subquery()))
    both = union_all(*parts).subquery()
    page = select(both.c.id).order_by(both.c.new.desc(), both.c.id.desc()).limit(limit).offset(skip)
    asked = (
        select(
            CaseCopy.id,
            CaseCopy.instance_id,
            _text(WorkItem.name),
            _text(Case.number),
            _text(Case.applicant),
            _text(Area.name),
            _text(Case.title),
            Instance.stage,
            Instance.status,
            CaseCopy.from_name,
            CaseCopy.note,
            CaseCopy.sent_at,
            CaseCopy.read_at,
        )
        .join(Instance, Instance.id == CaseCopy.instance_id)
        .outerjoin(WorkItem, WorkItem.id == CaseCopy.work_item_id)
        .outerjoin(Case, Case.instance_id == CaseCopy.instance_id)
        .outerjoin(Area, Area.path == Instance.area)
        .where(CaseCopy.id.in_(session.scalars(page).all()))
        .order_by(CaseCopy.read_at.is_not(None), CaseCopy.id.desc())
    )
    return [Copied(*row) for row in session.execute(asked)]


def one(session: Session, actor: Actor, copy_id: int) -> CaseCopy | None:
    """A copy of somebody's own; None for anybody else's."""
    return session.scalar(select(CaseCopy).where(CaseCopy.id == copy_id, CaseCopy.to_id == actor.id))


def of_case(session: Session, instance_id: int) -> list[CaseCopy]:
    """To whom a case was shown, the latest first; for whoever may see the case."""
    return list(
        session.scalars(select(CaseCopy).where(CaseCopy.instance_id == instance_id).order_by(CaseCopy.id.desc()))
    )


def _hidden(session: Session, actor: Actor, *where: ColumnElement[bool]) -> list[int]:
    """Of the confidential cases among such copies of somebody, those that the veto keeps from them today: few, so each
    is asked for by itself and the list can never say more than the page."""
    copied = select(CaseCopy.instance_id).where(CaseCopy.to_id == actor.id, *where)
    kept = select(Instance).where(Instance.seen_by.is_not(None), Instance.id.in_(copied)).order_by(Instance.id.desc())
    found = session.scalars(kept.limit(MOST)).all()
    return [each.id for each in found if not veto.ask(session, Question("view", actor, instance=each))]


def _text(column: Any) -> Any:
    return func.coalesce(column, "")
