"""Recusal: who is kin of a household keeps out of its case, everywhere."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import Session

from engine.rules.veto import ABSTAIN, Answer, Question, forbid, unknown, veto
from engine.transactions import once
from registers.accounts.models import Account
from registers.cases.models import Case
from registers.filings.models import Filing, KinFiling, StaffKin
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
NAMESAKE = "近亲属备案里有一位工作人员与您同名，核实清楚之前您不能办理这一户。请中心主任在“近亲属备案”中核实。"


@veto.register
def kin_keep_out(session: Session, question: Question) -> Answer:
    """Forbids whom the registers know as kin or as a member of the household; what an applicant declared of a namesake
    is unknown until cleared up, and unknown is never allow (57号 art. 11; 信访工作条例 art. 28 as model)."""
    if question.verb not in BARRED or question.instance is None or question.actor.id is None:
        return ABSTAIN
    me, own = question.actor.id, frozenset({question.instance.id, question.instance.parent_id or question.instance.id})
    found = once(session, ("kin", me, own), lambda: _what_is_known(session, me, own))
    if "known" in found:
        return forbid("您与本户存在近亲属关系，依规回避。请由其他人员办理。", CLAUSE)
    if "namesake" in found:
        return unknown(NAMESAKE, CLAUSE)
    if found:
        return unknown("申请人申明的近亲属与您同名，核实清楚之前您不能办理。请中心主任核实登记。", CLAUSE)
    return ABSTAIN


def _what_is_known(session: Session, me: int, own: Collection[int]) -> set[str]:
    """What the registers say of somebody and the household of a case: `known` kin or a member, a declared namesake that
    is `open`, a `namesake` among the relatives of the staff. One statement; a page asks for each of its buttons."""
    people = (
        select(Person.fingerprint).join(Case, Case.household_id == Person.household_id).where(Case.instance_id.in_(own))
    )
    numbers = ties.numbers(people)
    known = select(literal("known")).where(
        or_(
            _kin(me, numbers, certain=True),
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
    namesake = select(literal("namesake")).where(_kin(me, numbers, certain=False))
    return set(session.scalars(union_all(known, open_, namesake)))


@veto.register
def others_identify(session: Session, question: Question) -> Answer:
    """Whether an account is whom a filing names is found out by somebody else, not from a second account either."""
    account_id, me = question.facts.get("account_id"), question.actor.id
    if question.verb != "identify_staff" or me is None:
        return ABSTAIN
    own = select(Account.person).where(Account.id == me, Account.person.is_not(None))
    mine = select(Account.id).where(Account.id == account_id, or_(Account.id == me, Account.person.in_(own)))
    if session.scalar(mine) is not None:
        return forbid("是不是您本人，由其他人核实。", CLAUSE)
    return ABSTAIN


@veto.register
def namesakes_first(session: Session, question: Question) -> Answer:
    """A filing goes on when it is known whose relatives it files: as long as only the name fits an account, somebody
    would be filed, and another one handle the case."""
    item, instance = question.item, question.instance
    if question.verb not in ("complete", "hand_in") or item is None or item.element_id != "file_kin":
        return ABSTAIN
    named = select(KinFiling.staff_name).where(KinFiling.instance_id == instance.id)
    open_ = select(StaffKin.staff_name).where(StaffKin.certain.is_(False), StaffKin.staff_name.in_(named))
    doubt = session.scalar(open_.limit(1))
    if doubt is None:
        return ABSTAIN
    return forbid(f"有账号与{doubt}同名，还不知道备案的是不是其本人。请先在“近亲属备案”中核实。", CLAUSE)


def _kin(me: int, numbers: Any, *, certain: bool) -> Any:
    mine = select(StaffKin.id).where(StaffKin.account_id == me, StaffKin.fingerprint.in_(numbers))
    return mine.where(StaffKin.certain.is_(certain)).exists()
