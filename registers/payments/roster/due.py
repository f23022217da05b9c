"""What is due: for each benefit and month, what its decisions give, less what was paid. Pure reading; fen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from registers.benefits.models import Benefit, BenefitChange
from registers.households.models import Household
from registers.payments.models import DirectPayment, PayPart, PayRow, PayRun
from registers.payments.words import fund_of, months, moved

#: States in which a row's money did not go out and will not: the month is still owed.
UNPAID = ("excluded", "carried")
#: So many ids in one statement.
CHUNK = 500


@dataclass(frozen=True)
class Part:
    """A month of a benefit: decided, paid before, and what is left (negative: too much was paid)."""

    month: str
    due: int
    before: int
    change_id: int | None

    @property
    def left(self) -> int:
        return self.due - self.before


@dataclass
class Due:
    """A benefit and its months of which something is left or too much was paid."""

    benefit: Benefit
    rural: bool
    parts: list[Part] = field(default_factory=list)
    over: list[Part] = field(default_factory=list)

    @property
    def amount(self) -> int:
        return sum(part.left for part in self.parts)


def dues(
    session: Session,
    *,
    area: str,
    fund: str,
    month: str,
    first: str,
    window: int,
    known: Sequence[str] | Mapping[str, object],
    except_run: int | None = None,
) -> list[Due]:
    """Every benefit of a fund in a township with something left for `month` or an earlier month of the window, or with
    a month of which too much was paid. `first` is the first month that this register pays; what was paid before it is
    none of its business. `except_run` leaves out what that run itself holds."""
    earliest = max(first, moved(month, -window))
    pairs = session.execute(
        select(Benefit, Household.rural)
        .join(Household, Household.id == Benefit.household_id)
        .where(
            or_(Benefit.area == area, Benefit.area.startswith(area + "/", autoescape=True)),
            Benefit.from_month <= month,
        )
        .order_by(Benefit.area, Benefit.id)
    ).all()
    ours = [(benefit, rural) for benefit, rural in pairs if fund_of(benefit.scheme, rural, known) == fund]
    ids = [benefit.id for benefit, _ in ours]
    changed, paid = changes_of(session, ids), paid_of(session, ids, earliest, except_run)
    found = []
    for benefit, rural in ours:
        one = Due(benefit, rural)
        already = paid.get(benefit.id, {})
        asked = set(owed_months(benefit, earliest, month)) | set(already)
        for each in sorted(asked):
            amount, change = decided(benefit, changed.get(benefit.id, ()), each)
            part = Part(each, amount, already.get(each, 0), change)
            if part.left > 0:
                one.parts.append(part)
            elif part.left < 0:
                one.over.append(part)
        if one.parts or one.over:
            found.append(one)
    return found


def owed_months(benefit: Benefit, earliest: str, month: str) -> list[str]:
    """The months of a benefit up to `month` that may be owed; a one-off grant is due in its first month only."""
    if benefit.one_off:
        return [benefit.from_month] if earliest <= benefit.from_month <= month else []
    last = month if benefit.to_month is None else min(month, benefit.to_month)
    return months(max(earliest, benefit.from_month), last)


def decided(benefit: Benefit, changes: Sequence[BenefitChange], month: str) -> tuple[int, int | None]:
    """Fen that the decisions give for a month, and the change that says so (as benefits.queries.amount_in)."""
    if month < benefit.from_month or (benefit.to_month is not None and month > benefit.to_month):
        return 0, None
    if benefit.one_off and month != benefit.from_month:
        return 0, None
    held = [each for each in changes if each.month <= month]
    if not held:
        return benefit.amount, None
    last = max(held, key=lambda each: (each.month, each.id))
    return last.amount, last.id


def changes_of(session: Session, benefit_ids: Sequence[int]) -> dict[int, list[BenefitChange]]:
    """The decided changes of many benefits."""
    found: dict[int, list[BenefitChange]] = defaultdict(list)
    for some in chunks(benefit_ids):
        for each in session.scalars(select(BenefitChange).where(BenefitChange.benefit_id.in_(some))):
            found[each.benefit_id].append(each)
    return found


def paid_of(
    session: Session, benefit_ids: Sequence[int], earliest: str, except_run: int | None = None
) -> dict[int, dict[str, int]]:
    """{benefit: {month: fen paid or under way}}, of the months from `earliest` on."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for some in chunks(benefit_ids):
        rows = session.execute(
            select(PayPart.benefit_id, PayPart.month, func.sum(PayPart.amount))
            .join(PayRow, PayRow.id == PayPart.row_id)
            .join(PayRun, PayRun.id == PayRow.run_id)
            .where(
                PayPart.benefit_id.in_(some),
                PayPart.month >= earliest,
                PayRow.state.not_in(UNPAID),
                PayRun.void.is_(False),
                PayRun.id != (except_run or 0),
            )
            .group_by(PayPart.benefit_id, PayPart.month)
        )
        for benefit_id, month, amount in rows:
            found[benefit_id][month] = int(amount)
        direct = session.execute(
            select(DirectPayment.benefit_id, DirectPayment.month, func.sum(DirectPayment.amount))
            .where(DirectPayment.benefit_id.in_(some), DirectPayment.month >= earliest)
            .group_by(DirectPayment.benefit_id, DirectPayment.month)
        )
        for benefit_id, month, amount in direct:
            found[benefit_id][month] = found[benefit_id].get(month, 0) + int(amount)
    return found


def chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    """The ids in pieces that one statement takes."""
    return [ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK)]
