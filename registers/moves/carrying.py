"""A case that goes on under another scheme begins with what the family handed in: nobody is asked for it twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.runtime.forms import carrier
from engine.runtime.models import Instance, Submission, WorkItem
from registers.cases.models import Case
from registers.households.services import APPLICATIONS
from registers.moves.rescheming import OUTCOME

#: What belongs to the old application itself.
NOT_CARRIED = ("declarations", "reason")


@carrier
def from_the_case_before(session: Session, item: WorkItem) -> Mapping[str, Any]:
    """The values of the application that the case was changed from, for the application that it begins with."""
    if item.element_id not in APPLICATIONS:
        return {}
    before = changed_from(session, item.instance_id)
    if before is None:
        return {}
    made = session.scalar(
        select(Submission)
        .where(Submission.instance_id == before.id, Submission.element_id.in_(APPLICATIONS))
        .order_by(Submission.id.desc())
        .limit(1)
    )
    return {key: value for key, value in made.values.items() if key not in NOT_CARRIED} if made is not None else {}


def changed_from(session: Session, instance_id: int) -> Instance | None:
    """The case that was ended so that this one goes on in its place."""
    own = session.get(Instance, instance_id)
    parent = session.get(Instance, own.parent_id) if own is not None and own.parent_id is not None else None
    return parent if parent is not None and parent.outcome == OUTCOME else None


def first_accepted(session: Session, instance_id: int) -> date | None:
    """The day on which the family was first accepted, under whatever scheme: this case's own clock began later."""
    found, known = None, {instance_id}
    before = changed_from(session, instance_id)
    while before is not None and before.id not in known:
        known.add(before.id)
        case = session.get(Case, before.id)
        found = (case.accepted_on if case is not None else None) or found
        before = changed_from(session, before.id)
    return found
