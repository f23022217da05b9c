"""What people receive already, for the decisions that may not double it. It goes by the people, whichever household
they were registered in: the wife who applies after her husband is the same family."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.runtime.models import Submission
from engine.runtime.services import ServiceCall
from registers.assessments.given import reviewing
from registers.benefits.models import Benefit, Decision
from registers.cases.models import Case
from registers.cases.services import of
from registers.households import ties
from registers.households.models import Person

#: Schemes whose households need not be looked into again for temporary relief.
RECOGNISED = frozenset({"dibao", "tekun", "marginal", "hardship"})


def by_household(call: ServiceCall) -> frozenset[str]:
    """The schemes under which anybody of the case's household has something now. In a review its own scheme is left
    out: being confirmed is no reason against staying so."""
    return _schemes(call, fingerprints(call.session, of(call).household_id))


def by_applicant(call: ServiceCall) -> frozenset[str]:
    """The same for the applicant: what is the household's, and what is the applicant's own."""
    own = fingerprints(call.session, of(call).household_id, relation="head")
    people = select(Person.id).where(Person.fingerprint.in_(own))
    return _schemes(call, own, or_(Benefit.person_id.is_(None), Benefit.person_id.in_(people)))


def relieved(call: ServiceCall, cause: str) -> tuple[int, int]:
    """How often the people of the household were given temporary relief this calendar year before this case: for this
    cause, and in all."""
    case = of(call)
    given = call.session.execute(
        select(Decision.instance_id, Decision.decided_at)
        .join(Case, Case.instance_id == Decision.instance_id)
        .where(
            Case.household_id.in_(_households(fingerprints(call.session, case.household_id))),
            Case.scheme == "temporary_relief",
            Case.instance_id != case.instance_id,
            Decision.outcome == "confirm",
        )
    )
    this_year = [instance for instance, decided_at in given if decided_at.year == call.now.year]
    return sum(_cause(call.session, instance) == cause for instance in this_year), len(this_year)


def fingerprints(session: Session, household_id: int | None, relation: str | None = None) -> list[str]:
    """The keyed hashes of the ID numbers under which those who live in a household are known."""
    asked = select(Person.fingerprint).where(Person.household_id == household_id, Person.left_on.is_(None))
    if relation is not None:
        asked = asked.where(Person.relation == relation)
    return list(session.scalars(ties.numbers(asked)))


def _households(people: Collection[str]) -> object:
    return select(Person.household_id).where(Person.fingerprint.in_(people), Person.left_on.is_(None))


def _schemes(call: ServiceCall, people: Collection[str], *more: object) -> frozenset[str]:
    asked = select(Benefit.scheme).where(
        Benefit.household_id.in_(_households(people)), Benefit.status == "active", Benefit.one_off.is_(False), *more
    )
    found = frozenset(call.session.scalars(asked))
    # The kind of a review's case is the review; what it looks at again is the scheme that the flow names.
    return found - {of(call).scheme, call.flow.get("scheme")} if reviewing(call) else found


def _cause(session: Session, instance_id: int) -> str:
    """For what an earlier case was given: what was last said of it."""
    made = session.scalars(
        select(Submission).where(Submission.instance_id == instance_id).order_by(Submission.id.desc())
    )
    return next((str(each.values["relief_cause"]) for each in made if each.values.get("relief_cause")), "")


__all__ = ["RECOGNISED", "by_applicant", "by_household", "relieved"]
