"""What is doubtful about the accounts of a roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine import secrets
from registers.payments.accounts import queries as accounts
from registers.payments.accounts.models import PayAccount, StaffCard
from registers.payments.models import PayRow, PayRun
from registers.payments.roster.doubts import Found, staff_of
from registers.payments.roster.due import chunks
from registers.payments.roster.people import homes

if TYPE_CHECKING:
    from registers.payments.roster.compare import Roster

#: Rows of an earlier run that say that an account has been paid to.
PAID = ("sent", "paid")


def account(roster: Roster) -> Found:
    """Accounts that are missing, new, changed, shared, of staff, or in somebody else's hands."""
    used = _used(roster)
    shared = _shared(roster, {row.account_hash for row in roster.rows if row.account_hash})
    cards = _cards(roster)
    now = accounts.current(roster.session, [row.household_id for row in roster.rows])
    given, known = _given_hashes(roster), accounts.hashes(roster.session, [row.household_id for row in roster.rows])
    for row in roster.rows:
        if not row.account_hash:
            yield row, "no_account", "", "没有登记银行账户，请先登记账户并由第二人确认。"
            continue
        own = now.get((row.household_id, row.person_id)) or now.get((row.household_id, None))
        if (row.household_id, row.account_hash) not in used:
            confirmed = own is not None and own.account_hash == row.account_hash and own.change_id is not None
            kind = "changed_account" if confirmed else "new_account"
            said = "账户经第二人确认变更，本月首次使用" if confirmed else "账户来自申请表，首次使用，未经第二人确认"
            yield row, kind, row.account_hash, f"{said}：{row.bank}{row.account_masked}。"
        if given.get(row.household_id, "") not in ("", *known.get(row.household_id, ())) and row.person_id is None:
            said = "最近一次申请表上填的是另一个账户；变更账户要提出并由第二人确认。"
            yield row, "other_account", given[row.household_id], said
        for other, staff in shared.get(row.account_hash, {}).items():
            if other == row.household_id:
                continue
            if staff:
                said = f"与{'、'.join(staff)}所在家庭使用同一账户{row.account_masked}。"
                yield row, "staff_account", f"household:{other}", said
            else:
                said = f"与另一户使用同一账户{row.account_masked}。"
                yield row, "shared_account", f"household:{other}", said
        for card in cards.get(row.account_hash, ()):
            if card.kind == "own":
                yield row, "staff_account", f"card:{card.id}", f"这是{card.staff_name}登记的本人账户{card.masked}。"
            else:
                yield row, "kept_card", f"card:{card.id}", accounts.kept_words(card)


def _used(roster: Roster) -> set[tuple[int, str]]:
    """(household, account) that an earlier run of any fund has paid to."""
    found: set[tuple[int, str]] = set()
    for some in chunks(sorted({row.household_id for row in roster.rows})):
        rows = (
            select(PayRow.household_id, PayRow.account_hash)
            .join(PayRun, PayRun.id == PayRow.run_id)
            .where(PayRow.household_id.in_(some), PayRow.state.in_(PAID), PayRun.void.is_(False))
            .distinct()
        )
        found |= {(household, mark) for household, mark in roster.session.execute(rows)}
    return found


def _shared(roster: Roster, hashes: Iterable[str]) -> dict[str, dict[int, list[str]]]:
    """{account: {household that uses it: staff and kin in that household}} for accounts of several households."""
    of: dict[str, set[int]] = defaultdict(set)
    for some in chunks(sorted(hashes)):
        rows = select(PayAccount.account_hash, PayAccount.household_id).where(
            PayAccount.account_hash.in_(some), PayAccount.ended_at.is_(None)
        )
        for mark, household in roster.session.execute(rows):
            of[mark].add(household)
    several = {mark: homes_ for mark, homes_ in of.items() if len(homes_) > 1}
    staff = staff_of(roster.session, homes(roster.session, [each for some in several.values() for each in some]))
    return {mark: {each: staff.get(each, []) for each in sorted(some)} for mark, some in several.items()}


def _cards(roster: Roster) -> dict[str, list[StaffCard]]:
    found: dict[str, list[StaffCard]] = defaultdict(list)
    for some in chunks(sorted({row.account_hash for row in roster.rows if row.account_hash})):
        for card in roster.session.scalars(select(StaffCard).where(StaffCard.account_hash.in_(some))):
            found[card.account_hash].append(card)
    return found


def _given_hashes(roster: Roster) -> dict[int, str]:
    given = accounts.given(roster.session, [row.household_id for row in roster.rows])
    return {household: secrets.fingerprint(number) if number else "" for household, number in given.items()}
