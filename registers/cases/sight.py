"""Which cases somebody may see by duty, as a condition on rows: what the veto says of one case (`view`), for lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.runtime.models import Instance
from engine.transactions import once
from registers.accounts.models import Account
from registers.areas.queries import within
from registers.board.scope import barred
from registers.cases import secrecy
from registers.cases.rules import SEEING
from registers.filings.models import Filing, StaffKin
from registers.payments.rules import MONEY, PROCESSES


def visible(session: Session, actor: Actor, table: Any = Instance) -> ColumnElement[bool]:
    """The instances of somebody's areas, without those of their kin and without what is kept from them. Who only has to
    do with money sees what is about money."""
    return once(session, ("visible", actor, table), lambda: _visible(session, actor, table))


def _visible(session: Session, actor: Actor, table: Any) -> ColumnElement[bool]:
    seen = _by_duty(session, actor, table)
    # Looking for kin costs two looks for every row; most people have none in any register, which is one question.
    return and_(seen, not_(barred(actor, table))) if _has_kin(session, actor) else seen


def _by_duty(session: Session, actor: Actor, table: Any) -> ColumnElement[bool]:
    areas = []
    for grant in actor.grants:
        if grant.role in SEEING:
            here = within(table.area, grant.area)
            areas.append(and_(here, table.process_id.in_(PROCESSES)) if grant.role in MONEY else here)
    return and_(or_(*areas), secrecy.shown(session, actor, table)) if areas else false()


def _has_kin(session: Session, actor: Actor) -> bool:
    """Whether any register knows of a relative of this person, or of themselves, at all: what `barred` looks for."""
    found = or_(
        exists().where(StaffKin.account_id == actor.id),
        exists().where(Account.id == actor.id, Account.person.is_not(None)),
        exists().where(Filing.account_id == actor.id),
    )
    return bool(session.scalar(select(found)))
