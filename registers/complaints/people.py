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
    """Keeps whom a matter speaks against, once each: a row for every account of that name, or one without account."""
    known = {
        (each.name_key, each.account_id)
        for each in session.scalars(select(Accused).where(Accused.instance_id == instance_id))
    }
    made = []
    for row in rows:
        key = name_key(row["name"])
        for account_id in _namesakes(session, row["name"]) or [None]:
            if (key, account_id) in known:
                continue
            known.add((key, account_id))
            told = {"name": row["name"], "unit": row.get("unit") or ""}
            made.append(
                Accused(instance_id=instance_id, told=told, name_key=key, post=row["post"], account_id=account_id)
            )
    session.add_all(made)
    session.flush()
    return made


def _namesakes(session: Session, name: str) -> list[int | None]:
    wanted = "".join(name.split())
    return [key for key, each in session.execute(select(Account.id, Account.name)) if "".join(each.split()) == wanted]


def accused_of(session: Session, instance_id: int) -> list[Accused]:
    """Whom a matter speaks against, in the order in which they were recorded."""
    return list(session.scalars(select(Accused).where(Accused.instance_id == instance_id).order_by(Accused.id)))


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


def keys_of(session: Session, actor: Actor) -> list[str]:
    """Keyed hashes of the names under which somebody, or a registered relative of theirs, may be accused."""
    me = select(Account.person).where(Account.id == actor.id).scalar_subquery()
    rows = session.execute(
        select(StaffKin.account_id, StaffKin.staff_name, StaffKin.relative_name).where(
            (StaffKin.account_id == actor.id) | (StaffKin.fingerprint == me)
        )
    )
    names = {actor.name}
    for account_id, staff, relative in rows:
        names.add(relative if account_id == actor.id else staff)
    return sorted(name_key(each) for each in names if each)


def kin_accounts(actor: Actor) -> Any:
    """A subquery: the accounts of an actor and of those whom the register of relatives knows as their kin."""
    me = select(Account.person).where(Account.id == actor.id).scalar_subquery()
    of_mine = select(StaffKin.account_id).where(StaffKin.fingerprint == me, StaffKin.account_id.is_not(None))
    theirs = (
        select(Account.id).join(StaffKin, StaffKin.fingerprint == Account.person).where(StaffKin.account_id == actor.id)
    )
    return select(Account.id).where((Account.id == actor.id) | Account.id.in_(of_mine) | Account.id.in_(theirs))
