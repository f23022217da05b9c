"""Reading dated parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session, SessionTransaction

from engine.parameters import snapshots
from engine.parameters.models import Parameter, ParameterProposal
from engine.parameters.values import in_context


class Pinned(Protocol):
    """A case: the day whose values it is decided on and, once decided, the values themselves."""

    parameters_on: date
    parameters_kept: str | None


@dataclass
class _Read:
    """What a transaction has read: a step asks for the values of one day again and again."""

    within: SessionTransaction | None
    days: dict[date, dict[str, Any]] = field(default_factory=dict)


#: Where a session keeps it.
_READ = "parameters read"


@event.listens_for(Session, "after_flush")
def _written(session: Session, _context: object) -> None:
    if any(isinstance(each, Parameter) for each in (*session.new, *session.dirty, *session.deleted)):
        session.info.pop(_READ, None)


@event.listens_for(Session, "after_soft_rollback")
def _undone(session: Session, _transaction: object) -> None:
    session.info.pop(_READ, None)


def on(session: Session, day: date) -> dict[str, Any]:
    """Every parameter that is valid on `day`, as expressions see it: money in integer fen. Within one transaction the
    same values, read once."""
    if any(isinstance(each, Parameter) for each in session.new):
        session.flush()
    read = session.info.get(_READ)
    if read is None or read.within is None or read.within is not session.get_transaction():
        read = session.info[_READ] = _Read(None)
    if day not in read.days:
        read.days[day] = _valid(session, day)
        read.within = session.get_transaction()
    return dict(read.days[day])


def _valid(session: Session, day: date) -> dict[str, Any]:
    rows = session.execute(
        select(Parameter.name, Parameter.value, Parameter.unit)
        .where(
            Parameter.voided_at.is_(None),
            Parameter.valid_from <= day,
            or_(Parameter.valid_to.is_(None), Parameter.valid_to >= day),
        )
        .order_by(Parameter.valid_from)
    )
    return {name: in_context(value, unit) for name, value, unit in rows}


def of(session: Session, case: Pinned) -> dict[str, Any]:
    """What a case reads: the values of its day; once decided those that it was decided on, whatever was corrected."""
    if case.parameters_kept is not None:
        return snapshots.read(session, case.parameters_kept)
    return on(session, case.parameters_on)


def over_time(session: Session) -> list[Parameter]:
    """All that are in force, were or will be, by name, the newest first; without what was voided."""
    return list(
        session.scalars(
            select(Parameter).where(Parameter.voided_at.is_(None)).order_by(Parameter.name, Parameter.valid_from.desc())
        )
    )


def timeline(session: Session, name: str) -> list[Parameter]:
    """The values of one parameter, the oldest first, without what was voided."""
    return list(
        session.scalars(
            select(Parameter)
            .where(Parameter.name == name, Parameter.voided_at.is_(None))
            .order_by(Parameter.valid_from)
            .execution_options(populate_existing=True)
        )
    )


def voided(session: Session, name: str) -> list[Parameter]:
    """What stood in the timeline of one parameter and was corrected or replaced, the latest first."""
    return list(
        session.scalars(
            select(Parameter)
            .where(Parameter.name == name, Parameter.voided_at.is_not(None))
            .order_by(Parameter.voided_at.desc(), Parameter.valid_from)
        )
    )


def proposals(session: Session, *, name: str | None = None, status: str | None = None) -> Sequence[ParameterProposal]:
    """Proposals, the latest first; of one parameter, in one state."""
    query = select(ParameterProposal).order_by(ParameterProposal.id.desc())
    if name is not None:
        query = query.where(ParameterProposal.name == name)
    if status is not None:
        query = query.where(ParameterProposal.status == status)
    return list(session.scalars(query.limit(500)))
