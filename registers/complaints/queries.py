"""Reading complaints: what one is about, its answer, whether it waits for a visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.clocks.models import Clock
from engine.runtime.models import Instance, Opening, Submission
from registers.cases.models import Case
from registers.complaints.files import outreach_key
from registers.complaints.models import Complaint, Report, Review

VISIT = "county_visit"


@dataclass(frozen=True)
class Matter:
    """Who complains (keyed hash of the ID number, else of the phone) and the household that it is about."""

    id_key: str | None
    household_id: int | None


@dataclass(frozen=True)
class Answered:
    """An answer that reached the person: when, until when a review may be asked for, whether it ends the matter."""

    complaint_id: int
    replied_on: date
    ask_until: date | None
    final: bool


def of_instance(session: Session, instance: Instance) -> Complaint | None:
    """The complaint that a petition, a review or a report is about in the end."""
    if instance.process_id == "petition":
        return session.get(Complaint, instance.id)
    if instance.process_id == "petition_review":
        review = session.get(Review, instance.id)
        if review is not None:
            return session.get(Complaint, review.complaint_id)
        parent = session.get(Instance, instance.parent_id) if instance.parent_id else None
        return of_instance(session, parent) if parent is not None else None
    report = session.get(Report, instance.id)
    return session.get(Complaint, report.source_id) if report is not None else None


def matter_of(session: Session, instance: Instance) -> Matter | None:
    """For recusal: who complains and whose household it is about."""
    found = of_instance(session, instance)
    if found is None:
        return None
    case = session.get(Case, found.case_id) if found.case_id is not None else None
    return Matter(found.person, case.household_id if case is not None else None)


def judged_by(session: Session, instance: Instance) -> list[int]:
    """The cases whose handlers do not judge this matter: what a complaint is about; for a review its answer too."""
    found = of_instance(session, instance)
    own = [found.case_id] if found is not None else []
    if instance.process_id == "petition_review" and found is not None:
        own.append(found.instance_id)
    return [key for key in own if key is not None]


def answered(session: Session, instance: Instance) -> Answered | None:
    """The delivered answer of a petition or a review; None while there is none."""
    if instance.process_id == "petition":
        made = session.get(Complaint, instance.id)
        if made is None or made.replied_on is None:
            return None
        return Answered(made.instance_id, made.replied_on, made.ask_until, final=False)
    review = session.get(Review, instance.id)
    if review is None or review.replied_on is None:
        return None
    return Answered(review.complaint_id, review.replied_on, review.ask_until, final=review.level == "recheck")


def unvisited(session: Session, case_id: int) -> bool:
    """Whether a complaint about a case came in after the county last visited (57号 art. 20), or without a visit."""
    came = session.scalar(select(func.max(Complaint.recorded_at)).where(Complaint.case_id == case_id))
    clue = session.scalar(
        select(func.max(Report.recorded_at)).where(Report.case_id == case_id, Report.source != "petition")
    )
    latest = max((each for each in (came, clue) if each is not None), default=None)
    if latest is None:
        return False
    visited = session.scalar(
        # A visit whose form was corrected was not made anew.
        select(func.max(Submission.acted_at)).where(
            Submission.instance_id == case_id, Submission.element_id == VISIT, Submission.supersedes_id.is_(None)
        )
    )
    return visited is None or visited < latest


def extended(session: Session, instance_id: int) -> bool:
    """Whether the head gave a complaint the longer time."""
    found = select(Clock.id).where(Clock.instance_id == instance_id, Clock.name == "petition_total", Clock.lap > 0)
    return session.scalar(found.limit(1)) is not None


def outreach_of(session: Session, instance_id: int) -> int | None:
    """The outreach that a complaint led to; None when there is none yet."""
    return session.scalar(select(Opening.instance_id).where(Opening.key == outreach_key(instance_id)))
