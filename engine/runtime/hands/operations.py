"""An item goes into other hands: given on, lent and given back; what somebody held who left goes back to those who can
take it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import SYSTEM, Actor
from engine.database import db
from engine.errors import Conflict, NotFound
from engine.journal.verbs import Verb
from engine.ladders import recipients
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.people import directory
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.hands import giving
from engine.runtime.models import WorkItem
from engine.transactions import Deed, act

#: Who hears that an item is in nobody's hands any more: they can give it to somebody.
TOLD = "director"
LONGEST = 500


def transfer(item_id: int, actor: Actor, to: Actor, reason: str) -> WorkItem:
    """The holder gives an item to a colleague for good (转办): it is theirs with its date, their draft begins empty.

    Raises Refused when the colleague may not have it, Conflict when it is not in the actor's hands.
    """
    reason = written("reason", reason, longest=LONGEST, empty="请写明为什么转办。")
    with act(Verb.ITEM_TRANSFERRED, actor) as deed:
        item = _held(deed, item_id, "转办")
        if item.lent_by_id is not None:
            raise Conflict(f"这一项是{item.lent_by_name}委派给您的，不能再转办；办不了的，请退还。")
        giving.require_free(deed, item, to, "转办")
        item.holder_id, item.holder_name, item.claimed_at = to.id, to.name, deed.now
        giving.tell(deed, item, [to], "已转办给您", reason)
        deed.record(item.instance, after={"item": item.name, "to": to.name}, reason=reason, clause=item.clause)
    return item


def delegate(item_id: int, actor: Actor, to: Actor, reason: str) -> WorkItem:
    """The holder has a colleague fill an item in for them (委派): it comes back, and the holder hands it in."""
    reason = written("reason", reason, longest=LONGEST, empty="请写明请对方办什么。")
    with act(Verb.ITEM_DELEGATED, actor) as deed:
        item = _held(deed, item_id, "委派")
        if item.lent_by_id is not None:
            raise Conflict(f"这一项是{item.lent_by_name}委派给您的，不能再委派；办不了的，请退还。")
        giving.require_free(deed, item, to, "委派")
        item.lent_by_id, item.lent_by_name = actor.id, deed.actor.name
        item.holder_id, item.holder_name, item.claimed_at = to.id, to.name, deed.now
        giving.tell(deed, item, [to], f"由{deed.actor.name}委派给您", reason)
        deed.record(item.instance, after={"item": item.name, "to": to.name}, reason=reason, clause=item.clause)
    return item


def give_back(item_id: int, actor: Actor, reason: str = "") -> WorkItem:
    """Ends a delegation before it was done: whoever has it gives it back, or its owner fetches it. What was typed stays
    as a draft of whoever typed it."""
    reason = written("reason", reason, longest=LONGEST)
    with act(Verb.DELEGATION_ENDED, actor) as deed:
        item = locks.open_item(deed, item_id)
        if item.lent_by_id is None or actor.id not in (item.holder_id, item.lent_by_id):
            raise Conflict("这一项没有委派给您，也不是您委派的。")
        other = directory.actor(deed.session, item.lent_by_id if actor.id == item.holder_id else item.holder_id)
        item.holder_id, item.holder_name, item.claimed_at = item.lent_by_id, item.lent_by_name, deed.now
        owner, item.lent_by_id, item.lent_by_name = item.lent_by_name, None, None
        giving.tell(deed, item, [other], f"的委派已结束，由{owner}办理", reason or "没有写说明。")
        deed.record(item.instance, after={"item": item.name, "to": owner}, reason=reason or None, clause=item.clause)
    return item


def _held(deed: Deed, item_id: int, what: str) -> WorkItem:
    item = locks.open_item(deed, item_id)
    locks.not_suspended(deed, item.instance)
    if item.holder_id != deed.actor.id:
        raise Conflict(f"“{item.name}”不在您手中，不能{what}。")
    if item.handed_in_at is not None:
        raise Conflict(f"“{item.name}”已经提交，正在等会签，不能{what}。")
    veto.require(deed.session, Question("complete", deed.actor, instance=item.instance, item=item))
    return item


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
        item.holder_id = item.holder_name = item.claimed_at = item.lent_by_id = item.lent_by_name = None
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
