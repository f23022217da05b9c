"""Who keeps out of a complaint, who may hear of a report, what a decider may not do while one waits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select, union
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from engine.runtime.models import Signature
from registers.accounts.models import Account
from registers.cases.secrecy import NOTHING, hides
from registers.complaints import people, queries
from registers.complaints.models import Accused, Seal
from registers.filings.models import StaffKin
from registers.households import ties
from registers.households.models import Person
from registers.notices import queries as notices
from registers.notices.models import Notice

PETITION, REVIEW, REPORT = "petition", "petition_review", "report"
#: The kinds of matters that may speak against people who must not hear of them.
KINDS = (PETITION, REVIEW, REPORT, "spot_check", "spot_visit")
#: Tasks that judge a complaint: whoever had a hand in what it is about does none of them.
JUDGING = ("investigate_petition", "mediate_petition", "petition_opinion", "review_facts", "review_opinion")
DECIDING = ("county_decide", "township_decide")
CONFIDENTIAL, RECUSAL = "petition-2022:30", "petition-2022:28"


@hides
def from_the_accused(session: Session, actor: Actor, table: Any) -> ColumnElement[bool] | None:
    """Who is accused, or kin of the accused, does not find the matter anywhere, nor what belongs to it. A report
    against the township's discipline officer or its head is the county's alone.

    Their numbers, few as they are, and not the question for them: a list would ask it with every row, and at most
    times there is none."""
    kept = people.against(actor)
    if all("/" in grant.area for grant in actor.grants):
        kept = union(kept, select(Seal.instance_id).where(Seal.level == "county"))
    matters = session.scalars(kept).all()
    return or_(table.id.in_(matters), func.coalesce(table.parent_id, table.id).in_(matters)) if matters else None


@veto.register
def accused_keep_out(session: Session, question: Question) -> Answer:
    """Who is accused, or kin of the accused, is barred from everything about the matter, whatever the verb. The words
    tell them nothing."""
    instance, actor = question.instance, question.actor
    if instance is None or actor.id is None or instance.process_id not in KINDS:
        return ABSTAIN
    own = {instance.id, instance.parent_id or instance.id}
    found = session.scalar(people.against(actor).where(Accused.instance_id.in_(own)).limit(1))
    return ABSTAIN if found is None else forbid(NOTHING, hidden=True)


@veto.register
def complainants_kin_keep_out(session: Session, question: Question) -> Answer:
    """Who complains, their kin, and kin of the household that the complaint is about recuse themselves (art. 28)."""
    instance, me = question.instance, question.actor.id
    if instance is None or me is None or instance.process_id not in (PETITION, REVIEW, REPORT):
        return ABSTAIN
    matter = queries.matter_of(session, instance)
    if matter is None or (matter.id_key is None and matter.household_id is None):
        return ABSTAIN
    household = select(Person.fingerprint).where(Person.household_id == matter.household_id)
    bound = household if matter.id_key is None else union(household, select(literal(matter.id_key)))
    known = ties.numbers(bound)
    mine = select(Account.id).where(Account.id == me, Account.person.in_(known))
    kin = select(StaffKin.id).where(StaffKin.account_id == me, StaffKin.fingerprint.in_(known))
    if session.scalar(select(mine.exists() | kin.exists())):
        return forbid("您与信访人或者被反映的家庭有近亲属关系，依规回避。请由其他人员办理。", RECUSAL)
    return ABSTAIN


@veto.register
def handlers_do_not_judge(session: Session, question: Question) -> Answer:
    """Who had a hand in the case that a complaint is about does not investigate, mediate or answer it; who answered a
    complaint does not review the answer (art. 28)."""
    item, instance, me = question.item, question.instance, question.actor.id
    if question.verb not in ("claim", "complete") or item is None or item.element_id not in JUDGING:
        return ABSTAIN
    judged = queries.judged_by(session, instance)
    signed = session.scalar(
        select(Signature.id).where(Signature.instance_id.in_(judged), Signature.actor_id == me).limit(1)
    )
    if signed is None:
        return ABSTAIN
    return forbid("您办理过被反映的事项，依规回避。请由其他人员办理。", RECUSAL)


@veto.register
def visited_after_a_complaint(session: Session, question: Question) -> Answer:
    """While a complaint about a case in review has had no visit of the county, its decider can only send it back (57号
    art. 20). The words do not say who complained of what: the decider may be the one."""
    item = question.item
    if question.verb != "hand_in" or item is None or item.element_id not in DECIDING:
        return ABSTAIN
    if (question.facts.get("flow") or {}).get("decision") == "return":
        return ABSTAIN
    if not queries.unvisited(session, item.instance_id):
        return ABSTAIN
    return forbid("这件办件依规须先由县级两人入户核查，才能作出决定。请选择“退回”，核查以后再决定。", "mca-2021-57:20")


@veto.register
def told_of_the_delay(session: Session, question: Question) -> Answer:
    """An answer that took the longer time leaves the house only after the letter that says why was served (art. 34)."""
    item = question.item
    if question.verb != "complete" or item is None or item.element_id != "deliver_petition_opinion":
        return ABSTAIN
    if not queries.extended(session, item.instance_id):
        return ABSTAIN
    told = session.scalar(
        select(Notice.id).where(Notice.instance_id == item.instance_id, Notice.template == "petition_extension")
    )
    if told is not None and told not in {each.id for each in notices.unserved(session, item.instance_id)}:
        return ABSTAIN
    return forbid("办理期限延长过，还没有把延期理由告知信访人。请先制发并送达延期办理告知书。", "petition-2022:34")


@veto.register
def head_signs_the_extension(session: Session, question: Question) -> Answer:
    """More time for a complaint is the head's to give (art. 34), not the deputy's."""
    instance = question.instance
    if question.verb != "extend" or instance is None or instance.process_id not in (PETITION, REVIEW):
        return ABSTAIN
    if question.actor.holds("head", instance.area):
        return ABSTAIN
    return forbid("信访事项延长办理期限，由本机关负责人批准。", "petition-2022:34")


@veto.register
def complaint_duties(session: Session, question: Question) -> Answer:
    """Identifying an accused is the discipline office's; telling of a delay is whoever handles complaints; the ledger
    of real-name clues is read by those who follow it up."""
    roles = DUTIES.get(question.verb)
    if roles is None:
        return ABSTAIN
    area = question.instance.area if question.instance is not None else None
    if any(question.actor.holds(role, area) for role in roles):
        return allow()
    return forbid("您的角色不能办理这一项。", CONFIDENTIAL)


DUTIES = {
    "identify": ("discipline",),
    "tell_delay": ("clerk", "director", "deputy"),
    "see_clues": ("discipline", "director", "deputy", "head", "county_review", "county_decide"),
}
