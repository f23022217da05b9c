"""What a change of the household bars until it was surveyed; who looks at households and decides of double records."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.cases.rules import SEARCHING
from registers.households import changes
from registers.households.kept import kept_from
from registers.households.models import Household

#: The tasks at which a case is decided; what they give the flow, and the answer that sends the case back.
DECIDING = {"county_decide": "decision", "township_decide": "decision"}
BACK = "return"
KIN = "mca-2021-57:11"


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


#: What is done about households themselves, outside any case: {verb: (roles, what it is called)}.
DUTIES = {
    "see_household": (SEARCHING, "查看这户的登记"),
    "carry": (("clerk", "director"), "带入这户的登记信息"),
    "decide_duplicate": (("clerk", "director", "deputy"), "核定重复登记"),
    "settle_duplicate": (("director", "deputy"), "核定不能确定的重复登记"),
    "end_duplicate": (("director", "deputy"), "撤销重复登记的核定"),
}


@veto.register
def household_duties(session: Session, question: Question) -> Answer:
    """Looking at a household, carrying what is known of it into a form, deciding of double records: by role in the area
    of every household that is touched."""
    if question.verb not in DUTIES:
        return ABSTAIN
    roles, name = DUTIES[question.verb]
    areas = list(session.scalars(select(Household.area).where(Household.id.in_(question.facts["households"]))))
    if areas and all(any(question.actor.holds(role, area) for role in roles) for area in areas):
        return allow()
    return forbid(f"您的角色不能{name}，或这户不在您的地区。")


@veto.register
def kin_keep_out_of_households(session: Session, question: Question) -> Answer:
    """Nobody looks at, carries or decides anything of a household of their own kin; they are told that there is no such
    household, as the search tells them."""
    if question.verb not in DUTIES or question.actor.id is None:
        return ABSTAIN
    theirs = select(Household.id).where(Household.id.in_(question.facts["households"]), kept_from(question.actor))
    return forbid("没有找到您可以查看的这户登记。", KIN, hidden=True) if session.scalar(theirs) else ABSTAIN


@veto.register
def another_ends_it(session: Session, question: Question) -> Answer:
    """What somebody decided of double records is ended by somebody else."""
    if question.verb == "end_duplicate" and question.facts.get("decided_by_id") == question.actor.id:
        return forbid("重复登记的核定由另一人撤销，不能撤销自己作出的核定。")
    return ABSTAIN
