"""How many cases a change of a parameter touches, and how many it does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from engine.runtime.models import Instance
from registers.accounts import queries as accounts
from registers.accounts.models import Account
from registers.assessments.models import Assessment
from registers.cases.models import Case

#: More assessments than this are not read to find those that rest on a value.
READ = 5000


@dataclass(frozen=True)
class Touch:
    """Open cases beside a change: those that keep what they have, those that will read the new value.

    `kept`: accepted on another day, or decided. `unaccepted`: not accepted yet, so their day is still to come.
    `read_anew`: accepted within the days of a correction and not decided. `assessed`: of those, already worked out on
    the old value. `decided`: cases, open or ended, decided on the values of those days; they stay as they are.
    """

    kept: int
    unaccepted: int
    read_anew: int = 0
    assessed: int = 0
    decided: int = 0


def touched(session: Session, name: str, first: date, last: date | None, today: date) -> Touch:
    """Counts for a change of `name` from `first` to `last`."""
    running, pinned = Instance.status == "running", _within(first, last)
    accepted = Case.accepted_on.is_not(None)
    open_ = _count(session, running)
    unaccepted = _count(session, running, Case.instance_id.is_not(None), Case.accepted_on.is_(None))
    if first > today:
        return Touch(open_ - unaccepted, unaccepted)
    undecided = and_(running, pinned, Instance.parameters_kept.is_(None), or_(Case.instance_id.is_(None), accepted))
    anew = _count(session, undecided)
    decided = _count(session, pinned, Instance.parameters_kept.is_not(None))
    return Touch(open_ - unaccepted - anew, unaccepted, anew, len(assessed(session, name, first, last)), decided)


def assessed(session: Session, name: str, first: date, last: date | None) -> list[Instance]:
    """The undecided cases of those days whose latest assessment rests on the parameter."""
    newest = select(func.max(Assessment.id)).group_by(Assessment.instance_id)
    rows = session.execute(
        select(Instance, Assessment.parameters)
        .join(Assessment, Assessment.instance_id == Instance.id)
        .where(
            Assessment.id.in_(newest),
            Instance.status == "running",
            Instance.parameters_kept.is_(None),
            _within(first, last),
        )
        .order_by(Instance.id)
        .limit(READ)
    )
    return [instance for instance, read in rows if name in (read or {})]


def people(session: Session) -> list[Account]:
    """Every active account."""
    return [each for each in accounts.everyone(session) if each.active]


def _within(first: date, last: date | None) -> ColumnElement[bool]:
    after = Instance.parameters_on >= first
    return after if last is None else and_(after, Instance.parameters_on <= last)


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    query = (
        select(func.count()).select_from(Instance).outerjoin(Case, Case.instance_id == Instance.id).where(*conditions)
    )
    return session.scalar(query) or 0
