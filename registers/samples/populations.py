"""What a spot check may draw from: each population by name, its units with keys that say nothing of a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import DoudiError
from engine.runtime.models import Instance
from registers.benefits.models import Benefit, Decision
from registers.cases.models import Case
from registers.cases.queries import within
from registers.payments.models import PayRow, PayRun
from registers.publicity.models import Publicity


@dataclass(frozen=True)
class Unit:
    """One of a population: its key, where it lies, the case that it comes from."""

    key: str
    area: str
    case_id: int | None


@dataclass(frozen=True)
class Population:
    """What it is called, and how its units are found: (session, area, since)."""

    title: str
    of: Callable[[Session, str, date | None], list[Unit]]


#: {name: population}; another register adds its own here.
POPULATIONS: dict[str, Population] = {}


def population(name: str) -> Population:
    """The population of that name; DoudiError for a stranger."""
    found = POPULATIONS.get(name)
    if found is None:
        raise DoudiError(f"没有“{name}”这种抽查对象，请重新选择。")
    return found


def add(name: str, title: str) -> Callable[[Callable[[Session, str, date | None], list[Unit]]], object]:
    """Registers a function as a population. Usable as a decorator."""

    def keep(function: Callable[[Session, str, date | None], list[Unit]]) -> object:
        POPULATIONS[name] = Population(title, function)
        return function

    return keep


@add("benefits", "在享救助对象")
def benefits(session: Session, area: str, since: date | None) -> list[Unit]:
    """Who receives something now; `since`: confirmed on that day or later."""
    asked = select(Benefit).where(Benefit.status == "active", within(Benefit.area, area)).order_by(Benefit.id)
    if since is not None:
        asked = asked.where(Benefit.created_at >= clock.instant(since))
    return [Unit(f"benefit-{each.id}", each.area, each.instance_id) for each in session.scalars(asked)]


@add("cases", "受理和审核确认的办件")
def cases(session: Session, area: str, since: date | None) -> list[Unit]:
    """Accepted applications, by number; `since`: that run, or were decided on that day or later."""
    asked = (
        select(Case.number, Case.area, Case.instance_id)
        .join(Instance, Instance.id == Case.instance_id)
        .outerjoin(Decision, Decision.instance_id == Case.instance_id)
        .where(Case.accepted_on.is_not(None), Case.household_id.is_not(None), within(Case.area, area))
        .order_by(Case.instance_id)
    )
    if since is not None:
        asked = asked.where(or_(Instance.status == "running", Decision.decided_at >= clock.instant(since)))
    return [Unit(*row) for row in session.execute(asked)]


@add("notices", "张贴的公示")
def notices(session: Session, area: str, since: date | None) -> list[Unit]:
    """What was posted and not replaced; `since`: on that day or later."""
    asked = (
        select(Publicity).where(Publicity.superseded.is_(False), within(Publicity.area, area)).order_by(Publicity.id)
    )
    if since is not None:
        asked = asked.where(Publicity.posted_at >= clock.instant(since))
    return [Unit(f"notice-{each.id}", each.area, each.instance_id) for each in session.scalars(asked)]


@add("payments", "救助金发放")
def payments(session: Session, area: str, since: date | None) -> list[Unit]:
    """What the bank said it paid; `since`: with a payday on that day or later."""
    asked = (
        select(PayRow.id, PayRow.area, Benefit.instance_id)
        .join(PayRun, PayRun.id == PayRow.run_id)
        .join(Benefit, Benefit.id == PayRow.benefit_id)
        .where(PayRow.state == "paid", PayRun.void.is_(False), within(PayRow.area, area))
        .order_by(PayRow.id)
    )
    if since is not None:
        asked = asked.where(PayRun.payday >= since)
    return [Unit(f"payment-{key}", where, case_id) for key, where, case_id in session.execute(asked)]
