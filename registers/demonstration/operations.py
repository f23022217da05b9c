"""Moving the business clock of a demonstration; never the wall clock, which sessions and lock-outs live by."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.errors import Invalid
from engine.journal.verbs import Verb
from engine.runtime import queries
from engine.transactions import act
from registers.demonstration.models import DemonstrationClock


def sync() -> None:
    """Sets this process's business clock to where the demonstration stands."""
    row = db.session.get(DemonstrationClock, 1, populate_existing=True)
    clock.set_offset(timedelta(seconds=row.seconds if row else 0))


def move(actor: Actor, to: datetime) -> datetime:
    """Moves the business clock forward to an instant. Raises Invalid when that lies behind: what happened stays."""
    if to < clock.now():
        raise Invalid(problems=[{"field": "to", "message": "演示时钟只能往前拨。"}])
    with act(Verb.CLOCK_MOVED, actor) as deed:
        row = deed.session.get(DemonstrationClock, 1, with_for_update=True)
        if row is None:
            row = DemonstrationClock(id=1, seconds=0)
            deed.session.add(row)
        row.seconds += round((to - clock.now()).total_seconds()) + 1
        deed.record(deed.subject("demonstration"), after={"to": f"{to:%Y-%m-%d %H:%M}"})
    sync()
    return clock.now()


def forward_a_day(actor: Actor) -> datetime:
    """The same time tomorrow."""
    return move(actor, clock.now() + timedelta(days=1))


def forward_to_next_timer(actor: Actor) -> datetime:
    """The instant at which the next waiting timer is due; Invalid when none waits."""
    due = queries.next_due(db.session())
    if due is None:
        raise Invalid(problems=[{"field": "to", "message": "没有等待中的定时事项。"}])
    return move(actor, max(due, clock.now()))
