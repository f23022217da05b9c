"""Records of people that may be one person: found by what they share, shown side by side, never merged in silence.

A pair is suspicious when the same ID number lives in two households, when name and birth date are the same under two
numbers, or when two households with different heads share a phone, an account or an address. A pair that somebody
decided (`same`, `different`) is suspicious no more; an `unclear` one waits for the director.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.actors import Actor
from engine.forms import mask
from registers.areas.queries import within
from registers.cases.rules import SEARCHING
from registers.households.kept import kept_from
from registers.households.models import DuplicateDecision, Household, Person
from registers.households.queries import RELATIONS

GROUNDS = {
    "same_id": "身份证号相同，登记在两户",
    "same_birth": "姓名和出生日期相同，身份证号不同",
    "phone": "联系电话相同",
    "account": "银行账号相同",
    "address": "住址相同",
}
ANSWERS = {"same": "是同一个人", "different": "不是同一个人", "unclear": "暂不能确定，请中心主任核定"}
#: More than so many pairs at once is no list to be worked through at a counter.
MOST = 20


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person, with why; `waits` while the director has not decided."""

    one: Person
    other: Person
    grounds: tuple[str, ...]
    waits: DuplicateDecision | None = None

    @property
    def said(self) -> str:
        """Why, in words."""
        return "；".join(GROUNDS[each] for each in self.grounds)


@dataclass(frozen=True)
class Line:
    """One thing of the two records beside each other, masked; `alike` is None where nothing can be compared."""

    name: str
    one: str
    other: str
    alike: bool | None = field(default=None)


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The households that somebody may find at all: of the areas in which they search, but those of their kin."""
    areas = [within(Household.area, grant.area) for grant in actor.grants if grant.role in SEARCHING]
    return and_(or_(*areas), ~kept_from(actor)) if areas else Household.id.is_(None)


def pairs(session: Session, actor: Actor, household_ids: Iterable[int]) -> list[Pair]:
    """The suspicious pairs in which somebody who lives in these households has a part, the surest ground first. Only
    with records that the actor may find: no message says that there are others."""
    ids = set(household_ids)
    if not ids:
        return []
    found: dict[tuple[int, int], tuple[Person, Person, list[str]]] = {}

    def add(one: Person, other: Person, ground: str) -> None:
        low, high = sorted((one, other), key=lambda each: each.id)
        found.setdefault((low.id, high.id), (low, high, []))[2].append(ground)

    other, home = aliased(Person), aliased(Household)
    living = (Person.household_id.in_(ids), Person.left_on.is_(None), other.left_on.is_(None))
    apart = other.household_id != Person.household_id
    visible = other.household_id.in_(select(Household.id).where(seen_by(actor)))
    people = select(Person, other).where(*living, visible, Person.id != other.id).limit(MOST * 4)
    for one, two in session.execute(people.where(apart, other.fingerprint == Person.fingerprint)):
        add(one, two, "same_id")
    birth = and_(other.name == Person.name, other.birth == Person.birth, other.fingerprint != Person.fingerprint)
    for one, two in session.execute(people.where(birth)):
        add(one, two, "same_birth")
    for ground, same in (
        ("phone", home.phone_key == Household.phone_key),
        ("account", home.account_key == Household.account_key),
        ("address", and_(home.address_key == Household.address_key, home.area == Household.area)),
    ):
        heads = (
            select(Person, other)
            .select_from(Person)
            .join(Household, Household.id == Person.household_id)
            .join(home, and_(same, home.id != Household.id, getattr(Household, f"{ground}_key") != ""))
            .join(other, other.household_id == home.id)
            .where(*living, visible, Person.relation == "head", other.relation == "head")
            .where(other.fingerprint != Person.fingerprint)
            .limit(MOST * 4)
        )
        for one, two in session.execute(heads):
            add(one, two, ground)
    decided = _decisions(session, found)
    kept = [
        Pair(low, high, tuple(dict.fromkeys(grounds)), decided.get(key))
        for key, (low, high, grounds) in found.items()
        if key not in decided or decided[key].answer == "unclear"
    ]
    order = list(GROUNDS)
    return sorted(kept, key=lambda each: (min(order.index(g) for g in each.grounds), each.one.id, each.other.id))[:MOST]


def grounds_of(session: Session, one: Person, other: Person) -> tuple[str, ...]:
    """Why a pair is suspicious now, whether it was decided or not."""
    if one.fingerprint == other.fingerprint:
        return ("same_id",)
    grounds = ["same_birth"] if (one.name, one.birth) == (other.name, other.birth) else []
    first, second = session.get_one(Household, one.household_id), session.get_one(Household, other.household_id)
    for ground in ("phone", "account", "address"):
        key = getattr(first, f"{ground}_key")
        near = ground != "address" or first.area == second.area
        if first.id != second.id and key and near and key == getattr(second, f"{ground}_key"):
            grounds.append(ground)
    return tuple(grounds)


def beside(session: Session, one: Person, other: Person, villages: dict[str, str]) -> list[Line]:
    """The two records field by field, numbers masked."""
    first, second = session.get_one(Household, one.household_id), session.get_one(Household, other.household_id)

    def line(name: str, a: str, b: str, alike: bool | None = None) -> Line:
        same = (a == b if a and b else None) if alike is None else alike
        return Line(name, a or "—", b or "—", same if a and b else None)

    def contact(key: str) -> tuple[str, str]:
        return tuple(mask.value(key, str(each.contact.get(key) or "")) for each in (first, second))  # type: ignore[return-value]

    phone, account = contact("phone"), contact("bank_account")
    return [
        line("姓名", one.name, other.name),
        line("身份证号", one.masked, other.masked, one.fingerprint == other.fingerprint),
        line("出生日期", one.birth.isoformat(), other.birth.isoformat()),
        line("性别", "男" if one.male else "女", "男" if other.male else "女"),
        line("与户主关系", *(RELATIONS.get(each.relation, each.relation) for each in (one, other))),
        line("所在村", villages.get(first.area, first.area), villages.get(second.area, second.area)),
        line("住址", str(first.contact.get("address") or ""), str(second.contact.get("address") or "")),
        line("联系电话", *phone, first.phone_key == second.phone_key),
        line("银行账号", *account, first.account_key == second.account_key),
        line("登记时间", f"{first.created_at:%Y-%m-%d}", f"{second.created_at:%Y-%m-%d}"),
    ]


def waiting(session: Session, actor: Actor) -> list[tuple[DuplicateDecision, Person, Person]]:
    """The unclear pairs that wait for a decision, of households that the actor may find; the oldest first."""
    return _listed(session, actor, DuplicateDecision.answer == "unclear", DuplicateDecision.ended_at.is_(None))


def decided(session: Session, actor: Actor, limit: int = 100) -> list[tuple[DuplicateDecision, Person, Person]]:
    """What was decided, and what of it was ended again; the newest first."""
    settled = or_(DuplicateDecision.answer != "unclear", DuplicateDecision.ended_at.is_not(None))
    return list(reversed(_listed(session, actor, settled)))[:limit]


def _listed(
    session: Session, actor: Actor, *where: ColumnElement[bool]
) -> list[tuple[DuplicateDecision, Person, Person]]:
    low, high = aliased(Person), aliased(Person)
    seen = select(Household.id).where(seen_by(actor))
    rows = session.execute(
        select(DuplicateDecision, low, high)
        .join(low, low.id == DuplicateDecision.low_id)
        .join(high, high.id == DuplicateDecision.high_id)
        .where(*where, low.household_id.in_(seen), high.household_id.in_(seen))
        .order_by(DuplicateDecision.id)
    )
    return [(decision, one, other) for decision, one, other in rows]


def _decisions(session: Session, keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], DuplicateDecision]:
    wanted = set(keys)
    if not wanted:
        return {}
    rows = session.scalars(
        select(DuplicateDecision).where(
            DuplicateDecision.low_id.in_({low for low, _ in wanted}), DuplicateDecision.ended_at.is_(None)
        )
    )
    return {(each.low_id, each.high_id): each for each in rows if (each.low_id, each.high_id) in wanted}


def count_waiting(session: Session, actor: Actor) -> int:
    """How many unclear pairs wait, of those that the actor may find."""
    low, high = aliased(Person), aliased(Person)
    seen = select(Household.id).where(seen_by(actor))
    return (
        session.scalar(
            select(func.count())
            .select_from(DuplicateDecision)
            .join(low, low.id == DuplicateDecision.low_id)
            .join(high, high.id == DuplicateDecision.high_id)
            .where(DuplicateDecision.answer == "unclear", DuplicateDecision.ended_at.is_(None))
            .where(low.household_id.in_(seen), high.household_id.in_(seen))
        )
        or 0
    )
