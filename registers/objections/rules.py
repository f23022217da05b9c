"""An objection is settled before the case goes on."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, forbid, veto
from engine.runtime.models import Instance
from registers.cases.models import Case
from registers.objections.models import Objection

PROCESS = "objection"
#: The task that weighs the objections of a publicity.
WEIGHS = "handle_objections"


@veto.register
def settled_first(session: Session, question: Question) -> Answer:
    """Weighing the objections waits until each has been investigated and answered."""
    item = question.item
    if question.verb != "complete" or item is None or item.element_id != WEIGHS:
        return ABSTAIN
    left = session.execute(
        select(Case.number, Instance.stage)
        .select_from(Objection)
        .join(Instance, Instance.id == Objection.instance_id)
        .join(Case, Case.instance_id == Objection.instance_id)
        .where(Objection.parent_id == item.instance_id, Objection.settled_at.is_(None))
        .order_by(Objection.instance_id)
    ).all()
    if left:
        listed = "、".join(f"{number}（{stage}）" for number, stage in left)
        return forbid(f"还有{len(left)}件异议没有核查答复：{listed}。办结后才能提交。", "mca-2021-57:19")
    return ABSTAIN
