"""Asking that the end of a benefit be looked at: in a case of its own one person proposes, another decides."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from engine.runtime import openings
from registers.benefits.models import Benefit
from registers.households.models import Person

PROCESS = "leaving"
#: What its first form shows as found: the ground, by whom or what (`reported_by`), of whom, on which day (ISO).
NOTHING = {"found_ground": "", "found_by": "", "found_who": "", "found_on": ""}


def ask(
    session: Session,
    benefit: Benefit,
    *,
    key: str,
    ground: str,
    by: str,
    now: datetime,
    who: Person | None = None,
    on: date | None = None,
) -> None:
    """Opens the case, once for a `key`, at the one that granted the benefit. Whoever takes it up finds the ground in
    the form already, and may correct it."""
    if who is None and benefit.person_id is not None:
        who = session.get(Person, benefit.person_id)
    found = {
        "found_ground": ground,
        "found_by": by,
        "found_who": who.name if who is not None else "",
        "found_on": on.isoformat() if on is not None else "",
    }
    openings.ask(
        session,
        key=key,
        process_id=PROCESS,
        area=benefit.area,
        flow=found,
        parent_id=benefit.instance_id,
        now=now,
    )
