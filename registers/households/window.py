"""Who stands at the window: what the registers know of a person before anything is entered anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock, secrets
from engine.actors import Actor
from engine.errors import Invalid
from engine.forms import kinds
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.areas.models import Area
from registers.benefits.models import Benefit
from registers.cases import secrecy, starts
from registers.cases.models import Case
from registers.households import duplicates, ties
from registers.households.duplicates import Pair
from registers.households.models import Household, Person
from registers.households.queries import Member, members
from registers.households.reporting import PROCESS

#: More households than so many mean that the name says too little.
MOST = 10
CASES = 12


@dataclass(frozen=True)
class Running:
    """A case of a household. `change` says whether a change of the household may be registered at it now."""

    instance_id: int
    number: str
    title: str
    stage: str
    running: bool
    change: bool


@dataclass(frozen=True)
class Hit:
    """A household that was found: who was meant, who lives there, what runs, what it receives, what may be double."""

    household_id: int
    village: str
    meant: tuple[Person, ...]
    members: list[Member]
    cases: list[Running]
    benefits: list[str]
    elsewhere: list[tuple[str, Running]]
    doubts: list[Pair] = field(default_factory=list)


def find(session: Session, actor: Actor, text: str) -> list[Hit]:
    """The households of somebody, by a whole ID number or by a name. Whether the actor may search at all is a question
    to the veto (`search`); households of their kin are not found, and nothing says that there are any.

    Raises Invalid for a number that is none, for a name of one character, and for a name that too many have.
    """
    text = " ".join(kinds.narrow(text).split())
    prints: set[str] | None = None
    if sum(each.isdigit() for each in text) >= 6:
        number, fault, _ = kinds.id_number(text)
        if fault:
            raise Invalid.at("text", f"身份证号{fault}。")
        prints = ties.also(session, {secrets.fingerprint(number)})
    elif len(text) < 2:
        raise Invalid.at("text", "请填写完整的身份证号，或者至少两个字的姓名。")
    known = Person.fingerprint.in_(prints) if prints is not None else Person.name.contains(text, autoescape=True)
    rows = session.scalars(
        select(Person)
        .join(Household, Household.id == Person.household_id)
        .where(known, duplicates.seen_by(actor))
        .order_by(Person.left_on.is_not(None), Person.id.desc())
        .limit(MOST * 5)
    )
    homes: dict[int, list[Person]] = {}
    for person in rows:
        homes.setdefault(person.household_id, []).append(person)
    if len(homes) > MOST:
        raise Invalid.at("text", f"有 {MOST} 户以上符合，请输入完整的姓名或身份证号。")
    return [_hit(session, actor, home, meant) for home, meant in homes.items()]


def _hit(session: Session, actor: Actor, household_id: int, meant: list[Person]) -> Hit:
    household = session.get_one(Household, household_id)
    people = members(session, household_id, clock.today())
    village = session.scalar(select(Area.name).where(Area.path == household.area)) or household.area
    titles = select(Case.title, Benefit).join(Benefit, Benefit.instance_id == Case.instance_id)
    active = titles.where(Benefit.household_id == household_id, Benefit.status == "active").order_by(Benefit.id)
    receives = [f"{title}（{benefit.from_month} 起）" for title, benefit in session.execute(active)]
    return Hit(
        household_id,
        village,
        tuple(meant),
        people,
        _cases(session, actor, Case.household_id == household_id),
        receives,
        _elsewhere(session, actor, household_id),
        duplicates.pairs(session, actor, [household_id]),
    )


def _cases(session: Session, actor: Actor, *where: object) -> list[Running]:
    rows = session.execute(
        select(Case, Instance)
        .join(Instance, Instance.id == Case.instance_id)
        .where(secrecy.shown(session, actor), *where)  # type: ignore[arg-type]
        .order_by(Instance.status != "running", Instance.id.desc())
        .limit(CASES)
    )
    return [
        Running(
            case.instance_id,
            case.number,
            case.title,
            instance.stage,
            instance.status == "running",
            instance.status == "running" and _may_change(session, actor, instance),
        )
        for case, instance in rows
        if veto.ask(session, Question("view", actor, instance=instance))
    ]


def _may_change(session: Session, actor: Actor, instance: Instance) -> bool:
    return any(offer.process.id == PROCESS and not offer.refusal for offer in starts.linked(session, actor, instance))


def _elsewhere(session: Session, actor: Actor, household_id: int) -> list[tuple[str, Running]]:
    """Members who stand in the cases of other households as well: (name, case)."""
    living = select(Person).where(Person.household_id == household_id, Person.left_on.is_(None))
    found: list[tuple[str, Running]] = []
    people = session.scalars(living.order_by(Person.id)).all()
    known = ties.groups(session, {each.fingerprint for each in people})
    for person in people:
        homes = select(Person.household_id).where(
            Person.fingerprint.in_(known[person.fingerprint]),
            Person.household_id != household_id,
            Person.left_on.is_(None),
        )
        seen = select(Household.id).where(Household.id.in_(homes), duplicates.seen_by(actor))
        running = or_(Instance.status == "running", Instance.status == "completed")
        found += [(person.name, each) for each in _cases(session, actor, Case.household_id.in_(seen), running)]
    return found
