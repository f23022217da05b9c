"""Right after an application was registered: its receipt, which Enter prints."""

from __future__ import annotations

from flask import render_template

from engine.database import db
from registers.cases import intake
from registers.cases.models import Case
from registers.households import duplicates
from web.desk.notices import seen
from web.desk.views import blueprint
from web.security import me


@blueprint.get("/cases/<int:instance_id>/intake")
def intake_receipt(instance_id: int) -> str:
    """The receipt of what was taken in, and which of the records just made may be double."""
    session, instance = db.session(), seen(instance_id)
    case = session.get(Case, instance_id)
    homes = [case.household_id] if case is not None and case.household_id is not None else []
    return render_template(
        "cases/intake.html",
        instance=instance,
        receipt=intake.receipt(session, instance),
        doubts=duplicates.pairs(session, me(), homes),
    )
