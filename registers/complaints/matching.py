"""Whether somebody brings the same matter again, without anybody's name being readable (信访工作条例 art. 19, 36)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine import secrets
from engine.runtime.models import Instance
from registers.complaints.models import Complaint, Report, Review

#: How a matter stands when it comes in.
STANDINGS = {
    "new": "初次反映",
    "pending": "同一事项正在办理",
    "repeat": "同一事项已经答复",
    "final": "同一事项已经复核终结",
}
#: What became of a matter that was never taken up: it is not the matter that a later one repeats.
NOT_TAKEN = ("returned", "legal", "pending", "explained", "final", "handed_over")


def person(given: dict[str, Any]) -> str | None:
    """Who complains, as a keyed hash: by ID number (the hash under which the registers know people), else by phone;
    None for whoever gives neither."""
    if not given.get("named"):
        return None
    if given.get("id_number"):
        return secrets.fingerprint(given["id_number"])
    return secrets.fingerprint(f"phone:{given['phone']}") if given.get("phone") else None


def matter(who: str | None, subject: str, case_number: str | None) -> str | None:
    """Who complains of what, as a keyed hash; None for an anonymous matter, which repeats nothing."""
    return secrets.fingerprint(f"{who}|{subject}|{case_number or ''}") if who else None


def earlier(session: Session, mine: Complaint) -> Complaint | None:
    """The latest matter of the same person about the same thing that was taken up. What was reported against staff is
    kept from whoever handles this one, so it is no match."""
    if mine.matter is None:
        return None
    return session.scalar(
        select(Complaint)
        .where(
            Complaint.matter == mine.matter,
            Complaint.instance_id != mine.instance_id,
            or_(Complaint.route.is_(None), Complaint.route != "discipline"),
            or_(Complaint.result.is_(None), Complaint.result.not_in(NOT_TAKEN)),
        )
        .order_by(Complaint.final.desc(), Complaint.instance_id.desc())
        .limit(1)
    )


def standing(session: Session, before: Complaint | None) -> str:
    """How a matter stands that repeats `before`."""
    if before is None:
        return "new"
    if before.final:
        return "final"
    reviewed = select(Review.instance_id).where(Review.complaint_id == before.instance_id, Review.closed_at.is_(None))
    runs = select(Instance.id).where(
        Instance.id == before.instance_id, and_(Instance.status == "running", before.replied_on is None)
    )
    open_ = session.scalar(select(or_(reviewed.exists(), runs.exists())))
    return "pending" if open_ else "repeat"


def reported_before(session: Session, mine: Report) -> Report | None:
    """The earlier report of the same person about the same thing."""
    if mine.matter is None:
        return None
    return session.scalar(
        select(Report)
        .where(Report.matter == mine.matter, Report.instance_id != mine.instance_id)
        .order_by(Report.instance_id.desc())
        .limit(1)
    )
