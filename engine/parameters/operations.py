"""Loading and changing dated parameters."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from engine.actors import Actor
from engine.database import db
from engine.errors import Invalid, NotFound
from engine.journal.verbs import Verb
from engine.parameters.models import Parameter
from engine.parameters.seed import entries
from engine.parameters.values import check
from engine.rules.veto import Question, veto
from engine.transactions import act


def load(actor: Actor) -> int:
    """Loads what the seed has and the table lacks; returns how many. What is there is never overwritten."""
    with act(Verb.PARAMETERS_LOADED, actor) as deed:
        head = deed.subject("parameters")
        there = {tuple(row) for row in deed.session.execute(select(Parameter.name, Parameter.valid_from))}
        new = [entry for entry in entries() if (entry.name, entry.valid_from) not in there]
        for entry in new:
            deed.session.add(
                Parameter(
                    name=entry.name,
                    label=entry.label,
                    value=entry.value,
                    unit=entry.unit,
                    valid_from=entry.valid_from,
                    valid_to=entry.valid_to,
                    clause=entry.clause,
                    source=entry.source,
                    confidence=entry.confidence,
                    note=entry.note,
                    set_by=actor.name,
                    set_at=deed.now,
                )
            )
        deed.record(head, after={"count": len(new)})
    return len(new)


def set_value(actor: Actor, name: str, value: Any, valid_from: date, source: str) -> Parameter:
    """A new value of a parameter from a day on; the value before ends the day before. Open cases keep their day's.

    Raises Invalid when the value does not fit the parameter's unit or the day already has one.
    """
    with act(Verb.PARAMETER_SET, actor) as deed:
        session = deed.session
        veto.require(session, Question("set_parameter", actor, facts={"name": name}))
        head = deed.subject("parameters")
        before = session.scalar(
            select(Parameter)
            .where(
                Parameter.name == name,
                Parameter.valid_from <= valid_from,
                or_(Parameter.valid_to.is_(None), Parameter.valid_to >= valid_from),
            )
            .order_by(Parameter.valid_from.desc())
            .limit(1)
        )
        if before is None:
            raise NotFound(f"没有名为“{name}”的参数。")
        check(value, before.unit)
        if before.valid_from == valid_from:
            raise Invalid(
                "这一天已经有一个值，请选择其他生效日期。",
                problems=[{"field": "valid_from", "message": "这一天已经有一个值，请选择其他生效日期。"}],
            )
        new = Parameter(
            name=name,
            label=before.label,
            value=value,
            unit=before.unit,
            valid_from=valid_from,
            valid_to=before.valid_to,
            clause=before.clause,
            source=source,
            confidence="set",
            note="",
            set_by=actor.name,
            set_at=deed.now,
        )
        before.valid_to = valid_from - timedelta(days=1)
        session.add(new)
        after = {"name": name, "value": value, "from": valid_from.isoformat()}
        deed.record(head, before={"value": before.value}, after=after, reason=source)
    return new


def unit_of(name: str) -> str:
    """The unit of a parameter; NotFound when there is none of that name."""
    unit = db.session.scalar(select(Parameter.unit).where(Parameter.name == name).limit(1))
    if unit is None:
        raise NotFound(f"没有名为“{name}”的参数。")
    return unit
