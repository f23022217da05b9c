"""Other cases of the same people, as far as somebody may know of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.cases import secrecy
from registers.cases.models import Case
from registers.households import ties
from registers.households.models import Person

#: A family rarely has more; what is older is found by the search.
MOST = 40


@dataclass(frozen=True)
class Other:
    """A case of somebody of the household, and whom of it both have."""

    instance: Instance
    case: Case
    people: str


def others(session: Session, actor: Actor, instance: Instance, household_id: int) -> list[Other]:
    """Cases of any household to which somebody of this one belongs or belonged, the newest first. Each is asked of the
    veto: what somebody may not see is neither listed nor counted."""
    here = select(Person.fingerprint).where(Person.household_id == household_id)
    known = Person.fingerprint.in_(ties.numbers(here))
    same = session.execute(select(Person.household_id, Person.name).where(known)).all()
    names: dict[int, list[str]] = {}
    for household, name in same:
        names.setdefault(household, []).append(name)
    rows = session.execute(
        select(Instance, Case)
        .join(Case, Case.instance_id == Instance.id)
        .where(Case.household_id.in_(names), Instance.id != instance.id, secrecy.shown(session, actor))
        .order_by(Instance.id.desc())
        .limit(MOST)
    )
    return [
        Other(found, case, "、".join(dict.fromkeys(names[case.household_id])))
        for found, case in rows
        if case.household_id is not None and veto.ask(session, Question("view", actor, instance=found))
    ]
