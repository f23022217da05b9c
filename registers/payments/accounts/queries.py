"""Reading the accounts that money goes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from registers.households.models import Household
from registers.payments.accounts.models import AccountChange, PayAccount, StaffCard
from registers.payments.roster.due import chunks

Key = tuple[int, int | None]


def current(session: Session, household_ids: Sequence[int]) -> dict[Key, PayAccount]:
    """{(household, person or None): the account in use}."""
    found: dict[Key, PayAccount] = {}
    for some in chunks(sorted(set(household_ids))):
        rows = select(PayAccount).where(PayAccount.household_id.in_(some), PayAccount.ended_at.is_(None))
        for each in session.scalars(rows.order_by(PayAccount.id)):
            found[each.household_id, each.person_id] = each
    return found


def hashes(session: Session, household_ids: Sequence[int]) -> dict[int, set[str]]:
    """{household: every account that was ever in use there}."""
    found: dict[int, set[str]] = {}
    for some in chunks(sorted(set(household_ids))):
        rows = select(PayAccount.household_id, PayAccount.account_hash).where(PayAccount.household_id.in_(some))
        for household, mark in session.execute(rows):
            found.setdefault(household, set()).add(mark)
    return found


def of(session: Session, household_id: int, person_id: int | None) -> PayAccount | None:
    """The account in use of a household or of one person of it."""
    own = PayAccount.person_id.is_(None) if person_id is None else PayAccount.person_id == person_id
    return session.scalar(
        select(PayAccount)
        .where(PayAccount.household_id == household_id, own, PayAccount.ended_at.is_(None))
        .order_by(PayAccount.id.desc())
        .limit(1)
    )


def given(session: Session, household_ids: Sequence[int]) -> dict[int, str]:
    """{household: the account that stands on its last application}; empty when none does."""
    found = {}
    for some in chunks(sorted(set(household_ids))):
        for key, contact in session.execute(select(Household.id, Household.contact).where(Household.id.in_(some))):
            found[key] = (contact or {}).get("bank_account") or ""
    return found


def changes(session: Session, actor: Actor, roles: Sequence[str], limit: int = 200) -> list[AccountChange]:
    """The changes in the areas where somebody holds one of the roles: those that wait first, then the newest."""
    areas = [_within(AccountChange.area, grant.area) for grant in actor.grants if grant.role in roles]
    if not areas:
        return []
    waits = (AccountChange.state == "proposed").desc()
    return list(
        session.scalars(select(AccountChange).where(or_(*areas)).order_by(waits, AccountChange.id.desc()).limit(limit))
    )


def cards(session: Session) -> list[StaffCard]:
    """Accounts and kept cards of the staff, by name."""
    return list(session.scalars(select(StaffCard).order_by(StaffCard.staff_name, StaffCard.id)))


def kept_words(card: StaffCard) -> str:
    """What a roster says of a card that is kept for a family."""
    if card.filed_on is None:
        return f"银行卡由{card.staff_name}代管，没有向县民政备案（57号第26条）。"
    return f"银行卡由{card.staff_name}代管，{card.agreement}，{_day(card.filed_on)}备案。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _within(column: object, area: str) -> ColumnElement[bool]:
    return or_(column == area, column.startswith(area + "/", autoescape=True))  # type: ignore[attr-defined]
