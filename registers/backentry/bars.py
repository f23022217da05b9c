"""What the registers know that stands between an act on paper and its entry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.runtime.backentry.bars import bar
from engine.runtime.models import Instance, WorkItem
from registers.benefits.models import Decision
from registers.households import changes
from registers.moves import kinds
from registers.moves.models import Move


@bar
def a_move_waits(session: Session, item: WorkItem, acted_at: datetime) -> str:
    """A withdrawal, a death or another move of the case that waits would meet a case that went on."""
    move = session.scalar(select(Move).where(Move.instance_id == item.instance_id, Move.state == "asked").limit(1))
    return f"这件办件的“{kinds.all_()[move.kind].title}”正在等待确认，确认或者不予确认以后才能补录。" if move else ""


@bar
def decided_since(session: Session, item: WorkItem, acted_at: datetime) -> str:
    """Nothing is put before a decision that was made without it."""
    made = session.get(Decision, item.instance_id)
    if made is None or made.decided_at <= acted_at:
        return ""
    return f"这件办件已于{made.decided_at:%Y-%m-%d}作出决定，不能补录决定以前的办理。"


@bar
def changed_since(session: Session, item: WorkItem, acted_at: datetime) -> str:
    """A survey that was made on paper before a change of the household has not seen it: entered late it would look as
    if it had."""
    if item.element_id not in changes.SURVEYS:
        return ""
    instance = session.get_one(Instance, item.instance_id)
    late = [each for each in changes.registered_after(session, instance, acted_at) if each.material]
    if not late:
        return ""
    words = "、".join(changes.KINDS[each.kind] for each in late)
    return f"纸质调查之后登记了家庭变化（{words}），那次调查没有看到，请重新入户调查。"
