"""Showing a case to colleagues, and noting that they looked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from engine import clock
from engine.actors import Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.journal.verbs import Verb
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import locks
from engine.runtime.models import WorkItem
from engine.transactions import act, scratch
from registers.copies import queries
from registers.copies.models import CaseCopy

LONGEST_NOTE = 500
#: So many readers at once; whoever needs more wants a notice, not a copy.
MOST = 20


def send(
    instance_id: int, actor: Actor, to_ids: Sequence[int], note: str = "", item_id: int | None = None
) -> list[CaseCopy]:
    """Shows a case, or an item of it, to colleagues: one act, however many.

    Raises Refused when the sender may not, Invalid at `to` when nobody is named or somebody is named who may not see
    the case (whoever may not is not told apart from a stranger), Conflict when all of them have the same copy unread.
    """
    note = written("note", note, longest=LONGEST_NOTE)
    wanted = list(dict.fromkeys(to_ids))
    if not wanted:
        raise Invalid.at("to", "请选择抄送给谁。")
    if len(wanted) > MOST:
        raise Invalid.at("to", f"一次最多抄送{MOST}人，请分次抄送。")
    with act(Verb.COPY_SENT, actor) as deed:
        session, instance = deed.session, locks.instance(deed, instance_id)
        if instance is None:
            raise NotFound("没有找到这件办件，请核对编号后再查。")
        for verb in ("view", "copy"):
            veto.require(session, Question(verb, actor, instance=instance))
        item = session.get(WorkItem, item_id) if item_id is not None else None
        if item_id is not None and (item is None or item.instance_id != instance.id):
            raise NotFound("这个环节不属于这件办件，请刷新后再试。")
        free = {each.id: each for each in queries.readers(session, actor, instance)}
        if any(each not in free for each in wanted):
            raise Invalid.at("to", "请从列出的人员中选择。")
        same = select(CaseCopy.to_id).where(
            CaseCopy.instance_id == instance.id,
            CaseCopy.work_item_id.is_(None) if item_id is None else CaseCopy.work_item_id == item_id,
            CaseCopy.from_id == actor.id,
            CaseCopy.note == note,
            CaseCopy.read_at.is_(None),
            CaseCopy.to_id.in_(wanted),
        )
        have = set(session.scalars(same))
        told = [free[each] for each in wanted if each not in have]
        if not told:
            raise Conflict("已经抄送过，对方还没有看，没有重复抄送。")
        made = [
            CaseCopy(
                instance_id=instance.id,
                work_item_id=item_id,
                to_id=each.id,
                to_name=each.name,
                from_id=actor.id,
                from_name=actor.name,
                note=note,
                sent_at=deed.now,
            )
            for each in told
        ]
        session.add_all(made)
        session.flush()
        named = "、".join(each.name for each in told)
        deed.record(instance, after={"to": named, "item": item.name if item else None}, reason=note or None)
    return made


def read(copy_id: int, account_id: int) -> None:
    """Notes when somebody first opened a copy of their own."""
    with scratch() as session:
        mine = update(CaseCopy).where(CaseCopy.id == copy_id, CaseCopy.to_id == account_id, CaseCopy.read_at.is_(None))
        session.execute(mine.values(read_at=clock.now()))
