"""What changed in a household, and which cases have not seen it yet.

A case has seen a change when its household was surveyed after the change was registered. Nothing of that is stored: it
is asked of the survey's own records (law 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import secrets
from engine.errors import Invalid
from engine.forms.kinds import id_number as read_id_number
from engine.forms.mask import id_number as mask
from engine.runtime.models import Instance, Submission
from registers.cases.models import Case
from registers.households import ties
from registers.households.models import Household, HouseholdChange, Person

KINDS = {
    "joined": "增加成员",
    "left": "减少成员",
    "died": "成员死亡",
    "head": "更换申请人",
    "income": "收入变化",
    "assets": "财产变化",
    "moved": "住址变化",
    "corrected": "更正登记",
    "other": "其他变化",
}
#: The tasks at which somebody looks at the household itself.
SURVEYS = ("home_visit", "elderly_check")
CLAUSE = "mca-2021-57:30"


def register(
    session: Session,
    *,
    household_id: int,
    kind: str,
    happened_on: date,
    now: datetime,
    who: str,
    reported_on: date | None = None,
    person_id: int | None = None,
    told: Mapping[str, Any] | None = None,
    material: bool = True,
    instance_id: int | None = None,
) -> HouseholdChange:
    """Writes a change down, in the open transaction. Whoever registers one has changed the people of the household
    already (`join`, `leave`), or does it in the same act.

    Raises Invalid for an unknown kind and for dates out of order: nothing is reported before it happened, nothing
    happens in the future.
    """
    reported_on = reported_on or now.date()
    if kind not in KINDS:
        raise Invalid.at("kind", "请选择变化的种类。")
    if happened_on > now.date():
        raise Invalid.at("happened_on", "发生日期不能晚于今天。")
    if not happened_on <= reported_on <= now.date():
        raise Invalid.at("reported_on", "申报日期应在发生日期和今天之间。")
    made = HouseholdChange(
        household_id=household_id,
        kind=kind,
        person_id=person_id,
        told=dict(told or {}),
        happened_on=happened_on,
        reported_on=reported_on,
        material=material,
        instance_id=instance_id,
        registered_at=now,
        registered_by=who,
        after_submission=session.scalar(select(func.max(Submission.id))) or 0,
    )
    session.add(made)
    session.flush()
    return made


def join(session: Session, household: Household, given: Mapping[str, Any]) -> Person:
    """Somebody lives there from now on: `name`, `id_number`, `relation`, and what else is known of them. Raises Invalid
    for a wrong number, for somebody who lives there already and for somebody who is registered as dead."""
    number, fault, _ = read_id_number(str(given.get("id_number", "")))
    if fault:
        raise Invalid.at("id_number", f"身份证号{fault}。")
    key = secrets.fingerprint(number)
    if dead(session, [key]):
        raise Invalid.at("id_number", f"{given.get('name', '')}已登记死亡，不能登记为家庭成员。")
    person = session.scalar(select(Person).where(Person.household_id == household.id, Person.fingerprint == key))
    if there := lives_there(session, household.id, key):
        raise Invalid.at("id_number", f"{there}已经是这户的成员。")
    if person is None:
        person = Person(household_id=household.id, fingerprint=key)
        session.add(person)
    describe(person, number, str(given["name"]))
    person.relation, person.left_on = str(given["relation"]), None
    person.circumstances = {key: given.get(key) for key in ("health", "disability", "work", "marital")}
    session.flush()
    return person


def leave(session: Session, person: Person, on: date, *, died: bool = False) -> None:
    """Somebody lives there no more. The head does not leave before another was named (`lead`)."""
    if person.left_on is not None:
        raise Invalid.at("person_id", f"{person.name}已经不是这户的成员。")
    if died:
        person.died_on = on
    person.left_on = on
    session.flush()


def lead(session: Session, household_id: int, person: Person, now: datetime) -> None:
    """Another member is the head from now on; open cases of the household are theirs."""
    if person.household_id != household_id or person.left_on is not None:
        raise Invalid.at("new_head_id", "请从现在的家庭成员中选择新的户主。")
    living = select(Person).where(Person.household_id == household_id, Person.relation == "head")
    for each in session.scalars(living):
        if each.id != person.id and each.left_on is None:
            each.relation = "other"
    person.relation = "head"
    running = (
        select(Case)
        .join(Instance, Instance.id == Case.instance_id)
        .where(Case.household_id == household_id, Instance.status == "running")
    )
    for case in session.scalars(running):
        case.applicant = person.name
    session.flush()


def describe(person: Person, number: str, name: str) -> None:
    """What an ID number says of a person (GB 11643): the birth date from the seventh place on; the last digit of the
    sequence is odd for men."""
    person.name, person.id_number, person.masked = name, number, mask(number)
    person.fingerprint = secrets.fingerprint(number)
    person.birth, person.male = date.fromisoformat(number[6:14]), int(number[16]) % 2 == 1


def living(session: Session, household_id: int) -> list[Person]:
    """Who lives there now, the head first."""
    rows = session.scalars(
        select(Person).where(Person.household_id == household_id, Person.left_on.is_(None)).order_by(Person.id)
    )
    return sorted(rows, key=lambda each: each.relation != "head")


def dead(session: Session, keys: Iterable[str]) -> list[str]:
    """The names of those who are registered as dead, by the keyed hashes of their ID numbers, in whatever household and
    under whatever other number they are known."""
    known = Person.fingerprint.in_(ties.numbers(keys))
    return sorted(session.scalars(select(Person.name).where(known, Person.died_on.is_not(None)).distinct()))


def lives_there(session: Session, household_id: int, key: str, besides: int | None = None) -> str | None:
    """The name of the member of a household who is this person, by the keyed hash of their ID number or by another
    number under which they are known; None when nobody is, the person `besides` aside."""
    found = select(Person.name).where(
        Person.household_id == household_id, Person.left_on.is_(None), Person.fingerprint.in_(ties.numbers([key]))
    )
    return session.scalar((found if besides is None else found.where(Person.id != besides)).limit(1))


def pending(session: Session, instance: Instance) -> list[HouseholdChange]:
    """The changes that matter and that a case has not seen: registered after its last survey. None before the first
    survey: it will see them."""
    case = session.get(Case, instance.id)
    if case is None or case.household_id is None:
        return []
    surveyed = session.scalar(
        # A survey whose form was corrected was not made anew.
        select(func.max(Submission.id)).where(
            Submission.instance_id == instance.id,
            Submission.element_id.in_(SURVEYS),
            Submission.supersedes_id.is_(None),
        )
    )
    if surveyed is None:
        return []
    return list(
        session.scalars(
            select(HouseholdChange)
            .where(
                HouseholdChange.household_id == case.household_id,
                HouseholdChange.material.is_(True),
                HouseholdChange.after_submission >= surveyed,
            )
            .order_by(HouseholdChange.id)
        )
    )


def registered_after(session: Session, instance: Instance, at: datetime) -> list[HouseholdChange]:
    """The changes of a case's household that were registered after an instant."""
    case = session.get(Case, instance.id)
    if case is None or case.household_id is None:
        return []
    asked = select(HouseholdChange).where(
        HouseholdChange.household_id == case.household_id, HouseholdChange.registered_at > at
    )
    return list(session.scalars(asked.order_by(HouseholdChange.id)))


def of_household(session: Session, household_id: int) -> list[HouseholdChange]:
    """Everything that changed, the newest first."""
    return list(
        session.scalars(
            select(HouseholdChange)
            .where(HouseholdChange.household_id == household_id)
            .order_by(HouseholdChange.id.desc())
        )
    )
