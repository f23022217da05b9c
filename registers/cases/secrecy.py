"""Confidential kinds of cases (`seen_by` of a process): who may know of them at all. Said once, as a condition on rows,
so that a list and a single question can never disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, select, true
from sqlalchemy.orm import Session

from engine.actors import Actor, Grant
from engine.rules.veto import ABSTAIN, Answer, Question, forbid, veto
from engine.runtime.models import Instance, WorkItem
from engine.transactions import once
from registers.areas.queries import within
from registers.cases.ball import OPEN

#: Of a confidential kind, what else is kept from somebody who holds one of its roles: the accused, their kin. A
#: condition on the table's rows; None when there is nothing to keep from this person. Asked for confidential rows only.
Hides = Callable[[Session, Actor, Any], ColumnElement[bool] | None]
_hides: list[Hides] = []

#: What is done to a stuck case without seeing anything of it; everything else is kept from who may not know of it.
REPAIRS = frozenset({"retry"})
WORDS = "这件办件保密，您不能查看或办理。"
#: Whoever asks for its page hears what they would hear of a number that does not exist.
NOTHING = "没有找到这件办件，请核对编号后再查。"


def hides(function: Hides) -> Hides:
    """Adds such a condition, once. Usable as a decorator."""
    if function not in _hides:
        _hides.append(function)
    return function


def shown(session: Session, actor: Actor, table: Any = Instance) -> ColumnElement[bool]:
    """The instances that somebody may find in a list: all that are not confidential, and of those that are whatever
    they see by role in the area or have in hand, unless it is hidden from them. While standing in for somebody also
    what that one sees by role, unless it is hidden from either."""
    if actor.is_system:
        return true()
    return once(session, ("shown", actor, table), lambda: _shown(session, actor, table))


def _shown(session: Session, actor: Actor, table: Any) -> ColumnElement[bool]:
    # Asked of each row: as a list of all that somebody holds, its price makes a database read every case there is.
    mine = (WorkItem.instance_id == table.id, WorkItem.holder_id == actor.id, WorkItem.state == OPEN)
    held = select(WorkItem.id).where(*mine).correlate(table).exists()
    own = actor.own()
    ways = [and_(or_(*_by_role(own.grants, table), held), *_not_kept(session, own, table))]
    for each in actor.lenders:
        kept = (*_not_kept(session, actor.beside(each), table), *_not_kept(session, each, table))
        ways.append(and_(or_(false(), *_by_role(each.grants, table)), *kept))
    return or_(table.seen_by.is_(None), *ways)


def _by_role(grants: Iterable[Grant], table: Any) -> list[ColumnElement[bool]]:
    return [
        and_(table.seen_by.contains(f",{each.role},", autoescape=True), within(table.area, each.area))
        for each in grants
    ]


def _not_kept(session: Session, actor: Actor, table: Any) -> list[ColumnElement[bool]]:
    """What nothing beside the roles keeps from this person."""
    kept = (function(session, actor, table) for function in _hides)
    return [not_(each) for each in kept if each is not None]


@veto.register
def kept_confidential(session: Session, question: Question) -> Answer:
    """A confidential case is for the holders of its roles in the area, and for whoever it was given to."""
    instance, actor = question.instance, question.actor
    if question.verb in REPAIRS or instance is None or instance.seen_by is None or actor.is_system:
        return ABSTAIN
    if question.verb == "claim" and question.facts.get("assigned"):
        # A leader who sees it gives it to somebody who does not; never to whom it is hidden from.
        return forbid(WORDS) if _hidden(session, actor, instance) else ABSTAIN
    found = select(Instance.id).where(Instance.id == instance.id, shown(session, actor))
    if session.scalar(found) is not None:
        return ABSTAIN
    return forbid(NOTHING, hidden=True) if question.verb == "view" else forbid(WORDS)


def _hidden(session: Session, actor: Actor, instance: Instance) -> bool:
    """Whether something beside the roles keeps the case from somebody whom a leader would give it to."""
    kept = [each for each in (function(session, actor, Instance) for function in _hides) if each is not None]
    return bool(kept) and session.scalar(select(Instance.id).where(Instance.id == instance.id, or_(*kept))) is not None
