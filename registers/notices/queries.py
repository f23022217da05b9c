"""Reading notices and how they reached people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.runtime.models import Submission
from registers.notices.models import Notice

#: {the task that delivers: the template that it delivers}
DELIVERING = {"deliver_confirmation": "confirmation_notice", "deliver_refusal": "refusal_notice"}


@dataclass(frozen=True)
class Delivery:
    """A receipt (送达回证): which notice, to whom, how, on which day; who recorded it and when."""

    template: str
    receiver: str
    relation: str
    #: direct, left, mail, electronic
    method: str
    delivered_on: str
    recorded_by: str
    recorded_at: datetime


def of_case(session: Session, instance_id: int) -> list[Notice]:
    """The notices of a case, oldest first."""
    return list(session.scalars(select(Notice).where(Notice.instance_id == instance_id).order_by(Notice.id)))


def deliveries(session: Session, instance_id: int) -> list[Delivery]:
    """The receipts of a case, oldest first: what was handed in when a notice was delivered is the receipt itself."""
    made = session.scalars(
        select(Submission)
        .where(Submission.instance_id == instance_id, Submission.element_id.in_(DELIVERING))
        .order_by(Submission.id)
    )
    return [
        Delivery(
            DELIVERING[each.element_id],
            each.values.get("receiver") or "",
            each.values.get("receiver_relation") or "",
            each.values.get("method") or "",
            each.values.get("delivered_on") or "",
            each.author_name,
            each.acted_at,
        )
        for each in made
    ]
