"""Opening the reviews whose day has come."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import String, cast, literal, select

from engine import clock
from engine.calendar.lengths import Length
from engine.database import db
from engine.parameters import queries as parameters
from engine.runtime.models import Opening
from engine.runtime.openings import operations as openings
from engine.runtime.openings.plans import plan
from registers.benefits.models import Benefit

#: The process that reviews a scheme; what is not named is not reviewed by the household's means.
PROCESSES = {
    "dibao": "periodic_review",
    "tekun": "periodic_review",
    "marginal": "periodic_review",
    "elderly_allowance": "life_check",
}
#: Reviews opened at one look: a big month is spread over some minutes.
MOST = 50


@plan
def open_reviews() -> int:
    """Asks for the review of every active benefit whose day is near; returns how many were asked for."""
    today = clock.today()
    ahead = int(parameters.on(db.session(), today).get("review_open_days") or 0)
    key = literal("review:") + cast(Benefit.id, String) + ":" + cast(Benefit.review_on, String)
    due = db.session.scalars(
        select(Benefit)
        .where(
            Benefit.status == "active",
            Benefit.scheme.in_(list(PROCESSES)),
            Benefit.review_on <= today + timedelta(days=ahead),
            ~select(Opening.id).where(Opening.key == key).exists(),
        )
        .order_by(Benefit.review_on, Benefit.id)
        .limit(MOST)
    ).all()
    for benefit in due:
        openings.request(
            key=f"review:{benefit.id}:{benefit.review_on}",
            process_id=PROCESSES[benefit.scheme],
            area=benefit.area,
            flow={"benefit_id": benefit.id},
            parent_id=benefit.instance_id,
        )
    return len(due)


@plan
def open_expiries() -> int:
    """Asks that the family of every recognition that lapses soon be told in time (刚支办法 art. 10)."""
    today = clock.today()
    ahead = Length.parse(str(parameters.on(db.session(), today)["hardship_reminder"])).amount
    key = literal("expiry:") + cast(Benefit.id, String) + ":" + cast(Benefit.expires_on, String)
    due = db.session.scalars(
        select(Benefit)
        .where(
            Benefit.status == "active",
            Benefit.expires_on <= today + timedelta(days=ahead),
            ~select(Opening.id).where(Opening.key == key).exists(),
        )
        .order_by(Benefit.expires_on, Benefit.id)
        .limit(MOST)
    ).all()
    for benefit in due:
        openings.request(
            key=f"expiry:{benefit.id}:{benefit.expires_on}",
            process_id="expiry",
            area=benefit.area,
            flow={"benefit_id": benefit.id},
            parent_id=benefit.instance_id,
        )
    return len(due)
