"""What flows ask of the household register."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from engine import secrets
from engine.errors import DoudiError
from engine.runtime.services import OF_PROCESS, Outputs, ServiceCall, services
from registers.cases.models import Case
from registers.cases.numbers import case_number
from registers.households import changes, ties
from registers.households.models import Household, IncomeStatement, Person

INCOME = ("income_wage", "income_business", "income_property", "income_transfer", "income_other")
MONEY = (
    *INCOME, "basic_pension", "elderly_income", "income_exempt", "job_cost", "rigid_expense", "expense_medical",
    "expense_education", "expense_rent", "expense_disability", "assets_financial", "year_income", "year_living",
    "year_medical", "year_education", "year_rehabilitation", "year_other",
)  # fmt: skip
ASSETS = (
    "asset_car", "asset_machinery", "asset_second_house", "asset_employs", "asset_school", "asset_abroad",
    "asset_luxury",
)  # fmt: skip
#: What is neither money nor yes or no: how many cars and homes, how large, what for.
COUNTS = ("asset_cars", "asset_car_use", "homes", "home_area")

#: The first task of each scheme: the application that its case begins with.
APPLICATIONS = (
    "fill_application",
    "apply_tekun",
    "apply_marginal",
    "apply_hardship",
    "apply_relief",
    "apply_elderly",
)


def application(call: ServiceCall) -> dict[str, Any]:
    """What the case of the call began with: the values of its scheme's application."""
    made = [found for found in (call.submission(task) for task in APPLICATIONS) if found is not None]
    return dict(max(made, key=lambda each: each.id).values) if made else {}


@services.service(
    "households.register",
    "登记家庭与诉求",
    outputs={"members": "number", "rural": "boolean", "applicant": "text", "scheme": "text"},
    fixed={"scheme": OF_PROCESS},
    reads=APPLICATIONS,
)
def register(call: ServiceCall) -> Outputs:
    """Writes the household, its people and what they declare, and gives the case its number (57号 art. 4–7)."""
    given = application(call)
    if call.instance.area.rpartition("/")[2] != given["village"]:
        raise DoudiError("申请表上的村与办件登记的村不一致，公示会贴错地方。请核对后重新登记。")
    people = [{**given, "relation": "head"}, *(given.get("members") or [])]
    prints = [secrets.fingerprint(person["id_number"].upper()) for person in people]
    gone = changes.dead(call.session, prints)
    if gone:
        raise DoudiError(f"{'、'.join(gone)}已登记死亡，不能列为家庭成员，请核对后重新登记。")
    if len({*ties.groups(call.session, prints).values()}) != len(prints):
        raise DoudiError("同一个人在这一户登记了两次，请核对家庭成员后重新登记。")
    household = _household(call, given)
    if "members" in given or changes.lives_there(call.session, household.id, prints[0]) is None:
        _people(call, household, people)
    call.session.add(
        IncomeStatement(
            household_id=household.id,
            instance_id=call.instance.id,
            source="declared",
            figures=figures(given),
            made_at=call.now,
        )
    )
    case = call.session.get(Case, call.instance.id)
    if case is None:
        process = call.release.processes[call.instance.process_id]
        scheme = process.scheme or process.id
        case = Case(
            instance_id=call.instance.id,
            number=case_number(call.session, call.instance.area, scheme, call.now.year),
            scheme=scheme,
            title=process.name,
            created_at=call.now,
            filed=False,
            complaint=False,
        )
        call.session.add(case)
    case.household_id, case.applicant, case.area = household.id, given["name"], call.instance.area
    return {
        "members": len(people),
        "rural": given["hukou"] == "rural",
        "applicant": given["name"],
        "scheme": case.scheme,
    }


def figures(given: dict[str, Any]) -> dict[str, Any]:
    """The money and the assets of a form, by the same keys; what a form leaves out is 0 or no."""
    found = {key: given.get(key) or 0 for key in MONEY} | {key: bool(given.get(key)) for key in ASSETS}
    return found | {key: given[key] for key in COUNTS if given.get(key) is not None}


def _household(call: ServiceCall, given: dict[str, Any]) -> Household:
    """The household whose head this is, else a new one; its contact is what was said last.

    An application that names no members is one person's own (an allowance): it leaves the household that they live in
    as it is, whoever its head is."""
    alone = "members" not in given
    question = (
        select(Household)
        .join(Person, Person.household_id == Household.id)
        .where(Person.fingerprint == secrets.fingerprint(given["id_number"].upper()), Person.left_on.is_(None))
        .limit(1)
    )
    found = call.session.scalar(question if alone else question.where(Person.relation == "head"))
    if found is not None and alone:
        return found
    if found is None:
        found = Household(created_at=call.now)
        call.session.add(found)
    found.area, found.rural = call.instance.area, given["hukou"] == "rural"
    found.contact = {key: given.get(key, "") for key in ("address", "phone", "bank_account")}
    call.session.flush()
    return found


def _people(call: ServiceCall, household: Household, people: list[dict[str, Any]]) -> None:
    """Who lives there by this application. Where that differs from what is known, it is a change that open cases of
    the household must see."""
    rows = list(call.session.scalars(select(Person).where(Person.household_id == household.id)))
    known, before = {each.fingerprint: each for each in rows}, {each.id for each in rows if each.left_on is None}
    today = call.now.date()
    for given in people:
        number = given["id_number"].upper()
        key = secrets.fingerprint(number)
        person = known.pop(key, None)
        if person is None:
            person = Person(household_id=household.id, fingerprint=key)
            call.session.add(person)
        changes.describe(person, number, given["name"])
        person.relation, person.left_on = given["relation"], None
        person.circumstances = {key: given.get(key) for key in ("health", "disability", "work", "marital")}
        call.session.flush()
        if before and person.id not in before:
            _changed(call, household, "joined", person, today)
    for gone in known.values():
        if gone.left_on is None:
            gone.left_on = today
            _changed(call, household, "left", gone, today)


def _changed(call: ServiceCall, household: Household, kind: str, person: Person, today: date) -> None:
    changes.register(
        call.session,
        household_id=household.id,
        kind=kind,
        person_id=person.id,
        told={"name": person.name, "by": "新的申请表"},
        happened_on=today,
        now=call.now,
        who=call.actor.name,
        instance_id=call.instance.id,
    )


@services.service("households.settle_changes", "核对办理中的家庭变化", outputs={"changed": "boolean"})
def settle_changes(call: ServiceCall) -> Outputs:
    """Whether the household changed since the survey saw it (57号 art. 30): then it is surveyed anew before anybody
    decides. The register of people holds what changed already, so the next assessment counts by it."""
    return {"changed": bool(changes.pending(call.session, call.instance))}
