"""Who moves a case: one asks, another confirms; leaders let it rest. Kin keep out, as everywhere."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.cases.rules import ASSIGNING
from registers.moves import kinds

#: Who lets a case rest and lets it go on.
RESTING = ("deputy", "head")
#: Who takes up a finished case again.
REOPENING = ("director", "deputy", "head")


@veto.register
def moving(session: Session, question: Question) -> Answer:
    """Asking for a move and confirming it go with roles in the area of the case; ending one by itself is nobody's."""
    if question.verb != "move" or question.instance is None:
        return ABSTAIN
    key, step = question.facts.get("kind"), question.facts.get("step")
    if key == "suspend" and question.actor.is_system:
        return allow()  # A suspension that reached its last day ends by itself.
    if key == "suspend":
        roles, what = RESTING, "中止或恢复办件"
    elif key in kinds.all_() and step in ("ask", "confirm"):
        kind = kinds.all_()[key]
        roles = kind.asks if step == "ask" else kind.confirms
        what = f"{'登记' if step == 'ask' else '确认'}“{kind.title}”"
    else:
        return forbid("没有这种办件变动。")
    if any(question.actor.holds(role, question.instance.area) for role in roles):
        return allow()
    return forbid(f"您的角色不能{what}。")


@veto.register
def going_back(session: Session, question: Question) -> Answer:
    """Leaders who may give an item to somebody else may also send its case back; taking up a finished case is for them
    alone."""
    roles = {"return": ASSIGNING, "reopen": REOPENING}.get(question.verb)
    if roles is None or question.instance is None:
        return ABSTAIN
    if any(question.actor.holds(role, question.instance.area) for role in roles):
        return allow()
    return ABSTAIN if question.verb == "return" else forbid("重新办理由中心主任、分管领导或乡长决定。")


@veto.register
def two_people_move(session: Session, question: Question) -> Answer:
    """Who asked for a move does not confirm it: nobody buries a case alone."""
    facts = question.facts
    if question.verb != "move" or facts.get("step") != "confirm":
        return ABSTAIN
    if facts.get("asked_by_id") == question.actor.id:
        return forbid("办件变动由另一人确认，不能确认自己登记的。")
    return ABSTAIN
