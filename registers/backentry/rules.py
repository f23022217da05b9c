"""Who enters late what was done on paper, who confirms it, and what waits meanwhile."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from engine.runtime.backentry import queries
from registers.accounts.models import Account

#: Who confirms beside those who may sign the item themselves.
CONFIRMING = ("director", "deputy", "head", "county_review", "county_decide")


@veto.register
def back_entering(session: Session, question: Question) -> Answer:
    """What was done on paper is entered by whoever may do the item; it is confirmed by a leader in the area of the
    case, of an item that several sign by another of its signers."""
    actor, item = question.actor, question.item
    if question.verb not in ("back_enter", "confirm_back_entry") or item is None:
        return ABSTAIN
    if question.verb == "back_enter":
        return allow() if actor.holds(item.role, item.area) else forbid("只有能办理这一项的人可以补录它。")
    if item.people > 1:
        return allow() if actor.holds(item.role, item.area) else forbid("这一项要由另一名签字人确认补录。")
    if any(actor.holds(role, question.instance.area) for role in CONFIRMING):
        return allow()
    return forbid("补录由中心主任、分管领导或者县级审核人员确认。")


@veto.register
def two_people_back_enter(session: Session, question: Question) -> Answer:
    """Who entered it does not confirm it, nor does their second account; nobody confirms twice."""
    actor, facts = question.actor, question.facts
    if question.verb != "confirm_back_entry":
        return ABSTAIN
    before = {facts.get("entered_by_id"), *facts.get("confirmed", ())} - {None}
    if actor.id in before:
        return forbid("补录由另一人确认，不能确认自己录入或者已经确认过的。")
    own = select(Account.person).where(Account.id == actor.id, Account.person.is_not(None))
    if session.scalar(select(Account.id).where(Account.id.in_(before), Account.person.in_(own)).limit(1)):
        return forbid("补录由另一人确认，同一个人的另一个账号不能确认。")
    return ABSTAIN


@veto.register
def confirmed_or_taken_back_first(session: Session, question: Question) -> Answer:
    """While a back-entry of an item waits, the item is not handed in another way: two acts would be on the file."""
    item = question.item
    if question.verb != "hand_in" or item is None or item.id is None or question.facts.get("back_entry"):
        return ABSTAIN
    waits = queries.waiting(session, item.id) if not question.facts.get("starting") else None
    if waits is None:
        return ABSTAIN
    return forbid(f"“{item.name}”有{waits.entered_by}的补录等待确认。请先由录入人撤回补录，再在这里办理。")
