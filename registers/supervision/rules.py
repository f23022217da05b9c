"""Who may urge, order, reassign, extend, pause. Conflicts of interest are barred by the recusal rule, as everywhere."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.cases.rules import ASSIGNING, LEADING

#: {verb: (roles that may do it to a case of their area, what it is called)}
DUTIES = {
    "urge": (LEADING, "催办"),
    "order": (("director", "deputy", "head", "discipline", "county_decide"), "签发督办单"),
    "assign": (("director", "deputy", "head", "county_decide"), "改派"),
    "ask_extension": (("clerk", "director", "county_review"), "申请延期"),
    "extend": (("deputy", "head"), "批准延期"),
    "pause": (("deputy", "head"), "暂停计时"),
}


@veto.register
def leading(session: Session, question: Question) -> Answer:
    """Leaders act on the cases of their area."""
    if question.verb not in DUTIES or question.instance is None:
        return ABSTAIN
    roles, name = DUTIES[question.verb]
    if question.verb == "assign" and question.instance.seen_by is not None:
        roles = ASSIGNING  # Of confidential cases the discipline office gives the work to somebody, too.
    if any(question.actor.holds(role, question.instance.area) for role in roles):
        return allow()
    return forbid(f"您的角色不能对这件办件{name}。")


@veto.register
def two_people_extend(session: Session, question: Question) -> Answer:
    """Who asked for an extension does not grant it."""
    if question.verb == "extend" and question.facts.get("asked_by_id") == question.actor.id:
        return forbid("延期由另一人批准，不能批准自己的申请。", "mca-2021-57:22")
    return ABSTAIN


@veto.register
def addressed(session: Session, question: Question) -> Answer:
    """An order is answered by the person to whom it is addressed, or in their stead while they are away."""
    if question.verb != "reply":
        return ABSTAIN
    to_id = question.facts.get("to_id")
    if to_id is not None and (to_id == question.actor.id or to_id in {g.of for g in question.actor.grants}):
        return allow()
    return forbid("督办单由被督办人本人答复。")
