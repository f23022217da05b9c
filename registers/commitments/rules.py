"""Who may begin a commitment, and what waits until promises are verified."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.commitments.models import Commitment
from registers.commitments.services import STANDING

CLAUSE = "commitment-2020-42"
#: What a form says when it grants: {flow name: value}.
GRANTS = {"opinion": "grant", "decision": "confirm"}
#: {verb: (roles, what it is called)}
DUTIES = {
    "see_commitments": (("clerk", "investigator", "director", "deputy", "head", "discipline"), "查看承诺信用"),
    "ask_repair": (("clerk",), "提出信用修复"),
    "repair_trust": (("director",), "确认信用修复"),
}


@veto.register
def trust_duty(session: Session, question: Question) -> Answer:
    """Reading the record of false promises and repairing trust: by role in the area."""
    if question.verb not in DUTIES or question.actor.is_system:
        return ABSTAIN
    roles, name = DUTIES[question.verb]
    if any(question.actor.holds(role, question.facts.get("area")) for role in roles):
        return allow()
    return forbid(f"您的角色不能{name}，或不在这个地区。")


@veto.register
def two_people_repair(session: Session, question: Question) -> Answer:
    """Who asks for a repair does not grant it."""
    if question.verb == "repair_trust" and question.facts.get("asked_by_id") == question.actor.id:
        return forbid("信用修复由另一人确认，不能确认自己提出的修复。", CLAUSE)
    return ABSTAIN


@veto.register
def verified_first(session: Session, question: Question) -> Answer:
    """Nobody is granted anything on a promise that was not verified, or that was false. Refusing is always possible."""
    item, given = question.item, question.facts.get("flow") or {}
    if question.verb != "hand_in" or item is None or not any(given.get(key) == word for key, word in GRANTS.items()):
        return ABSTAIN
    states = set(session.scalars(select(Commitment.state).where(Commitment.parent_id == item.instance_id)))
    if "false" in states:
        return forbid("这件申请有虚假承诺，不能同意救助，只能终止办理或不予确认。", "commitment-2020-42,sc-649:68")
    if "signed" in states:
        return forbid("申请人的承诺还没有核查，不能同意救助。请先办结“证明事项告知承诺”。", CLAUSE)
    return ABSTAIN


@veto.register
def committed_first(session: Session, question: Question) -> Answer:
    """Papers count as replaced by a promise only when a promise was signed."""
    item, given = question.item, question.facts.get("flow") or {}
    if question.verb != "hand_in" or item is None or given.get("supplement") != "committed":
        return ABSTAIN
    signed = select(Commitment.instance_id).where(
        Commitment.parent_id == item.instance_id, Commitment.state.in_(STANDING)
    )
    if session.scalar(signed.limit(1)) is not None:
        return ABSTAIN
    return forbid("还没有签署的承诺书。请先在“相关办理”中登记“证明事项告知承诺”。", CLAUSE)


@veto.register
def promised_as_offered(session: Session, question: Question) -> Answer:
    """A letter promises what was offered, each once: said to the clerk, not found when the letter is kept."""
    item, given = question.item, question.facts.get("values") or {}
    if question.verb != "hand_in" or item is None or item.element_id != "commit_proof" or not given.get("signed"):
        return ABSTAIN
    made = session.get(Commitment, item.instance_id)
    promised = sorted(str(each.get("item")) for each in given.get("promises") or [])
    if made is None or promised == sorted(made.items):
        return ABSTAIN
    return forbid("承诺书的事项应与告知时选择的一致，一项一条，请核对后再提交。", CLAUSE)
