"""Money that a township hands out at once, from its reserve, outside the monthly run (policy.md §3.2)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.actors import cut
from engine.errors import DoudiError
from registers.benefits.models import Benefit
from registers.benefits.reasons import yuan
from registers.payments.funds import book
from registers.payments.models import DirectPayment
from registers.payments.roster.due import changes_of, decided, paid_of

WAYS = {"transfer": "转账", "cash": "现金（有签收）", "goods": "实物（有签收）"}


def record(
    session: Session,
    *,
    benefit: Benefit,
    fund: str,
    amount: int,
    paid_on: date,
    way: str,
    voucher: str,
    instance_id: int,
    who: str,
    now: datetime,
) -> DirectPayment:
    """Keeps what was paid of a benefit's first month at once and books it, inside an operation; the monthly run pays
    only what is left. The same voucher of a case is booked once. Raises DoudiError for more than is due, for an unknown
    way, and without a voucher."""
    if way not in WAYS or not voucher.strip() or amount <= 0:
        raise DoudiError("先行发放要写明金额、方式（转账、现金或实物）和凭证号。")
    there = session.scalar(
        select(DirectPayment).where(DirectPayment.instance_id == instance_id, DirectPayment.voucher == voucher)
    )
    if there is not None:
        return there
    month = benefit.from_month
    due, _ = decided(benefit, changes_of(session, [benefit.id]).get(benefit.id, ()), month)
    before = paid_of(session, [benefit.id], month).get(benefit.id, {}).get(month, 0)
    if before + amount > due:
        raise DoudiError(f"本项应发{yuan(due)}元，已发{yuan(before)}元，不能再发{yuan(amount)}元。")
    made = DirectPayment(
        benefit_id=benefit.id,
        instance_id=instance_id,
        month=month,
        amount=amount,
        paid_on=paid_on,
        way=way,
        voucher=voucher,
        recorded_by=who,
        recorded_at=now,
    )
    session.add(made)
    session.flush()
    book.entry(
        session,
        f"direct:{made.id}",
        area=cut(benefit.area, "township"),
        fund=fund,
        month=f"{paid_on:%Y-%m}",
        kind="payment",
        amount=-amount,
        instance_id=instance_id,
        voucher=voucher,
        note=WAYS[way],
        made_by=who,
        made_at=now,
    )
    return made


def of_case(session: Session, instance_id: int) -> int:
    """Fen that a case has paid out at once."""
    asked = select(func.coalesce(func.sum(DirectPayment.amount), 0)).where(DirectPayment.instance_id == instance_id)
    return int(session.scalar(asked) or 0)
