"""What a rung says. The subject may leave the house, so it names the case by its number and never a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine.actors import ROLES
from engine.clocks.catalogue import KINDS
from engine.clocks.models import Clock
from engine.ladders.steps import Step
from engine.runtime.deadlines import last_day
from engine.runtime.models import Instance

if TYPE_CHECKING:
    from engine.ladders.recipients import Told

#: What a case is called; the registers know its number.
naming: dict[str, Callable[[Session, Instance], str]] = {"of": lambda _session, instance: f"办件{instance.id}"}


def subject(session: Session, instance: Instance, row: Any, now: datetime) -> str:
    """高仁低保2026-0001：“入户调查”今天到期."""
    what = row.title if isinstance(row, Clock) else row.name
    said = when(row.due_at, now)
    if isinstance(row, Clock) and row.kind == "advisory":  # It warns; nothing is late.
        said = "已到预警时点" if now >= row.due_at else said.replace("到期", "到预警时点")
    return f"{naming['of'](session, instance)}：“{what}”{said}"


def when(due_at: datetime, now: datetime) -> str:
    """已超期 2 天 / 今天到期 / 2026-03-04到期."""
    if now >= due_at:
        return f"已超期{(now.date() - last_day(due_at)).days}天"
    return "今天到期" if last_day(due_at) == now.date() else f"{last_day(due_at)}到期"


def body(instance: Instance, row: Any, step: Step, told: Told) -> str:
    """What the desk shows below the subject."""
    said = [f"{KINDS[row.kind]}，" if isinstance(row, Clock) else ""]
    said.append(f"到期日{last_day(row.due_at)}，现在在“{instance.stage}”。")
    if told.role != step.role and told.skipped:
        passed = {each["role"] for each in told.skipped}
        named = "、".join(ROLES.get(role, role) for role in ROLES if role in passed)
        said.append(f"{named}缺岗或须回避，改报{ROLES.get(told.role, told.role)}。")
    return "".join(said)
