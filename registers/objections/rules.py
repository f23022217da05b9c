"""An objection is settled before the case goes on."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, forbid, veto
from registers.objections.models import Objection

#: The task that weighs the objections of a publicity.
WEIGHS = "handle_objections"


@veto.register
def settled_first(session: Session, question: Question) -> Answer:
    """Weighing the objections waits until each has been investigated and answered."""
    item = question.item
    if question.verb != "complete" or item is None or item.element_id != WEIGHS:
        return ABSTAIN
    left = session.scalar(
        select(func.count())
        .select_from(Objection)
        .where(Objection.parent_id == item.instance_id, Objection.settled_at.is_(None))
    )
    if left:
        return forbid(f"还有{left}件异议没有核查答复，办结后才能提交。", "mca-2021-57:19")
    return ABSTAIN
