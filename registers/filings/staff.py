"""Who a member of staff is, of whom a filing says a name: by their ID number or account that is sure, by the name alone
it is a doubt. Until a person has found out, whoever bears the name is held to be meant: unknown is never allow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registers.accounts.models import Account
from registers.filings.models import StaffKin
from registers.households import ties


@dataclass(frozen=True)
class Staff:
    """Somebody on the staff. `key`: the keyed hash of their ID number, when it was said. `accounts`: theirs, or without
    `certain` those that only bear the name."""

    name: str
    key: str | None = None
    accounts: tuple[int, ...] = ()
    certain: bool = True


def who(session: Session, name: str, key: str | None) -> Staff:
    """Who is meant. An account whose own ID number is known to be another is nobody's namesake."""
    numbers = ties.also(session, [key]) if key else set()
    rows = session.execute(select(Account.id, Account.name, Account.person).order_by(Account.id)).all()
    own = tuple(account for account, _, person in rows if person in numbers)
    if own:
        return Staff(name, key, own)
    wanted = plain(name)
    same = tuple(
        account for account, called, person in rows if plain(called) == wanted and not (key is not None and person)
    )
    return Staff(name, key, same, certain=not same)


def keep(
    session: Session, staff: Staff, *, post: str, relative: str, fingerprint: str, relation: str, now: datetime
) -> list[StaffKin]:
    """Registers a near relative of somebody, once for each account that is or may be theirs; what stands there already
    is not written twice, and what was in doubt is not any more when it is sure now."""
    made = []
    rows = list(session.scalars(select(StaffKin).where(StaffKin.fingerprint == fingerprint).order_by(StaffKin.id)))
    for account in staff.accounts or (None,):
        there = next((each for each in rows if _same(each, staff, account)), None)
        if there is not None:
            there.certain = there.certain or staff.certain
            there.staff_key = there.staff_key or staff.key
            continue
        kin = StaffKin(
            account_id=account,
            staff_name=staff.name,
            staff_key=staff.key,
            certain=staff.certain,
            post=post,
            relative_name=relative,
            fingerprint=fingerprint,
            relation=relation,
            registered_at=now,
        )
        session.add(kin)
        made.append(kin)
    return made


def welcome(session: Session, account: Account) -> None:
    """A new account: the relatives that were filed before it was there are bound to it, by the ID number surely, by the
    name in doubt. A relative filed at the election keeps out from the first day (方案 二（二）1: 任前核查)."""
    numbers = ties.also(session, [account.person]) if account.person else set()
    rows = session.scalars(select(StaffKin).order_by(StaffKin.id)).all()
    held = {each.fingerprint for each in rows if each.account_id == account.id}
    for kin in rows:
        sure = kin.staff_key in numbers
        named = plain(kin.staff_name) == plain(account.name) and not (kin.staff_key and account.person)
        open_ = kin.account_id is None or not kin.certain
        if kin.fingerprint in held or not (sure or (named and open_)):
            continue
        held.add(kin.fingerprint)
        if kin.account_id is None:
            kin.account_id, kin.certain = account.id, sure
            continue
        # Another account of the person, or another one of the name: both are held to be meant.
        session.add(
            StaffKin(
                account_id=account.id,
                staff_name=kin.staff_name,
                staff_key=kin.staff_key,
                certain=sure,
                post=kin.post,
                relative_name=kin.relative_name,
                fingerprint=kin.fingerprint,
                relation=kin.relation,
                registered_at=kin.registered_at,
            )
        )


@dataclass
class Doubt:
    """An account that bears the name of somebody whose relatives were filed, and those relatives."""

    account: Account
    staff_name: str
    post: str
    kin: list[StaffKin] = field(default_factory=list)

    @property
    def relatives(self) -> str:
        """Their names, as they were filed."""
        return "、".join(dict.fromkeys(each.relative_name for each in self.kin))


def doubts(session: Session) -> list[Doubt]:
    """What waits for somebody to find out, by name and account."""
    rows = session.execute(
        select(StaffKin, Account)
        .join(Account, Account.id == StaffKin.account_id)
        .where(StaffKin.certain.is_(False))
        .order_by(StaffKin.staff_name, Account.id, StaffKin.id)
    )
    found: dict[tuple[str, str, int], Doubt] = {}
    for kin, account in rows:
        key = (kin.staff_name, kin.post, account.id)
        found.setdefault(key, Doubt(account, kin.staff_name, kin.post)).kin.append(kin)
    return list(found.values())


def settle(session: Session, doubt: Doubt, *, same: bool) -> None:
    """What was found out of one account. Who is meant is one person: a yes frees the others of the name. A no leaves
    the relative filed under the name alone when nobody else bears it."""
    prints = {kin.fingerprint for kin in doubt.kin}
    rows = select(StaffKin).where(StaffKin.fingerprint.in_(prints), StaffKin.staff_name == doubt.staff_name)
    others: dict[str, list[StaffKin]] = defaultdict(list)
    for each in session.scalars(rows):
        if each.account_id != doubt.account.id and each.post == doubt.post:
            others[each.fingerprint].append(each)
    for kin in doubt.kin:
        if same:
            kin.certain = True
            for other in others[kin.fingerprint]:
                if not other.certain:
                    session.delete(other)
        elif others[kin.fingerprint]:
            session.delete(kin)
        else:
            kin.account_id, kin.certain = None, True


def plain(name: str) -> str:
    """A name without blanks."""
    return "".join(name.split())


def _same(kin: StaffKin, staff: Staff, account: int | None) -> bool:
    if account is not None:
        return kin.account_id == account
    return kin.account_id is None and plain(kin.staff_name) == plain(staff.name) and kin.staff_key in (None, staff.key)
