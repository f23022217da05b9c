"""Who proposes that a release becomes current, who confirms it, and that these are two people."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.parameters.rules import CONFIRMING, PROPOSING, one_person, over_all

#: {verb: (roles, what it is called)}
DUTIES = {
    "propose_release": (PROPOSING, "提请发布流程"),
    "confirm_release": (CONFIRMING, "确认发布流程"),
    "cancel_release": ((*PROPOSING, *CONFIRMING), "取消排定的流程版本"),
}


@veto.register
def releases(session: Session, question: Question) -> Answer:
    """The owner of the processes or the administrator draws and proposes; the head, a deputy or the county's decider
    confirms or sends back; either side calls a planned release off. A proposer takes back only what is theirs."""
    actor = question.actor
    if actor.is_system:
        return ABSTAIN
    if question.verb == "withdraw_release":
        mine = question.facts.get("proposed_by_id") == actor.id
        return allow() if mine else forbid("只有提请人可以撤回。要否决请退回。")
    if question.verb not in DUTIES:
        return ABSTAIN
    roles, name = DUTIES[question.verb]
    return allow() if any(actor.holds(role) for role in roles) else forbid(f"您的角色不能{name}。")


@veto.register
def two_people_deploy(session: Session, question: Question) -> Answer:
    """A release becomes current by two people: neither one person with two accounts nor the installation makes it
    current alone. What the command line deploys is the installation's own, by whoever keeps the machine."""
    actor = question.actor
    if question.verb == "deploy_at_once" and not actor.is_system:
        return forbid("流程由一人提请、另一人确认后发布，请在草稿中提请。")
    if question.verb in ("propose_release", "confirm_release", "withdraw_release") and actor.is_system:
        return forbid("流程由人提请、由另一人确认，系统不能代办。")
    proposer = question.facts.get("proposed_by_id")
    if question.verb != "confirm_release" or proposer is None:
        return ABSTAIN
    if proposer == actor.id or one_person(session, proposer, actor.id):
        return forbid("流程版本由另一人确认，不能确认或退回自己提请的版本；要收回请撤回。")
    return ABSTAIN


@veto.register
def deploys_for_all(session: Session, question: Question) -> Answer:
    """A release holds for the whole installation: where several townships share one, the county confirms."""
    if question.verb != "confirm_release" or question.actor.is_system or over_all(session, question.actor):
        return ABSTAIN
    return forbid("流程对所有乡镇有效，须由管辖全部乡镇的人确认：请由县民政审批人确认。")
