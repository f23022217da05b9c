"""What the registers know of a household, as a new application shows it first: nobody is asked for it twice.

Only what lasts is carried: who they are, where they live, how they are reached. Income, assets and the reason for
asking are what the application is judged on, so they are asked anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.runtime.models import Submission
from registers.cases.models import Case
from registers.households import changes
from registers.households.models import Household, Person
from registers.households.services import APPLICATIONS

#: What an earlier application told of a person that the register of people does not keep.
LASTING = ("marital", "local", "disability_kind", "work_place")
CIRCUMSTANCES = ("health", "disability", "work", "marital")


def known(session: Session, household: Household, applicant: Person) -> dict[str, Any]:
    """Values for the first form of an application of this person, by the keys of the shipped forms."""
    told = _told(session, household.id)
    values = {
        **_of(applicant, told),
        **{key: household.contact.get(key) for key in ("phone", "bank_account", "address")},
        "village": household.area.rpartition("/")[2],
        "hukou": "rural" if household.rural else "urban",
    }
    others = [each for each in changes.living(session, household.id) if each.id != applicant.id]
    values["members"] = [_of(each, told, applicant) for each in others]
    return {key: value for key, value in values.items() if value not in (None, "")}


def _of(person: Person, told: Mapping[str, Mapping[str, Any]], applicant: Person | None = None) -> dict[str, Any]:
    """One person. The relation is that to the head: where somebody else applies it is left to be chosen."""
    before = told.get(person.id_number, {})
    found = {key: before.get(key) for key in LASTING}
    found |= {key: (person.circumstances or {}).get(key) or found.get(key) for key in CIRCUMSTANCES}
    if found.get("disability") in (None, "none"):
        found.pop("disability_kind", None)
    found |= {"name": person.name, "id_number": person.id_number}
    if applicant is not None and applicant.relation == "head":
        found["relation"] = person.relation
    return {key: value for key, value in found.items() if value not in (None, "")}


def _told(session: Session, household_id: int) -> dict[str, Mapping[str, Any]]:
    """{ID number: what the last application of the household said of that person}."""
    made = session.scalar(
        select(Submission)
        .join(Case, Case.instance_id == Submission.instance_id)
        .where(Case.household_id == household_id, Submission.element_id.in_(APPLICATIONS))
        .order_by(Submission.id.desc())
        .limit(1)
    )
    if made is None:
        return {}
    people = [made.values, *(made.values.get("members") or [])]
    return {str(each["id_number"]).upper(): each for each in people if each.get("id_number")}
