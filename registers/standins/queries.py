"""Reading who stands in for whom, now or in a span of days; what they took over. Answers the engine's directory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from engine import clock
from engine.actors import Actor
from engine.people import directory
from engine.runtime.models import WorkItem
from registers.accounts import queries as accounts
from registers.accounts.models import Account
from registers.standins.models import StandIn, TakenOver

#: What is going on or to come.
PENDING = ("asked", "valid")


def in_force(now: datetime) -> ColumnElement[bool]:
    """The condition of those that hold at an instant: the first day counts from 0:00, the last until 24:00, so that
    there is no gap and no doubling between one and the next."""
    return and_(StandIn.state == "valid", StandIn.starts_at <= now, StandIn.ends_at > now)


def lenders(session: Session, account_id: int) -> tuple[Actor, ...]:
    """Those for whom somebody stands in now, with nothing but their own grants: there are no chains."""
    rows = session.scalars(
        select(Account)
        .join(StandIn, StandIn.absent_id == Account.id)
        .where(StandIn.account_id == account_id, Account.active.is_(True), in_force(clock.now()))
        .order_by(StandIn.id)
    )
    return tuple(accounts.actor(each) for each in rows)


def stand_ins(session: Session, account_ids: Iterable[int]) -> dict[int, list[Actor]]:
    """{who is away: who stands in for them now}, as somebody who acts."""
    ids = list(account_ids)
    if not ids:
        return {}
    rows = session.execute(
        select(StandIn.absent_id, Account)
        .join(Account, Account.id == StandIn.account_id)
        .where(StandIn.absent_id.in_(ids), Account.active.is_(True), in_force(clock.now()))
        .order_by(StandIn.id)
    )
    found: dict[int, list[Actor]] = {}
    for absent_id, account in rows.all():
        found.setdefault(absent_id, []).append(accounts.present(session, account))
    return found


def kept_for(session: Session, item: Any, account_id: int) -> int | None:
    """In whose stead an item is in somebody's hands."""
    return session.scalar(
        select(StandIn.absent_id)
        .join(TakenOver, TakenOver.stand_in_id == StandIn.id)
        .where(
            TakenOver.work_item_id == item.id,
            TakenOver.account_id == account_id,
            TakenOver.claimed_at == item.claimed_at,
            in_force(clock.now()),
        )
        .limit(1)
    )


def mine(session: Session, account_id: int) -> list[StandIn]:
    """Who stands in for somebody and for whom they stand in, what is to come and what was; the latest first."""
    asked = select(StandIn).where(or_(StandIn.absent_id == account_id, StandIn.account_id == account_id))
    return list(session.scalars(asked.order_by(StandIn.first_on.desc(), StandIn.id.desc()).limit(30)))


def now_for(session: Session, account_id: int) -> list[StandIn]:
    """Those in force for whom somebody stands in: what the banner says."""
    asked = select(StandIn).join(Account, Account.id == StandIn.absent_id)
    return list(
        session.scalars(
            asked.where(StandIn.account_id == account_id, Account.active.is_(True), in_force(clock.now())).order_by(
                StandIn.id
            )
        )
    )


def open_(session: Session) -> list[tuple[StandIn, Account, Account]]:
    """Everything asked for, in force or to come, with both accounts; whose office it is the caller sees to."""
    absent, other = aliased(Account), aliased(Account)
    rows = session.execute(
        select(StandIn, absent, other)
        .join(absent, absent.id == StandIn.absent_id)
        .join(other, other.id == StandIn.account_id)
        .where(StandIn.state.in_(PENDING), StandIn.ends_at > clock.now())
        .order_by(StandIn.starts_at, StandIn.id)
    )
    return [(made, one, two) for made, one, two in rows]


def crossing(session: Session, first: date, last: date, *where: Any) -> StandIn | None:
    """One that is asked for or valid and shares a day with a span."""
    starts, ends = clock.instant(first), clock.end_of(last)
    asked = select(StandIn).where(
        StandIn.state.in_(PENDING), StandIn.starts_at < ends, StandIn.ends_at > starts, *where
    )
    return session.scalar(asked.order_by(StandIn.id).limit(1))


def held(session: Session, account_id: int) -> list[WorkItem]:
    """The open items in somebody's hands, the most pressing first."""
    asked = select(WorkItem).where(WorkItem.holder_id == account_id, WorkItem.state == "open")
    return list(session.scalars(asked.order_by(WorkItem.due_at.asc().nulls_last(), WorkItem.id).limit(200)))


def over(session: Session) -> list[TakenOver]:
    """What was taken over in a standing-in that holds no more, and was not given back yet."""
    return list(
        session.scalars(
            select(TakenOver)
            .join(StandIn, StandIn.id == TakenOver.stand_in_id)
            .where(TakenOver.settled_at.is_(None), or_(StandIn.state != "valid", StandIn.ends_at <= clock.now()))
            .order_by(TakenOver.id)
        )
    )


directory.lenders, directory.stand_ins, directory.kept_for = lenders, stand_ins, kept_for
