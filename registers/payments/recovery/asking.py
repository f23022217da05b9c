"""Asking for money back: whoever finds that too much was paid asks once; a case finds out and decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import DoudiError
from engine.runtime import openings
from registers.benefits.models import Benefit
from registers.households.models import Household
from registers.payments.models import PayPart, PayRow, PayRun
from registers.payments.recovery.models import Recovery
from registers.payments.roster.due import UNPAID, Due
from registers.payments.words import GROUNDS

PROCESS = "recovery"
Months = list[dict[str, Any]]


def ask(
    session: Session,
    *,
    benefit: Benefit,
    ground: str,
    months: Months,
    note: str,
    who: str,
    now: datetime,
    parent_id: int | None = None,
) -> Recovery | None:
    """Opens a recovery of `months` ([{"month", "paid", "due", "over"}], fen), less what earlier ones ask for already;
    None when nothing is left. `ground` is a key of words.GROUNDS. Inside an operation; the case follows the commit."""
    if ground not in GROUNDS:
        raise DoudiError(f"追缴原因“{ground}”不在规定的种类中。")
    left = not_asked(session, benefit.id, months)
    if not left:
        return None
    found = sum(each["over"] for each in left)
    key = f"overpaid:{benefit.id}:{left[0]['month']}:{left[-1]['month']}:{found}"
    rural = session.scalar(select(Household.rural).where(Household.id == benefit.household_id))
    made = Recovery(
        key=key,
        benefit_id=benefit.id,
        household_id=benefit.household_id,
        area=benefit.area,
        fund=_fund(session, benefit, bool(rural)),
        ground=ground,
        months=left,
        found=found,
        note=note,
        asked_by=who,
        asked_at=now,
    )
    session.add(made)
    session.flush()
    openings.ask(
        session,
        key=f"{PROCESS}:{made.id}",
        process_id=PROCESS,
        area=benefit.area,
        flow={"recovery": made.id},
        parent_id=parent_id or benefit.instance_id,
        now=now,
    )
    return made


def ask_all_paid(
    session: Session, *, instance_id: int, ground: str, note: str, who: str, now: datetime, since: str = ""
) -> list[Recovery]:
    """Everything that was paid on the benefits that a case confirmed, from month `since` on: for fraud and for false
    commitments, where nothing was due."""
    made = []
    for benefit in session.scalars(select(Benefit).where(Benefit.instance_id == instance_id).order_by(Benefit.id)):
        rows = session.execute(
            select(PayPart.month, func.sum(PayPart.amount))
            .join(PayRow, PayRow.id == PayPart.row_id)
            .join(PayRun, PayRun.id == PayRow.run_id)
            .where(
                PayPart.benefit_id == benefit.id,
                PayPart.month >= since,
                PayRow.state.not_in(UNPAID),
                PayRun.void.is_(False),
                PayRun.batch > 0,
            )
            .group_by(PayPart.month)
            .order_by(PayPart.month)
        )
        months = [{"month": month, "paid": int(paid), "due": 0, "over": int(paid)} for month, paid in rows]
        one = ask(
            session, benefit=benefit, ground=ground, months=months, note=note, who=who, now=now, parent_id=instance_id
        )
        made += [one] if one is not None else []
    return made


def overpaid(session: Session, run: PayRun, due: Iterable[Due], who: Actor, now: datetime) -> int:
    """What a freeze finds paid too much in earlier months, after a decision that reached back; how many were asked."""
    count = 0
    for each in due:
        months = [{"month": part.month, "paid": part.before, "due": part.due, "over": -part.left} for part in each.over]
        note = f"{run.month}名册核算时发现"
        made = ask(session, benefit=each.benefit, ground="change", months=months, note=note, who=who.name, now=now)
        count += made is not None
    return count


def not_asked(session: Session, benefit_id: int, months: Sequence[dict[str, Any]]) -> Months:
    """The months less what earlier recoveries of the benefit ask for, whatever became of them."""
    asked: dict[str, int] = {}
    for known in session.scalars(select(Recovery.months).where(Recovery.benefit_id == benefit_id)):
        for each in known:
            asked[each["month"]] = asked.get(each["month"], 0) + each["over"]
    left = [{**each, "over": each["over"] - asked.get(each["month"], 0)} for each in months]
    return sorted((each for each in left if each["over"] > 0), key=lambda each: each["month"])


def _fund(session: Session, benefit: Benefit, rural: bool) -> str:
    """The fund that paid it last; by scheme and place when none did."""
    paid = session.scalar(
        select(PayRun.fund)
        .join(PayRow, PayRow.run_id == PayRun.id)
        .where(PayRow.benefit_id == benefit.id)
        .order_by(PayRun.id.desc())
        .limit(1)
    )
    return paid or f"{'rural' if rural else 'urban'}_{benefit.scheme}"
