"""Recusal: who is kin of a household keeps out of its case, everywhere."""

from __future__ import annotations

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, forbid, unknown, veto
from registers.accounts.models import Account
from registers.cases.models import Case
from registers.filings.models import Filing, StaffKin
from registers.households import ties
from registers.households.models import Person

#: What kin may not do. They may see that a case exists, not what is in it.
BARRED = {
    "claim", "complete", "view", "unmask", "object", "clarify", "be_told", "urge", "order", "assign", "reply",
    "ask_extension", "extend", "pause", "start", "move", "return", "take_back", "reopen", "sign",
    "attach", "detach", "export", "copy",
    "back_enter", "confirm_back_entry",
}  # fmt: skip
CLAUSE = "mca-2021-57:11"


@veto.register
def kin_keep_out(session: Session, question: Question) -> Answer:
    """Forbids whom the registers know as kin or as a member of the household; what an applicant declared of a namesake
    is unknown until cleared up, and unknown is never allow (57号 art. 11; 信访工作条例 art. 28 as model)."""
    if question.verb not in BARRED or question.instance is None or question.actor.id is None:
        return ABSTAIN
    me, own = question.actor.id, {question.instance.id, question.instance.parent_id or question.instance.id}
    people = (
        select(Person.fingerprint).join(Case, Case.household_id == Person.household_id).where(Case.instance_id.in_(own))
    )
    numbers = ties.numbers(people)
    known = select(literal("known")).where(
        or_(
            select(StaffKin.id).where(StaffKin.account_id == me, StaffKin.fingerprint.in_(numbers)).exists(),
            select(Account.id).where(Account.id == me, Account.person.in_(numbers)).exists(),
            select(Filing.id)
            .where(Filing.instance_id.in_(own), Filing.account_id == me, Filing.confirmed.is_(True))
            .exists(),
        )
    )
    open_ = select(literal("open")).where(
        select(Filing.id)
        .where(
            Filing.instance_id.in_(own),
            Filing.account_id == me,
            Filing.source == "declared",
            Filing.confirmed.is_(None),
        )
        .exists()
    )
    found = set(session.scalars(union_all(known, open_)))
    if "known" in found:
        return forbid("您与本户存在近亲属关系，依规回避。请由其他人员办理。", CLAUSE)
    if found:
        return unknown("申请人申明的近亲属与您同名，核实清楚之前您不能办理。请中心主任核实登记。", CLAUSE)
    return ABSTAIN
