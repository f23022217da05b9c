"""What is asked of every application when it is handed in, at the window or as a task that the system opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import secrets
from engine.rules.veto import ABSTAIN, Answer, Question, forbid, veto
from engine.runtime.models import Instance
from registers.accounts.models import Account
from registers.cases.models import Case
from registers.filings.models import StaffKin
from registers.households.models import Person
from registers.households.services import APPLICATIONS


def numbers(values: Mapping[str, Any]) -> set[str]:
    """Keyed hashes of the ID numbers of everybody on an application."""
    people = [values, *(values.get("members") or [])]
    return {secrets.fingerprint(each["id_number"].upper()) for each in people if each.get("id_number")}


@veto.register
def own_relatives(session: Session, question: Question) -> Answer:
    """Nobody takes in the application of their own kin, or their own: a colleague does (57号 art. 11)."""
    given = _given(question)
    if not given or question.actor.id is None:
        return ABSTAIN
    me = question.actor.id
    kin = select(StaffKin.id).where(StaffKin.account_id == me, StaffKin.fingerprint.in_(given))
    own = select(Account.id).where(Account.id == me, Account.person.in_(given))
    if session.scalar(select(or_(kin.exists(), own.exists()))):
        return forbid("您与本户存在近亲属关系，依规回避。请由其他受理员登记。", "mca-2021-57:11")
    return ABSTAIN


@veto.register
def in_another_case(session: Session, question: Question) -> Answer:
    """Nobody is in two open cases of a kind at once: a second one would change the household that the first is being
    judged on. The reason names the open case."""
    given = _given(question)
    if not given:
        return ABSTAIN
    found = session.execute(
        select(Case.number, Person.name)
        .join(Instance, Instance.id == Case.instance_id)
        .join(Person, Person.household_id == Case.household_id)
        .where(
            Instance.status == "running",
            Instance.process_id == question.instance.process_id,
            Instance.id != question.instance.id,
            Person.fingerprint.in_(given),
            Person.left_on.is_(None),
        )
        .limit(1)
    ).first()
    if found is None:
        return ABSTAIN
    number, name = found
    return forbid(f"{name}已在办件{number}中，办结之前不能重复登记。家庭情况有变化的，请在原办件中说明。")


def _given(question: Question) -> set[str]:
    item = question.item
    if question.verb != "hand_in" or item is None or item.element_id not in APPLICATIONS:
        return set()
    return numbers(question.facts.get("values") or {})
