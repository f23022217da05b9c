"""Who checks, who hears of a check before it comes, when it may be summed up."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from engine.runtime.models import Opening, Signature
from registers.cases.secrecy import NOTHING
from registers.samples.models import Check, SampleUnit

CHECK, VISIT = "spot_check", "spot_visit"
CLAUSE = "plan:2.1.3"
#: Who orders and makes checks; everybody else hears of a visit when it has been made.
CHECKING = ("discipline", "head", "county_review", "county_decide")


@veto.register
def strangers_visit(session: Session, question: Question) -> Answer:
    """A drawn unit is visited by people who had no hand in its case."""
    item, instance, me = question.item, question.instance, question.actor.id
    if question.verb not in ("claim", "complete") or item is None or item.element_id != "check_visit":
        return ABSTAIN
    case_id = (
        select(SampleUnit.case_id)
        .join(Check, Check.unit_id == SampleUnit.id)
        .where(Check.instance_id == instance.id)
        .scalar_subquery()
    )
    signed = session.scalar(
        select(Signature.id).where(Signature.instance_id == case_id, Signature.actor_id == me).limit(1)
    )
    if signed is None:
        return ABSTAIN
    return forbid("您办理过被抽查的这一件，不能参加核查。请由没有经手的人员核查。", CLAUSE)


@veto.register
def not_told_before_the_visit(session: Session, question: Question) -> Answer:
    """A visit that is announced finds nothing: until it has been made, only those who check know of it. Before the
    result is published, the same holds for the check itself."""
    instance = question.instance
    if instance is None or question.actor.is_system or instance.process_id not in (CHECK, VISIT):
        return ABSTAIN
    if question.verb == "retry":
        return ABSTAIN
    if any(grant.role in CHECKING and grant.covers(instance.area) for grant in question.actor.grants):
        return ABSTAIN
    if instance.process_id == VISIT:
        check = session.get(Check, instance.id)
        if check is not None and check.visited_at is not None:
            return ABSTAIN
    return forbid(NOTHING, hidden=True)


@veto.register
def all_visits_made(session: Session, question: Question) -> Answer:
    """A check is summed up when every drawn unit was visited and what was wrong is put right or handed over."""
    item = question.item
    if question.verb != "complete" or item is None or item.element_id != "summarise_check":
        return ABSTAIN
    waiting = (
        session.scalar(select(func.count()).where(Check.parent_id == item.instance_id, Check.closed_at.is_(None))) or 0
    )
    waiting += (
        session.scalar(
            select(func.count()).where(
                Opening.parent_id == item.instance_id, Opening.process_id == VISIT, Opening.instance_id.is_(None)
            )
        )
        or 0
    )
    if not waiting:
        return ABSTAIN
    return forbid(f"还有{waiting}件核查没有办结，全部办结以后才能汇总。", CLAUSE)


@veto.register
def check_duties(session: Session, question: Question) -> Answer:
    """The register of draws is read by those who check."""
    if question.verb != "see_samples":
        return ABSTAIN
    if any(question.actor.holds(role) for role in CHECKING):
        return allow()
    return forbid("您的角色不能查看抽查登记。", CLAUSE)
