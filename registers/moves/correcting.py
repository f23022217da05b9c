"""更正登记: what was typed wrongly about a household is put right, by two people, with what stood there before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import secrets
from engine.errors import Refused
from engine.forms import mask
from engine.forms.kinds import id_number, phone
from engine.runtime.models import Instance
from engine.transactions import Deed
from registers.accounts.models import Account
from registers.benefits.models import Decision
from registers.cases.models import Case
from registers.filings.models import Filing, StaffKin
from registers.households import changes, ties
from registers.households.models import Household, Person
from registers.moves import kinds, letters
from registers.moves.kinds import Filled, Kind
from registers.moves.models import Move
from registers.moves.reading import Reading

CLAUSE = "mca-2021-57:7"
#: The account that money goes to has a register and two people of its own (registers.payments).
FIELDS = {
    "phone": "联系电话",
    "address": "住址",
    "name": "成员姓名",
    "id_number": "成员身份证号",
}
CHECKS = {"phone": phone, "id_number": id_number}
#: What a survey and a data check went by: they are done anew.
MATERIAL = ("id_number",)
OF_A_MEMBER = ("name", "id_number")


def fits(session: Session, instance: Instance) -> None:
    case = session.get(Case, instance.id)
    if case is None or case.household_id is None:
        raise Refused("这件办件没有登记家庭，没有可以更正的内容。")


def read(session: Session, instance: Instance, reading: Reading) -> Filled:
    case = session.get(Case, instance.id)
    name = reading.one_of("field", FIELDS, "更正哪一项")
    told: dict[str, Any] = {"field": name, "reason": reading.text("why", "请写明错在哪里、依据什么更正。")}
    value = reading.text("value", "请填写正确的内容。", 200)
    if name in CHECKS and value:
        found, fault, _ = CHECKS[name](value)
        if fault:
            reading.wrong("value", f"{FIELDS[name]}{fault}。")
        value = found if found is not None else value
    told["value"] = value
    person = None
    if name in OF_A_MEMBER:
        members = {each.id: each for each in changes.living(session, case.household_id)}
        person = members.get(reading.number("person_id", "更正哪位成员"))
        if person is None and not reading.problems:
            reading.wrong("person_id", "请从现在的家庭成员中选择。")
    if name == "id_number" and person is not None and not reading.problems:
        _free(session, case, person, value, reading)
    return Filled(reading.today, told, person.id if person else None)


def _free(session: Session, case: Case, person: Person, number: str, reading: Reading) -> None:
    """Nobody becomes somebody who is in another open case, lives in this household already, or is dead."""
    key = secrets.fingerprint(number)
    if changes.dead(session, [key]):
        reading.wrong("value", "这个身份证号的持有人已登记死亡。")
    if changes.lives_there(session, person.household_id, key, besides=person.id):
        reading.wrong("value", "这户已经有这个身份证号的成员。")
    other = (
        select(Case.number)
        .join(Instance, Instance.id == Case.instance_id)
        .join(Person, Person.household_id == Case.household_id)
        .where(
            Instance.status == "running",
            Case.household_id != person.household_id,
            Person.fingerprint.in_(ties.numbers([key])),
            Person.left_on.is_(None),
        )
    )
    number_of = session.scalar(other.limit(1))
    if number_of:
        reading.wrong("value", f"这个身份证号已在办件{number_of}中，请先核实。")


def effect(deed: Deed, instance: Instance, move: Move) -> str:
    session, told = deed.session, move.told
    case = session.get(Case, instance.id)
    name, value = told["field"], told["value"]
    if name in OF_A_MEMBER:
        person = session.get(Person, move.person_id, with_for_update=True)
        if person.left_on is not None:
            raise Refused(f"{person.name}已经不是这户的成员，请刷新后核对。")
        reading = Reading({}, deed.now.date())
        if name == "id_number":
            _free(session, case, person, value, reading)
        if reading.problems:
            raise Refused(reading.problems[0]["message"])
        before = person.name if name == "name" else person.masked
        number, called = (value, person.name) if name == "id_number" else (person.id_number, value)
        tied = ties.one_person(session, person.id) if name == "id_number" else ()
        changes.describe(person, number, called)
        ties.write_aliases(session, *tied)
        if name == "name" and person.relation == "head":
            case.applicant = value
        _filed(deed, instance, case, person)
    else:
        household = session.get(Household, case.household_id, with_for_update=True)
        before = mask.value(name, household.contact.get(name) or "（空）")
        household.contact = {**household.contact, name: value}
    changes.register(
        session,
        household_id=case.household_id,
        kind="corrected",
        happened_on=deed.now.date(),
        person_id=move.person_id,
        told={"field": name, "before": before, "reason": told["reason"]},
        material=name in MATERIAL,
        instance_id=instance.id,
        now=deed.now,
        who=deed.actor.name,
    )
    # What the journal may say: a masked number, never a name or an address.
    said = f"由{before}更正为{mask.value(name, value)}" if name in CHECKS else "已更正"
    again = "；须重新调查后再决定" if name in MATERIAL and instance.status == "running" else ""
    told_so = "；已制发更正通知书" if _letter(deed, instance, move, before) else ""
    return f"{FIELDS[name]}{said}{again}{told_so}"


def _letter(deed: Deed, instance: Instance, move: Move, before: str) -> bool:
    """A clerical error in what was decided already is put right in writing (57号 art. 21); whether it was."""
    if deed.session.get(Decision, instance.id) is None:
        return False
    name = move.told["field"]
    row = {"what": FIELDS[name], "before": before, "after": mask.value(name, move.told["value"])}
    letters.issue(deed, instance, "rectification_notice", f"correct:{move.id}", {"corrected": [row]})
    return True


def _filed(deed: Deed, instance: Instance, case: Case, person: Person) -> None:
    """Whoever the corrected number or name turns out to be kin of is filed, as at the acceptance (57号 art. 11)."""
    session, numbers = deed.session, ties.numbers([person.fingerprint])
    kin = [
        (each.account_id if each.certain else None, each.staff_name, each.post, each.relation, "register")
        for each in session.scalars(select(StaffKin).where(StaffKin.fingerprint.in_(numbers)))
    ]
    staff = session.scalars(select(Account).where(Account.person.in_(numbers)))
    kin += [(each.id, each.name, "", "self", "self") for each in staff]
    known = {
        (each.account_id, each.staff_name, each.relation)
        for each in session.scalars(select(Filing).where(Filing.instance_id == instance.id))
    }
    for account_id, name, post, relation, source in kin:
        if (account_id, name, relation) not in known:
            known.add((account_id, name, relation))
            session.add(
                Filing(
                    instance_id=instance.id,
                    source=source,
                    account_id=account_id,
                    staff_name=name,
                    post=post,
                    relation=relation,
                    filed_at=deed.now,
                )
            )
            case.filed = True


kinds.register(
    Kind(
        "correct",
        "更正登记",
        ("clerk", "director", "county_review"),
        ("director", "deputy"),
        CLAUSE,
        fits,
        read,
        effect,
        "确认以后立即更正；更正身份证号的，须重新核对和调查。",
    )
)
