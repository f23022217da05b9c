"""Who may print a document and record that it was served."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.cases.rules import SEEING

#: Whose duty it is to bring a letter to somebody.
SERVING = ("clerk", "investigator", "village", "director", "county_review")
PAPER = {
    "print": (SEEING, "打印这件办件的文书"),
    "serve": (SERVING, "登记这件办件的送达"),
}


@veto.register
def paper(session: Session, question: Question) -> Answer:
    """Printing and serving go with a role in the area of the case; who may not see the case is asked that first."""
    if question.verb not in PAPER or question.instance is None:
        return ABSTAIN
    roles, what = PAPER[question.verb]
    if any(question.actor.holds(role, question.instance.area) for role in roles):
        return allow()
    return forbid(f"您的职责不包括{what}。")
