"""Recusal: who is kin of a household keeps out of its case, everywhere."""

from __future__ import annotations

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, forbid, unknown, veto
from registers.cases.models import Case
from registers.filings.models import Filing, StaffKin
from registers.households.models import Person

#: What kin may not do. They may see that a case exists, not what is in it.
BARRED = {"claim", "complete", "view", "unmask", "object"}


@veto.register
def kin_keep_out(session: Session, question: Question) -> Answer:
    """Forbids what the register of relatives knows; what an applicant declared of a namesake is unknown until cleared
    up, and unknown is never allow (57号 art. 11; 信访工作条例 art. 28 as model)."""
    if question.verb not in BARRED or question.instance is None or question.actor.id is None:
        return ABSTAIN
    own = [question.instance.id, question.instance.parent_id or question.instance.id]
    household = select(Case.household_id).where(Case.instance_id.in_(own))
    known = (
        select(literal("register"))
        .select_from(StaffKin)
        .join(Person, Person.fingerprint == StaffKin.fingerprint)
        .where(StaffKin.account_id == question.actor.id, Person.household_id.in_(household), Person.left_on.is_(None))
    )
    declared = select(Filing.source).where(Filing.instance_id.in_(own), Filing.account_id == question.actor.id)
    found = set(session.scalars(union_all(known, declared)))
    if "register" in found:
        return forbid("您与本户存在近亲属关系，依规应当回避。请由其他人员办理。", "mca-2021-57:11")
    if found:
        return unknown("申请人申明与您同名的人是其近亲属，核实清楚之前您不能办理。请中心主任核实登记。", "mca-2021-57:11")
    return ABSTAIN
