"""What decisions ask of the applicant alone: age, disability, supporters, what an old person receives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.errors import DoudiError
from engine.runtime.services import Outputs, ServiceCall, services
from registers.assessments.decide import decide
from registers.assessments.given import READS, members, number, values
from registers.assessments.people import age
from registers.assessments.received import by_applicant, fingerprints
from registers.benefits.models import Benefit
from registers.cases.services import of
from registers.households.models import Household, Person


@services.service(
    "assessment.person",
    "汇总申请人本人情况",
    outputs={
        "age": "number",
        "disability_grade": "number",
        "disability_kind": "text",
        "ill": "boolean",
        "incapacitated": "boolean",
        "unemployed": "boolean",
        "clergy": "boolean",
        "apply_alone": "boolean",
        "family_marginal": "boolean",
        "orphan_route": "boolean",
        "supporters": "number",
        "supporter_able": "boolean",
        "hukou_ningxia": "boolean",
        "fixed_income": "boolean",
        "age_supplement": "boolean",
        "receives": "text",
        "rural": "boolean",
    },
    reads=READS,
)
def person(call: ServiceCall) -> Outputs:
    """The applicant as the register has them, with what the forms say (57号 art. 8; 43号 art. 5, 8, 9)."""
    found = values(call)
    head = next((each for each in members(call) if each.head), None)
    if head is None:
        raise DoudiError("家庭里没有登记申请人（户主），请先登记家庭成员。")
    supporters = [row for row in found.get("supporters") or [] if isinstance(row, Mapping)]
    return {
        "age": head.age,
        "disability_grade": head.grade,
        "disability_kind": head.kind,
        "ill": head.ill,
        **{key: bool(found.get(key)) for key in ("incapacitated", "clergy", "apply_alone", "orphan_route")},
        "unemployed": head.work in ("unemployed", "unable"),
        "family_marginal": family_marginal(call),
        "supporters": len(supporters),
        "supporter_able": not all(unable(call, row) for row in supporters),
        **{key: bool(found.get(key)) for key in ("hukou_ningxia", "fixed_income", "age_supplement")},
        "receives": ",".join(sorted(by_applicant(call))),
        "rural": call.session.get_one(Household, of(call).household_id).rural,
    }


def unable(call: ServiceCall, row: Mapping[str, Any]) -> bool:
    """Whether a supporter cannot support, by the release's decision (43号 art. 8)."""
    return decide(
        call.release,
        "supporter_unable",
        call.parameters,
        supporter_status=str(row.get("status") or "able"),
        supporter_age=_age(call, row),
        supporter_low_income=bool(row.get("low_income")),
        supporter_assets_fit=bool(row.get("assets_fit")),
    )["supporter_unable"]


def family_marginal(call: ServiceCall) -> bool:
    """Whether a household that the applicant lives in is recognised as 低保边缘 now: the register says so, no form."""
    people = fingerprints(call.session, of(call).household_id, relation="head")
    found = call.session.scalar(
        select(Benefit.id)
        .join(Person, Person.household_id == Benefit.household_id)
        .where(
            Benefit.scheme == "marginal",
            Benefit.status == "active",
            Person.fingerprint.in_(people),
            Person.left_on.is_(None),
        )
        .limit(1)
    )
    return found is not None


def _age(call: ServiceCall, row: Mapping[str, Any]) -> int | float:
    """By the ID number where there is one: what it says cannot be made older."""
    digits = str(row.get("id_number") or "")
    if len(digits) == 18:
        return age(date.fromisoformat(digits[6:14]), call.now.date())
    return number(row, "age")
