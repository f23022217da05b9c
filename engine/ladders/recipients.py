"""Who is told: the people of a role who have no conflict with the case, else those of the next role up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import UPWARD, Actor
from engine.clocks.models import Clock
from engine.ladders.steps import HOLDER
from engine.people import directory
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, WorkItem


@dataclass
class Told:
    """Whom a rung tells in the end."""

    role: str
    actors: list[Actor] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)


def recipients(session: Session, role: str, instance: Instance, row: Any) -> Told:
    """The people of a role for an item or a clock (`row`). Whoever may not handle a case must not be the one who hears
    that it rots."""
    told = Told(role)
    if role == HOLDER:
        holder = _holder(session, row)
        if holder is not None:
            # Somebody who is away reads it when they are back; whoever stands in for them hears of it now.
            there = [holder, *directory.stand_ins(session, [holder.id or 0]).get(holder.id or 0, [])]
            told.actors = [each for each in there if free(session, each, instance)]
        if told.actors:
            return told
        told.role = _role_in_hand(session, row)
    seen: set[str] = set()
    while told.role not in seen:
        seen.add(told.role)
        there = directory.holders(session, told.role, instance.area)
        if not there:
            told.skipped.append({"role": told.role, "account_id": None, "name": "", "reason": "缺岗"})
        for each in there:
            answer = veto.ask(session, Question("be_told", each, instance=instance))
            if answer:
                told.actors.append(each)
            else:
                skipped = {"role": told.role, "account_id": each.id, "name": each.name, "reason": answer.reason}
                told.skipped.append(skipped)
        if told.actors:
            return told
        told.role = UPWARD.get(told.role, "admin")
        if told.role == "admin":  # Nobody of the leading group is free: the administrators are told.
            break
    return told


def free(session: Session, actor: Actor, instance: Instance) -> bool:
    """Whether somebody may hear of a case."""
    return bool(veto.ask(session, Question("be_told", actor, instance=instance)))


def _holder(session: Session, row: Any) -> Actor | None:
    """Who has the work in hand: of the item; of a clock whoever must meet it, else who has the case's open items."""
    if isinstance(row, Clock) and row.holder_id is not None:
        return directory.actor(session, row.holder_id)
    items = [row] if isinstance(row, WorkItem) else _open_items(session, row.instance_id)
    held = {item.holder_id for item in items if item.holder_id is not None}
    return directory.actor(session, held.pop()) if len(held) == 1 else None


def _role_in_hand(session: Session, row: Any) -> str:
    items = [row] if isinstance(row, WorkItem) else _open_items(session, row.instance_id)
    return items[0].role if items else "director"


def _open_items(session: Session, instance_id: int) -> list[WorkItem]:
    return list(
        session.scalars(
            select(WorkItem)
            .where(WorkItem.instance_id == instance_id, WorkItem.state == "open")
            .order_by(WorkItem.due_at, WorkItem.id)
        )
    )
