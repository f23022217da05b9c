"""Whom a matter speaks against, found by account or by name; who is that, or their kin; how high a report goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import secrets
from engine.actors import Actor, Grant, cut
from registers.accounts.models import Account
from registers.complaints.models import Accused
from registers.filings.models import StaffKin
from registers.households import ties

POSTS = {
    "village": "村干部",
    "clerk": "窗口受理员",
    "investigator": "调查员",
    "director": "民生服务中心主任",
    "deputy": "分管领导",
    "head": "乡长",
    "discipline": "乡纪委",
    "county": "县级工作人员",
    "other": "其他工作人员",
}
#: Who is accused here is out of the township discipline office's reach: the county takes it.
ABOVE = ("head", "discipline", "county")


def name_key(name: str) -> str:
    """A name as a keyed hash, blanks aside."""
    return secrets.fingerprint(f"name:{''.join(name.split())}")


def accuse(session: Session, instance_id: int, rows: Iterable[Mapping[str, Any]]) -> list[Accused]:
    """Keeps whom a matter speaks against, once each: a row for every account of that name, or one without account; and
    the accounts of their kin, as far as the register of relatives knows them by that name."""
    given = list(rows)
    known = {
        (each.name_key, each.account_id)
        for each in session.scalars(select(Accused).where(Accused.instance_id == instance_id))
    }
    made = []
    for row in given:
        key, told = name_key(row["name"]), {"name": row["name"], "unit": row.get("unit") or ""}
        found = [(each, False) for each in _namesakes(session, row["name"]) or [None]]
        found += [(each, True) for each in _kin_of_name(session, row["name"])]
        for account_id, kin in found:
            mark = ("" if kin else key, account_id)
            if mark in known:
                continue
            known.add(mark)
            post, said = ("other", {"name": "", "unit": ""}) if kin else (row["post"], told)
            made.append(
                Accused(
                    instance_id=instance_id,
                    told=said,
                    name_key=mark[0],
                    post=post,
                    account_id=account_id,
                    kin=kin,
                )
            )
    session.add_all(made)
    session.flush()
    return [each for each in made if not each.kin]


def _namesakes(session: Session, name: str) -> list[int | None]:
    wanted = "".join(name.split())
    return [key for key, each in session.execute(select(Account.id, Account.name)) if "".join(each.split()) == wanted]


def _kin_of_name(session: Session, name: str) -> set[int]:
    """Accounts of the relatives of a cadre whom the register of relatives knows by name only, and of whoever has a
    relative of this name."""
    wanted, found = "".join(name.split()), set()
    rows = select(StaffKin.staff_name, StaffKin.relative_name, StaffKin.account_id, Account.id).outerjoin(
        Account, Account.person == StaffKin.fingerprint
    )
    for staff, relative, account_id, own in session.execute(rows):
        if "".join(staff.split()) == wanted and own is not None:
            found.add(own)
        if "".join(relative.split()) == wanted and account_id is not None:
            found.add(account_id)
    return found


def accused_of(session: Session, instance_id: int) -> list[Accused]:
    """Whom a matter speaks against, in the order in which they were recorded; not their kin."""
    return list(
        session.scalars(
            select(Accused).where(Accused.instance_id == instance_id, Accused.kin.is_(False)).order_by(Accused.id)
        )
    )


def level(session: Session, accused: Iterable[Accused], area: str) -> str:
    """`county` when the township's own discipline office cannot be asked: its officer, the head or somebody of the
    county is accused, by post or by what their account may do; else `township`."""
    rows = list(accused)
    if any(each.post in ABOVE for each in rows):
        return "county"
    ids = [each.account_id for each in rows if each.account_id is not None]
    township = cut(area, "township")
    for account in session.scalars(select(Account).where(Account.id.in_(ids))) if ids else ():
        grants = [Grant(each["role"], each["area"]) for each in account.grants]
        if any(_above(grant, township) for grant in grants):
            return "county"
    return "township"


def _above(grant: Grant, township: str) -> bool:
    return grant.role.startswith("county_") or (grant.role in ABOVE and grant.covers(township))


def against(actor: Actor) -> Any:
    """A subquery: the matters that speak against somebody or their kin."""
    return select(Accused.instance_id).where(
        Accused.account_id.in_(kin_accounts(actor)) | (Accused.name_key == name_key(actor.name))
    )


def kin_accounts(actor: Actor) -> Any:
    """A subquery: the accounts of an actor and of those whom the register of relatives knows as their kin."""
    me = ties.numbers(select(Account.person).where(Account.id == actor.id, Account.person.is_not(None)))
    of_mine = select(StaffKin.account_id).where(StaffKin.fingerprint.in_(me), StaffKin.account_id.is_not(None))
    near = ties.numbers(select(StaffKin.fingerprint).where(StaffKin.account_id == actor.id))
    theirs = select(Account.id).where(Account.person.in_(near))
    return select(Account.id).where((Account.id == actor.id) | Account.id.in_(of_mine) | Account.id.in_(theirs))
