"""Lines that a run writes into a fund's ledger; each has a key, so that a step done again books nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import DoudiError
from engine.outbox.operations import enqueue
from registers.benefits.reasons import yuan
from registers.payments.funds import queries
from registers.payments.funds.models import FundEntry
from registers.payments.models import PayRun
from registers.payments.words import fund_name, month_name


def entry(session: Session, key: str, **given: Any) -> FundEntry:
    """A line of the ledger; the one that has this key when it is there already."""
    there = session.scalar(select(FundEntry).where(FundEntry.key == key))
    if there is not None:
        return there
    made = FundEntry(key=key, **given)
    session.add(made)
    session.flush()
    return made


def released(
    session: Session, run: PayRun, *, released: int, carried: int, voucher: str, who: str, now: datetime
) -> None:
    """New money for a run, and how much of it comes from what the fund holds. Raises DoudiError for any other sum than
    the roster's, and for more than there is."""
    if min(released, carried) < 0 or released + carried != run.total:
        raise DoudiError(f"拨付{yuan(released)}元加使用结转结余{yuan(carried)}元，应等于名册合计{yuan(run.total)}元。")
    stands = queries.balance(session, run.area, run.fund)
    if carried > stands:
        raise DoudiError(f"{fund_name(run.fund)}专账结余只有{yuan(stands)}元，不能使用{yuan(carried)}元。")
    if released:
        _of_run(session, run, "appropriation", released, f"run:{run.id}:appropriation", who, now, voucher=voucher)


def paid(session: Session, run: PayRun, *, sent: int, back: int, who: str, now: datetime) -> None:
    """What a batch cost, and what the banks gave back of it."""
    _of_run(session, run, "payment", -sent, f"run:{run.id}:{run.batch}:payment", who, now)
    if back:
        _of_run(session, run, "returned", back, f"run:{run.id}:{run.batch}:returned", who, now)


def warn(session: Session, run: PayRun, parameters: Mapping[str, Any], now: datetime) -> None:
    """Tells the director, the accountants and the county of a fund that holds too much, or less than nothing."""
    found = next(
        (each for each in queries.funds(session, run.area, run.month, parameters) if each.key == run.fund), None
    )
    if found is None or not found.alert:
        return
    for role in ("director", "accountant", "county_review"):
        enqueue(
            session,
            kind="fund",
            role=role,
            area=run.area,
            subject=f"{found.name}专账：{found.alert}",
            body=f"{month_name(run.month)}发放后余额{yuan(found.balance)}元，近月平均支出{yuan(found.usual)}元。",
            instance_id=run.instance_id,
            key=f"carryover:{run.area}:{run.fund}:{run.month}:{role}",
            now=now,
        )


def _of_run(
    session: Session, run: PayRun, kind: str, amount: int, key: str, who: str, now: datetime, voucher: str = ""
) -> None:
    entry(
        session,
        key,
        area=run.area,
        fund=run.fund,
        month=run.month,
        kind=kind,
        amount=amount,
        run_id=run.id,
        instance_id=run.instance_id,
        voucher=voucher,
        made_by=who,
        made_at=now,
    )
