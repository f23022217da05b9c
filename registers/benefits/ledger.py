"""How a benefit begins and changes: inside the act of whoever decided it, never by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.runtime.deadlines import last_day
from engine.runtime.services import ServiceCall
from registers.benefits.models import Benefit, BenefitChange, Decision
from registers.cases.services import of
from registers.households import ties
from registers.households.models import Person

#: Schemes whose benefit belongs to the applicant, not to the household.
PERSONAL = ("elderly_allowance",)
#: Schemes that are paid once.
ONE_OFF = ("temporary_relief",)


def begin(call: ServiceCall, decision: Decision, month: str) -> Benefit:
    """The benefit that a confirmation gives. Run again, it writes the same row anew."""
    case = of(call)
    made = call.session.scalar(select(Benefit).where(Benefit.instance_id == call.instance.id)) or Benefit(
        instance_id=call.instance.id, created_at=call.now
    )
    alone = bool(call.flow.get("apply_alone"))
    head = _head(call, case.household_id)
    made.household_id, made.scheme, made.area = case.household_id, case.scheme, case.area
    made.person_id = head.id if head is not None and (alone or case.scheme in PERSONAL) else None
    made.persons = 1 if made.person_id is not None else int(call.flow.get("members") or 1)
    made.amount, made.one_off = decision.amount, case.scheme in ONE_OFF
    made.from_month, made.status = month, "active"
    made.to_month = month if made.one_off else None
    made.care_grade = str(call.flow.get("care_grade") or "")
    made.expires_on = _day(call, call.parameters.get(f"{case.scheme}_validity"))
    made.review_on = None if made.one_off else _day(call, call.flow.get("review_interval") or review_of(call))
    made.rests_on_id = _rests_on(call, head) if alone else None
    call.session.add(made)
    call.session.flush()
    change(call, made, "start", month, decision.amount, made.persons, [], by=decision.decided_by)
    return made


def change(
    call: ServiceCall,
    benefit: Benefit,
    kind: str,
    month: str,
    amount: int,
    persons: int,
    reasons: Sequence[Mapping[str, Any]],
    *,
    by: str,
) -> BenefitChange:
    """Writes what was decided on a benefit: from `month` on it pays `amount` fen. One change of a kind a case: a step
    that is run again writes the same row."""
    made = call.session.scalar(
        select(BenefitChange).where(
            BenefitChange.benefit_id == benefit.id,
            BenefitChange.instance_id == call.instance.id,
            BenefitChange.kind == kind,
        )
    ) or BenefitChange(benefit_id=benefit.id, instance_id=call.instance.id, kind=kind)
    made.month, made.amount, made.persons = month, amount, persons
    made.reasons, made.decided_by, made.decided_at = [dict(each) for each in reasons], by, call.now
    call.session.add(made)
    return made


def review_of(call: ServiceCall) -> str | None:
    """How long after its confirmation a benefit of the scheme is reviewed, where no decision said so."""
    scheme = of(call).scheme
    if scheme == "elderly_allowance":
        return call.parameters.get("elderly_alive_interval")
    return call.parameters.get(f"{scheme}_review_interval") or call.parameters.get("review_interval_stable")


def _day(call: ServiceCall, length: Any) -> date | None:
    return last_day(call.deadline(str(length)).at) if length else None


def _head(call: ServiceCall, household_id: int | None) -> Person | None:
    return call.session.scalar(
        select(Person)
        .where(Person.household_id == household_id, Person.relation == "head", Person.left_on.is_(None))
        .limit(1)
    )


def _rests_on(call: ServiceCall, head: Person | None) -> int | None:
    """The family's recognition that somebody's own 低保 hangs on: it ends with it (宁民规发〔2025〕6号)."""
    if head is None:
        return None
    return call.session.scalar(
        select(Benefit.id)
        .join(Person, Person.household_id == Benefit.household_id)
        .where(
            Benefit.scheme == "marginal",
            Benefit.status == "active",
            Person.fingerprint.in_(ties.numbers([head.fingerprint])),
            Person.left_on.is_(None),
        )
        .order_by(Benefit.id.desc())
        .limit(1)
    )
