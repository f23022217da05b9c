"""Whom a page offers when something goes into other hands: only those who are free, by the same question as the act."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import Invalid
from engine.people import directory
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, WorkItem
from registers.cases import ball
from registers.cases.rules import SEEING
from web.security import me


def takers(
    session: Session,
    items: Iterable[tuple[Instance, WorkItem]],
    *,
    led: bool = False,
    holding: bool = False,
    staff: ball.Roster | None = None,
) -> list[Actor]:
    """Who may take at least one of the items, by name. `led`: a leader gives them, who sees what the taker does not;
    `holding`: also whoever has one already."""
    given, facts = list(items), {"assigned": True} if led else {}

    def may(each: Actor) -> bool:
        return any(
            each.holds(item.role, item.area)
            and (holding or item.holder_id != each.id)
            and veto.ask(session, Question("claim", each, instance=instance, item=item, facts=facts))
            for instance, item in given
        )

    there = (staff or ball.roster(session)).people.values()
    return [each for each in sorted(there, key=lambda each: each.name) if may(each)]


def signers(session: Session, instance: Instance, item: WorkItem) -> list[Actor]:
    """Who may be asked to sign an item, by name."""
    there = [
        each
        for each in ball.roster(session).people.values()
        if each.id not in (item.holder_id, me().id) and any(each.holds(role, instance.area) for role in SEEING)
    ]
    return [
        each
        for each in sorted(there, key=lambda each: each.name)
        if veto.ask(session, Question("sign", each, instance=instance, item=item))
    ]


def chosen(session: Session, text: str, field: str = "to") -> Actor:
    """The person whose number a form posted; raises Invalid at the field."""
    found = directory.actor(session, int(text)) if text.isdecimal() and len(text) < 12 else None
    if found is None:
        raise Invalid.at(field, "请选择一个人。")
    return found
