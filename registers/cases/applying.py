"""What is asked of every application when it is handed in, at the window or as a task that the system opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, or_, select, true, union
from sqlalchemy.orm import Session

from engine import clock, secrets
from engine.parameters import queries as parameters
from engine.rules.veto import ABSTAIN, Answer, Question, forbid, unknown, veto
from engine.runtime.models import Instance
from registers.accounts.models import Account
from registers.benefits.models import Benefit
from registers.cases.models import Case
from registers.filings.models import StaffKin
from registers.filings.rules import NAMESAKE
from registers.households import changes, ties
from registers.households.models import Person
from registers.households.services import APPLICATIONS


def numbers(values: Mapping[str, Any]) -> set[str]:
    """Keyed hashes of the ID numbers of everybody on an application."""
    return {print_ for print_, _ in _named(values)}


@veto.register
def own_relatives(session: Session, question: Question) -> Answer:
    """Nobody takes in the application of their own kin, or their own: a colleague does (57号 art. 11)."""
    given = _given(question)
    if not given or question.actor.id is None:
        return ABSTAIN
    me, known = question.actor.id, ties.numbers(given)
    kin = select(StaffKin.certain).where(StaffKin.account_id == me, StaffKin.fingerprint.in_(known))
    own = select(true()).where(select(Account.id).where(Account.id == me, Account.person.in_(known)).exists())
    found = set(session.scalars(union(kin, own)))
    if True in found:
        return forbid("您与本户存在近亲属关系，依规回避。请由其他受理员登记。", "mca-2021-57:11")
    return unknown(NAMESAKE, "mca-2021-57:11") if found else ABSTAIN


@veto.register
def once_in_a_household(session: Session, question: Question) -> Answer:
    """Nobody is counted twice in a household, neither by one number nor by two of which somebody decided that they are
    one person's: what the register would refuse is said while the form is still there."""
    given = _given(question)
    if not given:
        return ABSTAIN
    one = ties.groups(session, given)
    rows: dict[frozenset[str], list[tuple[str, str]]] = {}
    for print_, name in _people(question):
        rows.setdefault(one[print_], []).append((print_, name))
    twice = next((each for each in rows.values() if len(each) > 1), None)
    if twice is None:
        return ABSTAIN
    names = "、".join(dict.fromkeys(name for _, name in twice))
    if len({print_ for print_, _ in twice}) > 1:
        said = f"{names}的两个身份证号已核定为同一个人，一户里只能填一次。请核对家庭成员后再提交。"
        return forbid(said, "mca-2021-57:7")
    return forbid(f"{names}的身份证号在这一户填了两次，请核对家庭成员后再提交。", "mca-2021-57:7")


@veto.register
def among_the_living(session: Session, question: Question) -> Answer:
    """Whoever is registered as dead is on no application."""
    given = _given(question)
    gone = changes.dead(session, given) if given else []
    if not gone:
        return ABSTAIN
    called = {name for _, name in _people(question)}
    tied = "" if called.issuperset(gone) else "（已核定与申请表上的人是同一个人）"
    return forbid(f"{'、'.join(gone)}{tied}已登记死亡，不能列在申请上，请核对后再提交。")


@veto.register
def in_its_village(session: Session, question: Question) -> Answer:
    """The village of an application is that of its case: a case of another village would be publicised there."""
    if not _given(question):
        return ABSTAIN
    village = (question.facts.get("values") or {}).get("village")
    if not village or question.instance.area.rpartition("/")[2] == village:
        return ABSTAIN
    return forbid("申请表上的村与办件所在的村不一致，公示会贴错地方。请改正所在村，或到那个村登记。")


@veto.register
def in_another_case(session: Session, question: Question) -> Answer:
    """Nobody is in two open cases of a kind, or of kinds that exclude one another, at once: a second one would change
    the household that the first is being judged on. The reason names the open case."""
    given = _given(question)
    if not given:
        return ABSTAIN
    own = question.instance.process_id
    asked = (
        select(Case.number, Case.title, Person.name)
        .join(Instance, Instance.id == Case.instance_id)
        .join(Person, Person.household_id == Case.household_id)
        .where(
            Instance.status == "running",
            Instance.process_id.in_({own, *excluded_by(session, own)}),
            Instance.id != question.instance.id,
            Person.fingerprint.in_(ties.numbers(given)),
            Person.left_on.is_(None),
        )
    )
    if _alone(question):  # One person's own allowance: another member of the household may have asked for theirs.
        asked = asked.where(Person.name == Case.applicant)
    found = session.execute(asked.order_by(Case.instance_id, Person.id).limit(1)).first()
    if found is None:
        return ABSTAIN
    number, title, name = found
    return forbid(
        f"{name}已在办件{number}（{title}）中，办结之前不能重复登记。家庭情况有变化的，请在原办件中登记家庭变化；"
        "要改办的，请在原办件中办理“改办其他救助”。"
    )


@veto.register
def helped_already(session: Session, question: Question) -> Answer:
    """Nobody applies for what they receive already, nor is counted in two households that receive what excludes one
    another. A change of scheme within one household is no matter of this rule: the new decision ends the old."""
    given = _given(question)
    if not given:
        return ABSTAIN
    scheme, values = question.instance.process_id, question.facts.get("values") or {}
    head = secrets.fingerprint(str(values.get("id_number", "")).upper())
    home = select(Person.household_id).where(
        Person.fingerprint.in_(ties.numbers([head])), Person.relation == "head", Person.left_on.is_(None)
    )
    theirs = Benefit.person_id == Person.id
    counted = theirs if _alone(question) else or_(Benefit.person_id.is_(None), theirs)
    found = session.execute(
        select(Case.number, Case.title, Person.name, Benefit.scheme)
        .select_from(Benefit)
        .join(Person, Person.household_id == Benefit.household_id)
        .join(Case, Case.instance_id == Benefit.instance_id)
        .where(
            Benefit.status == "active",
            Benefit.one_off.is_(False),
            Person.fingerprint.in_(ties.numbers(given)),
            Person.left_on.is_(None),
            counted,
            or_(
                Benefit.scheme == scheme,
                and_(Benefit.scheme.in_(excluded_by(session, scheme)), Benefit.household_id.not_in(home)),
            ),
        )
        .order_by(Benefit.id, Person.id)
        .limit(1)
    ).first()
    if found is None:
        return ABSTAIN
    number, title, name, received = found
    if received == scheme:
        return forbid(f"{name}已经享受{title}（办件{number}），不用重新申请。情况有变化的，请办理复核或变更。")
    return forbid(f"{name}在另一户享受{title}（办件{number}），请先在那一户办理减少成员或退出。")


def excluded_by(session: Session, scheme: str) -> set[str]:
    """The schemes that cannot go together with this one, by the parameter `exclusive_schemes` (`a,b;a,c`)."""
    text = str(parameters.on(session, clock.today()).get("exclusive_schemes", ""))
    pairs = [{each.strip() for each in pair.split(",")} for pair in text.split(";")]
    return {other for pair in pairs if scheme in pair for other in pair - {scheme} if other}


def _alone(question: Question) -> bool:
    """Whether an application is one person's own: it names no members."""
    return "members" not in (question.facts.get("values") or {})


def _given(question: Question) -> set[str]:
    item = question.item
    if question.verb != "hand_in" or item is None or item.element_id not in APPLICATIONS:
        return set()
    return numbers(question.facts.get("values") or {})


def _people(question: Question) -> list[tuple[str, str]]:
    return _named(question.facts.get("values") or {})


def _named(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(keyed hash of the ID number, name) of everybody on an application who gives a number, the applicant first."""
    people = [values, *(values.get("members") or [])]
    return [
        (secrets.fingerprint(str(each["id_number"]).upper()), str(each.get("name") or ""))
        for each in people
        if each.get("id_number")
    ]
