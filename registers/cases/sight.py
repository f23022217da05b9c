"""Which cases somebody may see by duty, as a condition on rows: what the veto says of one case (`view`), for lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.runtime.models import Instance
from registers.areas.queries import within
from registers.board.scope import barred
from registers.cases import secrecy
from registers.cases.rules import SEEING
from registers.payments.rules import MONEY, PROCESSES


def visible(session: Session, actor: Actor, table: Any = Instance) -> ColumnElement[bool]:
    """The instances of somebody's areas, without those of their kin and without what is kept from them. Who only has to
    do with money sees what is about money."""
    known = session.info.setdefault("visible", {})
    if (actor, table) not in known:
        known[actor, table] = _visible(session, actor, table)
    return known[actor, table]


def _visible(session: Session, actor: Actor, table: Any) -> ColumnElement[bool]:
    areas = []
    for grant in actor.grants:
        if grant.role in SEEING:
            here = within(table.area, grant.area)
            areas.append(and_(here, table.process_id.in_(PROCESSES)) if grant.role in MONEY else here)
    if not areas:
        return false()
    return and_(or_(*areas), secrecy.shown(session, actor, table), not_(barred(actor, table)))
