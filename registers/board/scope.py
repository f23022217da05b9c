"""Whose cases a leader sees on the board, and which rows are shown without what is in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, union
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.database import db
from engine.runtime.models import Instance
from registers.accounts.models import Account
from registers.areas.models import Area
from registers.areas.queries import within
from registers.cases import secrecy
from registers.cases.models import Case
from registers.cases.rules import LEADING
from registers.filings.models import Filing, StaffKin
from registers.households import ties
from registers.households.models import Person


@dataclass(frozen=True)
class Scope:
    """A leader's view: the condition on `instance` that every statement of the board carries."""

    actor: Actor
    _known: dict[Any, ColumnElement[bool]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def areas(self) -> list[str]:
        """The areas of the leading grants, an area inside another left out."""
        found = sorted({grant.area for grant in self.actor.grants if grant.role in LEADING})
        return [each for each in found if not any(each.startswith(other + "/") for other in found)]

    def condition(self, table: Any = Instance) -> ColumnElement[bool]:
        """The instances of the leader's areas, without confidential ones that are kept from them: those are neither
        counted nor listed, so that every number is the number of its list."""
        if not self.areas:
            return false()
        return and_(or_(*(within(table.area, area) for area in self.areas)), self._shown(table))

    def _shown(self, table: Any) -> ColumnElement[bool]:
        """What is hidden from somebody is looked up once a board."""
        if table not in self._known:
            self._known[table] = secrecy.shown(db.session(), self.actor, table)
        return self._known[table]


def barred(actor: Actor, table: Any = Instance) -> ColumnElement[bool]:
    """Whether the actor is kin of the household of an instance, or a declared namesake of kin: the condition of
    `registers.filings.rules.kin_keep_out` for many rows at once (57号 art. 11). A test holds the two together. What is
    led only while standing in for somebody is barred when that one is kin as well."""
    found = [_kin(actor.id, table)]
    led = [within(table.area, each.area) for each in actor.own().grants if each.role in LEADING]
    for each in actor.lenders:
        found.append(and_(_kin(each.id, table), not_(or_(false(), *led))))
    return or_(*found)


def _kin(me: int | None, table: Any) -> ColumnElement[bool]:
    own = (table.id, func.coalesce(table.parent_id, table.id))
    kin = select(StaffKin.fingerprint).where(StaffKin.account_id == me)
    self_ = select(Account.person).where(Account.id == me, Account.person.is_not(None))
    numbers = (
        select(Person.id)
        .join(Case, Case.household_id == Person.household_id)
        .where(
            Case.instance_id.in_(own),
            Person.fingerprint.in_(ties.numbers(union(kin, self_))),
        )
        .correlate(table)
    )
    filed = (
        select(Filing.id)
        .where(
            Filing.instance_id.in_(own),
            Filing.account_id == me,
            or_(Filing.confirmed.is_(True), and_(Filing.source == "declared", Filing.confirmed.is_(None))),
        )
        .correlate(table)
    )
    return or_(numbers.exists(), filed.exists())


def villages(session: Session, scope: Scope) -> dict[str, str]:
    """{path: name} of the leader's areas and what lies in them."""
    if not scope.areas:
        return {}
    rows = session.execute(
        select(Area.path, Area.name).where(or_(*(within(Area.path, area) for area in scope.areas))).order_by(Area.path)
    )
    return {path: name for path, name in rows}  # noqa: C416 -- a Result is no mapping
