"""Reading moves, and finding what a death left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.releases import queries as releases
from engine.runtime.models import Instance, Suspension
from registers.areas.models import Area
from registers.areas.queries import within
from registers.cases import secrecy
from registers.cases.models import Case
from registers.households.models import HouseholdChange, Person
from registers.moves.models import Move
from registers.publicity.models import Publicity


@dataclass(frozen=True)
class Waiting:
    """A move that waits, or a case that rests, as a list shows it."""

    instance_id: int
    number: str
    village: str
    what: str
    who: str
    at: datetime
    move_id: int | None = None
    until: object = None


def of_case(session: Session, instance_id: int) -> list[Move]:
    """What was asked for at a case, the newest first."""
    return list(session.scalars(select(Move).where(Move.instance_id == instance_id).order_by(Move.id.desc())))


def waiting_of(session: Session, instance_id: int, kind: str) -> Move | None:
    """The move of a kind that waits for its confirmation."""
    asked = select(Move).where(Move.instance_id == instance_id, Move.kind == kind, Move.state == "asked")
    return session.scalar(asked.limit(1))


def waiting(session: Session, actor: Actor) -> list[tuple[Move, Waiting]]:
    """Every move that waits in somebody's areas, the oldest first; whether they may settle one is the veto's to say."""
    areas = [within(Instance.area, grant.area) for grant in actor.grants]
    if not areas:
        return []
    rows = session.execute(
        select(Move, Case.number, Area.name, Instance.area)
        .join(Instance, Instance.id == Move.instance_id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .outerjoin(Area, Area.path == Instance.area)
        .where(Move.state == "asked", or_(*areas), secrecy.shown(session, actor))
        .order_by(Move.id)
    )
    return [
        (
            move,
            Waiting(
                move.instance_id, number or "未编号", village or area, move.kind, move.asked_by, move.asked_at, move.id
            ),
        )
        for move, number, village, area in rows
    ]


def resting(session: Session, actor: Actor) -> list[tuple[Suspension, Waiting]]:
    """The suspended cases of somebody's areas, the longest first."""
    areas = [within(Instance.area, grant.area) for grant in actor.grants]
    if not areas:
        return []
    rows = session.execute(
        select(Suspension, Case.number, Area.name, Instance.area)
        .join(Instance, Instance.id == Suspension.instance_id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .outerjoin(Area, Area.path == Instance.area)
        .where(Suspension.ended_at.is_(None), or_(*areas), secrecy.shown(session, actor))
        .order_by(Suspension.began_at, Suspension.id)
    )
    return [
        (
            made,
            Waiting(
                made.instance_id,
                number or "未编号",
                village or area,
                made.cause,
                made.began_by,
                made.began_at,
                until=made.until,
            ),
        )
        for made, number, village, area in rows
    ]


def suspension_of(session: Session, instance_id: int) -> Suspension | None:
    """The suspension that lasts."""
    lasting = select(Suspension).where(Suspension.instance_id == instance_id, Suspension.ended_at.is_(None))
    return session.scalar(lasting.limit(1))


def orphaned(session: Session) -> list[int]:
    """Running applications of whose household nobody is left, because the last one died."""
    alive = exists().where(Person.household_id == Case.household_id, Person.left_on.is_(None))
    died = exists().where(Person.household_id == Case.household_id, Person.died_on.is_not(None))
    rows = session.execute(
        select(Instance.id, Instance.release_id, Instance.process_id)
        .join(Case, Case.instance_id == Instance.id)
        .where(Instance.status == "running", Case.household_id.is_not(None), died, ~alive)
        .order_by(Instance.id)
    ).all()
    found = []
    for instance_id, release_id, process_id in rows:
        process = releases.load(release_id, session).processes[process_id]
        if process.start and process.group == "relief":
            found.append(instance_id)
    return found


def wrongly_posted(session: Session) -> list[int]:
    """Running cases that hang on the board with somebody who has died since it was posted."""
    died = exists().where(
        HouseholdChange.household_id == Case.household_id,
        HouseholdChange.kind == "died",
        HouseholdChange.registered_at > Publicity.posted_at,
    )
    return list(
        session.scalars(
            select(Instance.id)
            .join(Case, Case.instance_id == Instance.id)
            .join(Publicity, Publicity.instance_id == Instance.id)
            .where(Instance.status == "running", Publicity.closed_at.is_(None), died)
            .order_by(Instance.id)
            .distinct()
        )
    )


def last_death(session: Session, instance_id: int) -> tuple[Person, int] | None:
    """Who of a case's household died last, and the move that registered it (0 when another register did)."""
    person = session.scalar(
        select(Person)
        .join(Case, Case.household_id == Person.household_id)
        .where(Case.instance_id == instance_id, Person.died_on.is_not(None))
        .order_by(Person.died_on.desc(), Person.id.desc())
        .limit(1)
    )
    if person is None:
        return None
    move = session.scalar(
        select(Move.id).where(Move.person_id == person.id, Move.kind == "death", Move.state == "confirmed").limit(1)
    )
    return person, move or 0
