"""An objection is settled before the case goes on."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, forbid, veto
from engine.runtime.models import Instance
from registers.cases.models import Case
from registers.objections.models import Objection

PROCESS = "objection"
#: The task that weighs the objections of a publicity.
WEIGHS = "handle_objections"
#: Who lives and works in the village, and what they may not do with an objection.
VILLAGERS = ("village", "secretary")
KEPT = ("view", "unmask", "be_told", "urge", "order", "assign")


@veto.register
def kept_from_the_village(session: Session, question: Question) -> Answer:
    """Who objects is confidential: those who live and work in the village do not see it (policy.md §7.3)."""
    instance = question.instance
    if question.verb not in KEPT or instance is None or instance.process_id != PROCESS:
        return ABSTAIN
    if any(grant.role not in VILLAGERS and grant.covers(instance.area) for grant in question.actor.grants):
        return ABSTAIN
    return forbid("异议人的信息保密，村级不能查看异议办件。", "mca-2021-57:19")


@veto.register
def begun_at_a_case(session: Session, question: Question) -> Answer:
    """An objection is recorded at the case that it is about, never by itself."""
    facts = question.facts
    if question.verb != "start" or facts.get("process_id") != PROCESS or facts.get("parent_id") is not None:
        return ABSTAIN
    return forbid("异议要从被公示的办件登记。请打开那件办件，点“登记异议”。", "mca-2021-57:19")


@veto.register
def settled_first(session: Session, question: Question) -> Answer:
    """Weighing the objections waits until each has been investigated and answered."""
    item = question.item
    if question.verb != "complete" or item is None or item.element_id != WEIGHS:
        return ABSTAIN
    left = session.execute(
        select(Case.number, Instance.stage)
        .select_from(Objection)
        .join(Instance, Instance.id == Objection.instance_id)
        .join(Case, Case.instance_id == Objection.instance_id)
        .where(Objection.parent_id == item.instance_id, Objection.settled_at.is_(None))
        .order_by(Objection.instance_id)
    ).all()
    if left:
        listed = "、".join(f"{number}（{stage}）" for number, stage in left)
        return forbid(f"还有{len(left)}件异议没有核查答复：{listed}。办结后才能提交。", "mca-2021-57:19")
    return ABSTAIN
