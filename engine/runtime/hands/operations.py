"""Items held by somebody who left, or who has another post now, go back to those who can take them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import SYSTEM
from engine.database import db
from engine.errors import Conflict, NotFound
from engine.journal.verbs import Verb
from engine.ladders import recipients
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.people import directory
from engine.runtime import locks
from engine.runtime.models import WorkItem
from engine.transactions import act

#: Who hears that an item is in nobody's hands any more: they can give it to somebody.
TOLD = "director"
#: What is owed to somebody by name (a stand-in's items go back to whoever was away) is settled before the pool gets it.
owed: list[Callable[[], object]] = []


def stranded(session: Session) -> list[int]:
    """The open items whose holder has no account any more, or not the item's role in its area. One small query, and one
    for each holder."""
    rows = session.execute(
        select(WorkItem.id, WorkItem.holder_id, WorkItem.role, WorkItem.area)
        .where(WorkItem.state == "open", WorkItem.holder_id.is_not(None))
        .order_by(WorkItem.id)
    ).all()
    known = {each: directory.actor(session, each) for each in {row.holder_id for row in rows}}
    return [
        row.id for row in rows if known[row.holder_id] is None or not known[row.holder_id].holds(row.role, row.area)
    ]


def put_back(item_id: int) -> bool:
    """Puts one such item back; False when its holder can do it after all, or it was settled meanwhile. What they typed
    stays as their draft."""
    with act(Verb.ITEM_RELEASED, SYSTEM) as deed:
        try:
            item = locks.open_item(deed, item_id)
        except (Conflict, NotFound):
            deed.dismiss()
            return False
        holder = directory.actor(deed.session, item.holder_id) if item.holder_id is not None else None
        if item.holder_id is None or (holder is not None and holder.holds(item.role, item.area)):
            deed.dismiss()
            return False
        name = item.holder_name
        item.holder_id = item.holder_name = item.claimed_at = None
        told = recipients.recipients(deed.session, TOLD, item.instance, item).actors
        enqueue(
            deed.session,
            kind="assign",
            subject=f"{naming['of'](deed.session, item.instance)}：“{item.name}”已收回待领",
            body=f"{name}已不在这个岗位，或替班已结束，请安排其他人办理。",
            to=told,
            role=None if told else "admin",
            area=item.instance.area,
            instance_id=item.instance_id,
            work_item_id=item.id,
            now=deed.now,
        )
        deed.record(item.instance, after={"item": item.name, "holder": name}, clause=item.clause)
    return True


def put_back_stranded(stop: Callable[[], bool] = lambda: False) -> int:
    """Puts back whatever is in hands that left; how many."""
    for each in owed:
        each()
    session, done = db.session(), 0
    for item_id in stranded(session):
        if stop():
            break
        done += put_back(item_id)
    session.rollback()
    return done
