"""Opening the regular look at all filed relatives (方案 二（二）1: 定期)."""

from __future__ import annotations

from sqlalchemy import func, select

from engine import clock
from engine.actors import cut
from engine.calendar.lengths import Length
from engine.database import db
from engine.parameters import queries as parameters
from engine.runtime.models import Opening
from engine.runtime.openings import operations as openings
from engine.runtime.openings.plans import plan
from registers.benefits.models import Benefit
from registers.filings.models import KinFiling

PROCESS = "kin_recheck"


@plan
def open_rechecks() -> int:
    """Asks for one look a township and period, counted from January; a township with nobody on file needs none."""
    session, today = db.session(), clock.today()
    filed = session.execute(
        select(Benefit.area, func.min(KinFiling.filed_on))
        .join(Benefit, Benefit.id == KinFiling.benefit_id)
        .where(KinFiling.filed_on.is_not(None), Benefit.status == "active")
        .group_by(Benefit.area)
    ).all()
    if not filed:
        return 0
    months = Length.parse(str(parameters.on(session, today)["kin_recheck_interval"])).amount
    period = f"{today.year}:{(today.month - 1) // months + 1}"
    begun = today.replace(month=(today.month - 1) // months * months + 1, day=1)
    asked = 0
    for township in sorted({cut(area, "township") for area, first in filed if first < begun}):
        key = f"{PROCESS}:{township}:{period}"
        if session.scalar(select(Opening.id).where(Opening.key == key)) is None:
            openings.request(key=key, process_id=PROCESS, area=township, flow={})
            asked += 1
    return asked
