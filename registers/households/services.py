"""What flows ask of the household register."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from engine import secrets
from engine.errors import DoudiError
from engine.forms.mask import id_number as mask
from engine.runtime.services import Outputs, ServiceCall, services
from registers.cases.models import Case
from registers.cases.numbers import case_number
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
    reads=APPLICATIONS,
)
def register(call: ServiceCall) -> Outputs:
    """Writes the household, its people and what they declare, and gives the case its number (57号 art. 4–7)."""
    given = application(call)
    if call.instance.area.rpartition("/")[2] != given["village"]:
        raise DoudiError("申请表上的村与办件登记的村不一致，公示会贴错地方。请核对后重新登记。")
    people = [{**given, "relation": "head"}, *(given.get("members") or [])]
    numbers = [person["id_number"].upper() for person in people]
    if len(set(numbers)) != len(numbers):
        raise DoudiError("同一个身份证号在这一户登记了两次，请核对家庭成员后重新登记。")
    household = _household(call, given)
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
    """The household whose head this is, else a new one; its contact is what was said last."""
    found = call.session.scalar(
        select(Household)
        .join(Person, Person.household_id == Household.id)
        .where(
            Person.fingerprint == secrets.fingerprint(given["id_number"]),
            Person.relation == "head",
            Person.left_on.is_(None),
        )
        .limit(1)
    )
    if found is None:
        found = Household(created_at=call.now)
        call.session.add(found)
    found.area, found.rural = call.instance.area, given["hukou"] == "rural"
    found.contact = {key: given.get(key, "") for key in ("address", "phone", "bank_account")}
    call.session.flush()
    return found


def _people(call: ServiceCall, household: Household, people: list[dict[str, Any]]) -> None:
    known = {
        person.fingerprint: person
        for person in call.session.scalars(select(Person).where(Person.household_id == household.id))
    }
    for given in people:
        number = given["id_number"].upper()
        key = secrets.fingerprint(number)
        person = known.pop(key, None)
        if person is None:
            person = Person(household_id=household.id, fingerprint=key)
            call.session.add(person)
        person.name, person.id_number, person.masked = given["name"], number, mask(number)
        # GB 11643: the birth date from the seventh place on; the last digit of the sequence is odd for men.
        person.birth, person.male = date.fromisoformat(number[6:14]), int(number[16]) % 2 == 1
        person.relation, person.left_on = given["relation"], None
        person.circumstances = {key: given.get(key) for key in ("health", "disability", "work", "marital")}
    for gone in known.values():
        gone.left_on = gone.left_on or call.now.date()
