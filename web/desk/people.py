"""Whom a page offers when something goes into other hands: only those who are free, by the same question as the act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import Invalid
from engine.people import directory
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, WorkItem
from registers.cases import ball
from registers.cases.rules import SEEING
from web.security import me


def takers(session: Session, instance: Instance, item: WorkItem, facts: Mapping[str, Any] | None = None) -> list[Actor]:
    """Who may have an item, by name, but for whoever has it and oneself."""
    there = [each for each in ball.roster(session).people.values() if each.holds(item.role, item.area)]
    return [
        each
        for each in sorted(there, key=lambda each: each.name)
        if each.id not in (item.holder_id, me().id)
        and veto.ask(session, Question("claim", each, instance=instance, item=item, facts=dict(facts or {})))
    ]


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
