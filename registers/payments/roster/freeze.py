"""Freezing a roster: what is due on this day becomes rows that no later change of a benefit touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import secrets
from engine.forms.mask import bank_account as mask
from registers.benefits.models import BenefitChange
from registers.payments.accounts import queries as accounts
from registers.payments.accounts.models import PayAccount
from registers.payments.models import PayPart, PayRow, PayRun
from registers.payments.roster.due import Due, changes_of
from registers.payments.roster.people import homes, payee, subjects


def freeze(
    session: Session, run: PayRun, due: Sequence[Due], parameters: Mapping[str, Any], now: datetime
) -> list[PayRow]:
    """The rows of a run for what is due (`Due.parts`), each with its account and its months; added and flushed."""
    due = [each for each in due if each.parts]
    households = [each.benefit.household_id for each in due]
    people = homes(session, households)
    ways = Accounts(session, households, str(parameters["default_paying_bank"]), now)
    changed = changes_of(session, [each.benefit.id for each in due])
    age, on = int(parameters["minor_age"]), date.fromisoformat(f"{run.month}-01")
    rows = []
    for each in due:
        benefit, there = each.benefit, people.get(each.benefit.household_id, [])
        named, about = payee(benefit, there), subjects(benefit, there)
        row = PayRow(
            run_id=run.id,
            benefit_id=benefit.id,
            household_id=benefit.household_id,
            person_id=benefit.person_id,
            area=benefit.area,
            scheme=benefit.scheme,
            name=named.name if named else "（无人在户）",
            persons=persons(benefit.persons, changed.get(benefit.id, ()), run.month),
            minors=bool(about) and all(person.minor(on, age) for person in about),
            amount=each.amount,
        )
        own = ways.of(benefit.household_id, benefit.person_id, named.name if named else "")
        if own is not None:
            write_account(row, own)
        rows.append(row)
    session.add_all(rows)
    session.flush()
    session.add_all(
        PayPart(
            row_id=row.id,
            benefit_id=row.benefit_id,
            month=part.month,
            due=part.due,
            before=part.before,
            amount=part.left,
            change_id=part.change_id,
        )
        for row, each in zip(rows, due, strict=True)
        for part in each.parts
    )
    session.flush()
    return rows


def write_account(row: PayRow, account: PayAccount) -> None:
    """Where a row's money goes, as it stands at this moment."""
    row.account, row.account_hash = account.account, account.account_hash
    row.account_masked, row.bank = account.masked, account.bank


def persons(first: int, changes: Sequence[BenefitChange], month: str) -> int:
    """For how many people a benefit is in a month."""
    held = [each for each in changes if each.month <= month]
    return max(held, key=lambda each: (each.month, each.id)).persons if held else first


class Accounts:
    """The account of each household; one that has none yet gets the one of its application, as a first account that
    somebody has to look at."""

    def __init__(self, session: Session, households: Sequence[int], bank: str, now: datetime) -> None:
        self._session, self._bank, self._now = session, bank, now
        self._current = accounts.current(session, households)
        without = [key for key in set(households) if (key, None) not in self._current]
        self._given = accounts.given(session, without)

    def of(self, household_id: int, person_id: int | None, holder: str) -> PayAccount | None:
        """A person's own account, else the household's; None when there is neither."""
        for key in ((household_id, person_id), (household_id, None)):
            if key in self._current:
                return self._current[key]
        number = self._given.get(household_id, "")
        if not number:
            return None
        made = PayAccount(
            household_id=household_id,
            person_id=None,
            account={"holder": holder, "number": number},
            account_hash=secrets.fingerprint(number),
            masked=mask(number),
            bank=self._bank,
            since=self._now,
        )
        self._session.add(made)
        self._current[household_id, None] = made
        return made
