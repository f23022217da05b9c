"""The rungs of a ladder and when each is due: pure arithmetic over a text, a due date and a calendar.

    director@-2wd,director@0,deputy@+1wd,head@+3wd

A rung is due at 0:00 of its day: `@0` at the beginning of the last day, so that a leader hears of it before it is over;
`@+1wd` at the beginning of the first working day after it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine import clock
from engine.actors import ROLES
from engine.calendar.arithmetic import shift
from engine.calendar.days import Calendar
from engine.calendar.lengths import Offset
from engine.errors import Invalid

#: In a ladder: whoever has the work in hand, else those who could take it.
HOLDER = "holder"


@dataclass(frozen=True)
class Step:
    """One rung as the ladder writes it: who, how far from the due date."""

    role: str
    offset: Offset
    text: str


def parse(ladder: str) -> tuple[Step, ...]:
    """The rungs of a ladder; raises Invalid that names the part that is wrong."""
    found = []
    for part in (each.strip() for each in ladder.split(",")):
        role, at, offset = part.partition("@")
        if not at or not role:
            raise Invalid(f"催办梯次“{part}”请写成“角色@时点”（例如 director@0,deputy@+1wd）")
        if role not in ROLES and role != HOLDER:
            raise Invalid(f"催办梯次里不认识的角色“{role}”（可用：{'、'.join(ROLES)}）", role=role)
        step = Step(role, Offset.parse(offset), f"{role}@{Offset.parse(offset)}")
        if step.text in {each.text for each in found}:
            raise Invalid(f"催办梯次“{step.text}”写了两次，请只留一个")
        found.append(step)
    return tuple(found)


def instants(ladder: str, due_at: datetime, calendar: Calendar) -> list[tuple[datetime, Step]]:
    """Every rung with its instant, in the order in which they are due."""
    last = (due_at - timedelta(microseconds=1)).astimezone(clock.ZONE).date()
    rungs = [(clock.instant(shift(last, step.offset, calendar)), step) for step in parse(ladder)]
    return sorted(rungs, key=lambda rung: rung[0])


def next_rung(
    ladder: str | None,
    due_at: datetime | None,
    began: datetime,
    calendar: Calendar,
    fired: Collection[str] = (),
) -> tuple[datetime, Step] | None:
    """The first rung that is still to be taken; None when there is none. A reminder whose day lies before the deadline
    itself began has nothing to remind of and is left out."""
    if not ladder or due_at is None:
        return None
    first = clock.instant(began.astimezone(clock.ZONE).date())
    for at, step in instants(ladder, due_at, calendar):
        if step.text not in fired and (step.offset.side >= 0 or at >= first):
            return at, step
    return None
