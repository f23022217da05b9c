"""Who may print a document and record that it was served; what was served stays."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from engine.runtime.models import WorkItem
from registers.cases.rules import SEEING
from registers.notices import queries

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


@veto.register
def served_stays(session: Session, question: Question) -> Answer:
    """A finished case whose last step served a letter, or after whose end one was served, is not taken up again: the
    family has it in writing. What follows is a case of its own."""
    if question.verb != "reopen" or question.instance is None:
        return ABSTAIN
    done = (WorkItem.instance_id == question.instance.id, WorkItem.state == "completed")
    last = session.scalars(
        select(WorkItem).where(*done).order_by(WorkItem.completed_at.desc(), WorkItem.id.desc())
    ).first()
    served = queries.deliveries(session, question.instance.id)
    if last is None or not served:
        return ABSTAIN
    issued = {each.id: each for each in queries.of_case(session, question.instance.id)}
    for each in reversed(served):
        notice = issued[each.notice_id]
        if last.element_id in (notice.served_by or []) or each.recorded_at > last.completed_at:
            return forbid(f"“{notice.title}”已于{each.delivered_on}送达，效力已经发生，不能重新办理。")
    return ABSTAIN
