"""Who may show a case to a colleague. Kin, the accused and whoever a confidential case is hidden from are kept out by
the rules that keep them out of everything; they are asked for the sender and for each reader."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.cases.rules import SEEING


@veto.register
def copying(session: Session, question: Question) -> Answer:
    """Who sees a case by duty may show it to a colleague who sees it by duty, too."""
    if question.verb != "copy" or question.instance is None:
        return ABSTAIN
    if any(question.actor.holds(role, question.instance.area) for role in SEEING):
        return allow()
    return forbid("这件办件不在您的职责范围内，不能抄送。")
