"""What is refused at the desk of a recovery, before it could park the case."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, forbid, veto
from registers.payments.recovery.models import Recovery
from registers.payments.recovery.services import too_much


@veto.register
def no_more_than_owed(session: Session, question: Question) -> Answer:
    """Nobody is made to pay back more than is owed; the fine and the sum are owed apart (649号令 art. 68)."""
    item, given = question.item, question.facts.get("values") or {}
    if question.verb != "hand_in" or item is None or item.element_id != "record_repayment":
        return ABSTAIN
    if given.get("step") != "payment":
        return ABSTAIN
    recovery = session.scalar(select(Recovery).where(Recovery.instance_id == item.instance_id))
    if recovery is None or recovery.amount is None:
        return ABSTAIN
    fault = too_much(session, recovery, int(given.get("repaid") or 0), int(given.get("fine_paid") or 0))
    return forbid(fault, "sc-649:68") if fault else ABSTAIN
