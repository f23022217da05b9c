"""Who hands over the work of somebody who leaves. Whether the other may take a piece of it is asked for each piece."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto

HANDING = ("director", "deputy", "head", "county_decide", "admin")


@veto.register
def handing_over(session: Session, question: Question) -> Answer:
    """The work of somebody who leaves is handed over by the leaders of their area; the administrator sees the list. Of
    an account that holds no post any more: by any of them."""
    if question.verb != "hand_over":
        return ABSTAIN
    actor = question.actor
    leaver: Actor = question.facts["leaver"]
    if leaver.id == actor.id:
        return forbid("自己的工作由领导安排交接。")
    if any(actor.holds(role, grant.area) for role in HANDING for grant in leaver.grants):
        return allow()
    if not leaver.grants and any(actor.holds(role) for role in HANDING):
        return allow()
    return forbid("工作交接由本地区的中心主任、分管领导、乡长或系统管理员办理。")
