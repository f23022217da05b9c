"""Who proposes a change of a parameter, who confirms it, and for whom they may speak."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.accounts.models import Account
from registers.areas.models import Area

PROPOSING = ("owner", "admin")
CONFIRMING = ("head", "deputy", "county_decide")
#: {verb: (roles, what it is called)}
DUTIES = {
    "propose_parameter": (PROPOSING, "提出修改政策参数"),
    "confirm_parameter": (CONFIRMING, "确认政策参数"),
}


@veto.register
def parameters(session: Session, question: Question) -> Answer:
    """The owner of the processes or the administrator proposes; the township's head, its deputy or the county's decider
    confirms or sends back. A proposer takes back only what is theirs."""
    actor = question.actor
    if actor.is_system:
        return ABSTAIN
    if question.verb == "withdraw_parameter":
        mine = question.facts.get("proposed_by_id") == actor.id
        return allow() if mine else forbid("只有提出人可以撤回。要否决请退回。")
    if question.verb not in DUTIES:
        return ABSTAIN
    roles, name = DUTIES[question.verb]
    return allow() if any(actor.holds(role) for role in roles) else forbid(f"您的角色不能{name}。")


@veto.register
def two_people_set(session: Session, question: Question) -> Answer:
    """A value is set by two people: neither the installation nor one person with two accounts makes it alone."""
    actor = question.actor
    if question.verb == "set_parameter" and not actor.is_system:
        return forbid("政策参数由一人提出、另一人确认，请在“政策参数”中提出修改。")
    if question.verb in ("propose_parameter", "confirm_parameter", "withdraw_parameter") and actor.is_system:
        return forbid("政策参数由人提出、由另一人确认，系统不能代办。")
    proposer = question.facts.get("proposed_by_id")
    if question.verb != "confirm_parameter" or proposer is None:
        return ABSTAIN
    if proposer == actor.id or one_person(session, proposer, actor.id):
        return forbid("政策参数由另一人确认，不能确认或退回自己提出的修改；要收回请撤回。")
    return ABSTAIN


@veto.register
def sets_for_all(session: Session, question: Question) -> Answer:
    """A parameter holds for the whole installation: where several townships share one, the county confirms."""
    if question.verb != "confirm_parameter" or question.actor.is_system or over_all(session, question.actor):
        return ABSTAIN
    return forbid("参数对所有乡镇有效，须由管辖全部乡镇的人确认：请由县民政审批人确认。")


def over_all(session: Session, actor: Actor) -> bool:
    """Whether somebody who confirms is over every township; true of who confirms nowhere, which other rules refuse."""
    townships = list(session.scalars(select(Area.path).where(Area.level == "township")))
    grants = [grant for grant in actor.grants if grant.role in CONFIRMING]
    return not grants or any(all(grant.covers(path) for path in townships) for grant in grants)


def one_person(session: Session, one: int, other: int | None) -> bool:
    """Whether two accounts are of one person, as far as their ID numbers are known."""
    rows = session.scalars(select(Account.person).where(Account.id.in_([one, other or 0]), Account.person.is_not(None)))
    known = list(rows)
    return len(known) == 2 and known[0] == known[1]
