"""The names that a template reads, for one document of one case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine import clock
from engine.documents.facts import Facts
from engine.documents.head import Head
from engine.documents.names import PUBLIC
from engine.runtime.models import Instance, Submission
from engine.runtime.services import ServiceCall
from registers.areas import queries as areas
from registers.cases.models import Case
from registers.cases.schemes import SCHEMES
from registers.households import queries as households
from registers.notices import words
from registers.notices.issuer import Issuer
from registers.notices.papers import Nothing, Paper, Papers

#: A household of whom nobody has reached this age is not named on a board (个保法 art. 28; policy.md §7.2).
ADULT = 18
UNNAMED = "（未成年人，姓名不公示）"


def names(
    call: ServiceCall,
    head: Head,
    issuer: Issuer,
    number: str,
    given: Mapping[str, Any] | None = None,
    made: Submission | None = None,
) -> dict[str, Any]:
    """Everything that `engine.documents.names` lists but `reasons`; only the whitelist for a sheet on a board.

    What a case does not have (no number yet, no applicant) is absent: a template that reads it fails.
    """
    case = case_of(call)
    ending = bool(call.flow.get("ending"))
    parameters = words.Given(call.parameters, case.scheme if case is not None else "", ending=ending)
    full = head.full
    found: dict[str, Any] = {
        "number": number,
        "village": areas.name(call.session, call.instance.area),
        "date": words.day(call.now),
        "office": issuer.name,
        "handler": handler(call),
        "complaint_phone": parameters.value("complaint_phone"),
        "appeal_organ": parameters.value("appeal_organ"),
        "facts": Facts(call, public=head.public, given=given),
        "form": Papers(call, full),
        "source": Paper(call.session, made, full) if made else Nothing("（没有）"),
        "days": parameters.days,
        "yuan": parameters.yuan,
        "value": parameters.value,
        "day": words.day,
        "month": words.month,
        "blank": words.blank,
        "signatures": words.signatures,
    }
    if case is not None:
        found["case_number"] = case.number
        found["applicant"] = UNNAMED if head.public and only_children(call, case) else case.applicant
        found["scheme"] = SCHEMES[case.scheme].formal if case.scheme in SCHEMES else case.title
    return {name: value for name, value in found.items() if not head.public or name in PUBLIC}


def case_of(call: ServiceCall) -> Case | None:
    """The case of the instance, or of the one that it belongs to."""
    instance: Instance | None = call.instance
    while instance is not None:
        case = call.session.get(Case, instance.id)
        if case is not None:
            return case
        instance = call.session.get(Instance, instance.parent_id) if instance.parent_id else None
    return None


def only_children(call: ServiceCall, case: Case) -> bool:
    """Whether nobody of the household is grown up."""
    if case.household_id is None:
        return False
    found = households.members(call.session, case.household_id, clock.today())
    return bool(found) and all(one.age < ADULT for one in found)


def handler(call: ServiceCall) -> str:
    """Who handed in last: the person who deals with the case, whoever runs this step (a timer, a retry)."""
    if call.fresh:
        return call.fresh[-1].author_name
    author = select(Submission.author_name).where(Submission.instance_id == call.instance.id)
    return call.session.scalar(author.order_by(Submission.id.desc()).limit(1)) or call.actor.name
