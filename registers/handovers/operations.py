"""Handing over, piece by piece: each its own act by the operation that exists for it, each with its own result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.actors import Actor
from engine.errors import Conflict, DoudiError, Invalid, Refused
from engine.journal.verbs import Verb
from engine.ladders import recipients
from engine.ladders.words import naming
from engine.outbox.operations import enqueue
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime import operations as runtime
from engine.runtime.hands.operations import TOLD
from engine.runtime.models import WorkItem
from engine.transactions import act
from registers.handovers.queries import Holding
from registers.supervision import operations as supervision

LONGEST = 300


@dataclass(frozen=True)
class Result:
    """What became of one piece."""

    holding: Holding
    done: bool
    words: str


def hand_over(
    holdings: Sequence[Holding], actor: Actor, *, leaver: Actor, to: Actor | None, reason: str
) -> list[Result]:
    """Hands each to somebody; an item that they may not do goes back to the pool, where others find it, and the
    director is told. Nothing keeps another piece from being handed over. `to` None: all items to the pool.

    Raises Invalid for no reason or the leaver as the taker, before anything is done.
    """
    reason = written("reason", reason, longest=LONGEST, empty="请写明为什么交接，例如调离、退休。")
    if to is not None and to.id == leaver.id:
        raise Invalid.at("to", "请选择另一位接手的人。")
    return [_one(each, actor, leaver, to, reason) for each in holdings]


def _one(each: Holding, actor: Actor, leaver: Actor, to: Actor | None, reason: str) -> Result:
    try:
        if each.kind == "order":
            if to is None:
                return Result(each, False, "督办单要有人答复，请选择接手的人。")
            supervision.readdress(each.key, actor, to_id=to.id or 0, from_id=leaver.id or 0, reason=reason)
            return Result(each, True, f"转由{to.name}答复")
        if to is None:
            put_back(each.key, actor, leaver=leaver, reason=reason)
            return Result(each, True, "放回待领")
        try:
            runtime.assign(each.key, actor, to, reason)
        except Refused as refused:
            # Refused because of the taker: whoever else can finds it in the pool. Refused because of the actor: the
            # next act refuses as well, and says why.
            put_back(each.key, actor, leaver=leaver, reason=f"{reason}（没有交给{to.name}：{refused.message}）")
            return Result(each, True, f"{to.name}不能办，已放回待领，已告知中心主任")
        return Result(each, True, f"改派给{to.name}")
    except DoudiError as error:
        return Result(each, False, error.message)


def put_back(item_id: int, actor: Actor, *, leaver: Actor, reason: str) -> WorkItem:
    """Puts an item back to the pool out of somebody's hands; the director is told. What they typed stays their draft.

    Raises Refused by the veto (`assign`), Conflict when it is in other hands by now.
    """
    with act(Verb.ITEM_POOLED, actor) as deed:
        item = locks.open_item(deed, item_id)
        veto.require(deed.session, Question("assign", actor, instance=item.instance, item=item))
        if item.holder_id != leaver.id:
            raise Conflict(f"“{item.name}”已不在{leaver.name}手中，请刷新后查看。")
        name = item.holder_name
        item.holder_id = item.holder_name = item.claimed_at = None
        told = recipients.recipients(deed.session, TOLD, item.instance, item).actors
        enqueue(
            deed.session,
            kind="assign",
            subject=f"{naming['of'](deed.session, item.instance)}：“{item.name}”已放回待领",
            body="原经办人的工作正在交接，请安排其他人办理。",
            to=told,
            role=None if told else "admin",
            area=item.instance.area,
            instance_id=item.instance_id,
            work_item_id=item.id,
            sender=actor,
            now=deed.now,
        )
        deed.record(item.instance, after={"item": item.name, "holder": name}, reason=reason, clause=item.clause)
    return item
