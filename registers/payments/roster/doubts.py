"""The looks that a roster is given. Each gives (row, kind, what tells it apart, words)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registers.accounts.models import Account
from registers.benefits.models import Benefit
from registers.cases.schemes import short
from registers.filings.models import Filing, StaffKin
from registers.households import ties
from registers.households.models import Person
from registers.payments.marks.models import Mark
from registers.payments.models import PayRow
from registers.payments.roster.due import chunks
from registers.payments.roster.people import Homes, Someone, homes, subjects
from registers.payments.words import MARKS, month_name

if TYPE_CHECKING:
    from registers.payments.roster.compare import Roster

Found = Iterator[tuple[PayRow, str, str, str]]
#: The doubt that a mark on a person raises.
MARKED = {"died": "dead", "prison": "prison", "treatment": "treatment", "moved": "moved"}


def marked(roster: Roster) -> Found:
    """The dead, prisoners, those who moved away, as other offices say; under whatever number they are known."""
    of: dict[str, list[PayRow]] = defaultdict(list)
    names: dict[str, str] = {}
    paid = [(row, each) for row in roster.rows for each in roster.about(row)]
    known = ties.groups(roster.session, (each.fingerprint for _, each in paid))
    for row, each in paid:
        for print_ in known[each.fingerprint]:
            of[print_].append(row)
            names[print_] = each.name
    yield from _registered_dead(roster, of, names)
    for some in chunks(sorted(of)):
        rows = select(Mark).where(Mark.fingerprint.in_(some), or_(Mark.until.is_(None), Mark.until >= roster.first_day))
        for mark in roster.session.scalars(rows.order_by(Mark.id)):
            said = f"{names[mark.fingerprint]}：{_day(mark.since)}{MARKS[mark.kind]}（来源：{mark.source}）。"
            for row in of[mark.fingerprint]:
                yield row, MARKED[mark.kind], f"mark:{mark.id}", said


def _registered_dead(roster: Roster, of: Mapping[str, list[PayRow]], names: Mapping[str, str]) -> Found:
    """Who is registered as dead in another household."""
    dead = select(Person.id, Person.fingerprint, Person.died_on, Person.household_id).where(Person.died_on.is_not(None))
    for person_id, print_, died_on, household_id in roster.session.execute(dead.order_by(Person.id)):
        for row in of.get(print_, ()):
            if row.household_id != household_id:
                yield row, "dead", f"died:{person_id}", f"{names[print_]}：{_day(died_on)}在另一户登记死亡。"


def gone(roster: Roster) -> Found:
    """People who are no longer in the household, and households that are not as large as the benefit says."""
    for row in roster.rows:
        benefit, about = roster.benefits[row.benefit_id], roster.about(row)
        if benefit.person_id is not None:
            for each in about:
                if each.left_on is not None:
                    yield row, "left", f"person:{each.id}", f"{each.name}于{_day(each.left_on)}不再是本户成员。"
        elif not about:
            yield row, "left", "all", "户内已没有共同生活的成员。"
        elif len(about) != row.persons:
            said = f"保障人数{row.persons}人，户内现有{len(about)}人。"
            yield row, "size", f"{row.persons}:{len(about)}", said


def twice(roster: Roster) -> Found:
    """The same person in two benefits of a scheme, or in two that exclude each other, anywhere in the county."""
    month, own = roster.run.month, {row.benefit_id: row for row in roster.rows}
    against = _excluding(str(roster.parameters["pay_exclusive"]))
    schemes = {row.scheme for row in roster.rows}
    wanted = schemes | {other for scheme in schemes for other in against.get(scheme, ())}
    others = roster.session.scalars(
        select(Benefit)
        .where(
            Benefit.scheme.in_(wanted),
            Benefit.one_off.is_(False),
            Benefit.from_month <= month,
            or_(Benefit.to_month.is_(None), Benefit.to_month >= month),
        )
        .order_by(Benefit.id)
    ).all()
    people = homes(roster.session, [each.household_id for each in others])
    of: dict[frozenset[str], list[tuple[Benefit, str]]] = defaultdict(list)
    theirs: list[tuple[Benefit, Someone]] = []
    for benefit in others:
        theirs += [(benefit, each) for each in subjects(benefit, people.get(benefit.household_id, []))]
    known = ties.groups(roster.session, (each.fingerprint for _, each in theirs))
    for benefit, each in theirs:
        of[known[each.fingerprint]].append((benefit, each.name))
    for same in of.values():
        if len(same) < 2:
            continue
        for benefit, name in same:
            row = own.get(benefit.id)
            if row is None or benefit.one_off:
                continue
            for other, _ in same:
                if other.id != benefit.id and (
                    other.scheme == benefit.scheme or other.scheme in against.get(benefit.scheme, ())
                ):
                    title = short(other.scheme)
                    said = f"{name}同月还在另一份{title}中（自{month_name(other.from_month)}起）。"
                    yield row, "twice", f"benefit:{other.id}", said


def kin(roster: Roster) -> Found:
    """A household with staff or their kin in it whose case was never filed (57号 art. 11)."""
    of = staff_of(roster.session, roster.people)
    cases = sorted({benefit.instance_id for benefit in roster.benefits.values()})
    filed: set[int] = set()
    for some in chunks(cases):
        rows = select(Filing.instance_id).where(Filing.instance_id.in_(some), Filing.source != "declared")
        filed |= set(roster.session.scalars(rows))
        sure = select(Filing.instance_id).where(Filing.instance_id.in_(some), Filing.confirmed.is_(True))
        filed |= set(roster.session.scalars(sure))
    for row in roster.rows:
        if roster.benefits[row.benefit_id].instance_id in filed:
            continue
        for staff in of.get(row.household_id, ()):
            yield row, "kin", staff[:60], f"户内有{staff}，确认时没有备案。"


def _excluding(text: str) -> dict[str, set[str]]:
    """`dibao+tekun,…` as {scheme: those that exclude it}."""
    found: dict[str, set[str]] = defaultdict(set)
    for pair in text.split(","):
        one, _, other = pair.strip().partition("+")
        if one and other:
            found[one].add(other)
            found[other].add(one)
    return found


def staff_of(session: Session, people: Homes) -> dict[int, list[str]]:
    """{household: its members who are staff or kin of staff, in words}."""
    of: dict[str, list[tuple[int, str]]] = defaultdict(list)
    known = ties.groups(session, (each.fingerprint for some in people.values() for each in some))
    for household, some in people.items():
        for each in some:
            for print_ in known[each.fingerprint]:
                of[print_].append((household, each.name))
    found: dict[int, list[str]] = defaultdict(list)
    for some in chunks(sorted(of)):
        own = select(Account.person, Account.name).where(Account.person.in_(some))
        for mark, name in session.execute(own.order_by(Account.id)):
            for household, _ in of[mark]:
                found[household].append(f"工作人员{name}")
        near = select(StaffKin.fingerprint, StaffKin.staff_name).where(StaffKin.fingerprint.in_(some))
        for mark, name in session.execute(near.order_by(StaffKin.id)):
            for household, relative in of[mark]:
                found[household].append(f"{name}的近亲属{relative}")
    return found


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


LOOKS: tuple[Callable[[Roster], Found], ...] = (marked, gone, twice, kin)
