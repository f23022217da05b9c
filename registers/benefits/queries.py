"""Reading benefits."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registers.benefits.models import Benefit, BenefitChange


def active(session: Session, household_id: int, schemes: Iterable[str] | None = None) -> list[Benefit]:
    """What a household receives now, the oldest first; `schemes` narrows it."""
    asked = select(Benefit).where(Benefit.household_id == household_id, Benefit.status == "active")
    if schemes is not None:
        asked = asked.where(Benefit.scheme.in_(list(schemes)))
    return list(session.scalars(asked.order_by(Benefit.id)))


def roster(session: Session, month: str) -> list[Benefit]:
    """Every benefit that is paid in a month (`2026-03`), by area and id: begun, and not ended before it."""
    return list(
        session.scalars(
            select(Benefit)
            .where(
                Benefit.from_month <= month,
                or_(Benefit.to_month.is_(None), Benefit.to_month >= month),
                Benefit.amount > 0,
            )
            .order_by(Benefit.area, Benefit.id)
        )
    )


def changes(session: Session, benefit_id: int) -> list[BenefitChange]:
    """What was decided on a benefit, the oldest first."""
    return list(
        session.scalars(select(BenefitChange).where(BenefitChange.benefit_id == benefit_id).order_by(BenefitChange.id))
    )


def amount_in(session: Session, benefit: Benefit, month: str) -> int:
    """Fen that a benefit pays in a month: by the last change that holds from that month or before."""
    found = session.scalar(
        select(BenefitChange.amount)
        .where(BenefitChange.benefit_id == benefit.id, BenefitChange.month <= month)
        .order_by(BenefitChange.month.desc(), BenefitChange.id.desc())
        .limit(1)
    )
    return benefit.amount if found is None else found
