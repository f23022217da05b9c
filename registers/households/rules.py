"""What a change of the household bars until it was surveyed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, forbid, veto
from registers.households import changes

#: The tasks at which a case is decided; what they give the flow, and the answer that sends the case back.
DECIDING = {"county_decide": "decision", "township_decide": "decision"}
BACK = "return"


@veto.register
def surveyed_since(session: Session, question: Question) -> Answer:
    """Nobody decides on a household that has changed since it was surveyed: the case goes back (57号 art. 30)."""
    item = question.item
    if question.verb != "hand_in" or item is None or item.element_id not in DECIDING:
        return ABSTAIN
    if (question.facts.get("flow") or {}).get(DECIDING[item.element_id]) == BACK:
        return ABSTAIN
    found = changes.pending(session, question.instance)
    if not found:
        return ABSTAIN
    words = "、".join(f"{changes.KINDS[each.kind]}（{each.registered_at:%m月%d日}登记）" for each in found)
    return forbid(f"入户调查之后家庭情况有变化：{words}。请选择“退回重新调查”，调查以后再决定。", changes.CLAUSE)
