"""What an element orders of its case's clocks, worked out before its task runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.calendar.lengths import Length
from engine.clocks.catalogue import ClockSpec, unknown
from engine.clocks.orders import Order, parse
from engine.errors import DoudiError
from engine.releases.loaded import ElementInfo
from engine.runtime.deadlines import deadline

if TYPE_CHECKING:
    from engine.runtime.step import Step


@dataclass(frozen=True)
class ClockOrder:
    """One order with its expressions worked out. `element` is the name of what gives it."""

    action: str
    spec: ClockSpec
    element: str
    budget: str = ""
    extends_to: str | None = None
    cause: str | None = None
    clause: str | None = None


def ordered(step: Step, info: ElementInfo, data: Mapping[str, Any]) -> list[ClockOrder]:
    """The orders of an element whose conditions hold.

    Raises DoudiError (the element parks) for a clock without a length or with one that cannot be counted: a deadline
    that is not armed must never pass in silence.
    """
    text = info.properties.get("clock")
    if not text:
        return []
    return [
        _worked_out(step, order, info, data)
        for order in parse(text)
        if order.condition is None or step.flow.evaluate(data, order.condition)
    ]


def begins(step: Step, spec: ClockSpec) -> datetime:
    """From when a clock counts: one that binds the office from the act itself, also when that was entered later; the
    time that people have for something from when it was entered, so that nobody's is shortened."""
    return step.acted if spec.binds == "office" else step.now


def _worked_out(step: Step, order: Order, info: ElementInfo, data: Mapping[str, Any]) -> ClockOrder:
    spec, clause = step.release.clocks.get(order.name) or unknown(order.name), info.properties.get("clause")
    if order.action != "start":
        return ClockOrder(order.action, spec, info.name, cause=order.cause, clause=clause)
    length, extend = order.length or spec.length, order.extend or spec.extend
    if length is None:
        raise DoudiError(f"时限“{spec.title}”没有写期限，请流程负责人在流程图或 clocks.json 中写明。")
    budget = step.flow.text(length, data)
    start = begins(step, spec)
    armed = deadline(budget, start, step.calendar)
    extends_to = step.flow.text(extend, data) if extend is not None else None
    if extends_to is not None:
        Length.parse(extends_to)
        if deadline(extends_to, start, step.calendar).at <= armed.at:
            raise DoudiError(f"时限“{spec.title}”延长后的期限（{extends_to}）不比原期限（{budget}）长，请改正。")
    return ClockOrder(order.action, spec, info.name, budget, extends_to, clause=clause)
