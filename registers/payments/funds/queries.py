"""Reading the ledgers of the funds: balances, and what is carried over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registers.cases.schemes import SCHEMES
from registers.payments.funds.models import FundEntry
from registers.payments.words import FUND_PARAMETER, fund_name, moved, scheme_of

#: So many months of payments make the usual outlay.
USUAL = 3


@dataclass(frozen=True)
class Fund:
    """A fund's account as it stands: money in fen."""

    key: str
    name: str
    code: str
    balance: int
    #: What stood on it when the year began.
    carried: int
    received: int
    paid: int
    recovered: int
    #: What a month costs, as the last three months with payments show; 0 when there was none.
    usual: int
    #: Months that the balance lasts; None when nothing was ever paid.
    lasts: float | None
    alert: str


def keys(parameters: Mapping[str, Any]) -> list[str]:
    """The funds that there are, by the parameters `budget_code_…` of schemes that are paid monthly."""
    names = [name.removeprefix(FUND_PARAMETER) for name in parameters if name.startswith(FUND_PARAMETER)]
    return sorted(name for name in names if scheme_of(name) in SCHEMES)


def balance(session: Session, area: str, fund: str) -> int:
    """What stands on a fund's account of a township."""
    return session.scalar(_sum().where(FundEntry.area == area, FundEntry.fund == fund)) or 0


def funds(session: Session, area: str, month: str, parameters: Mapping[str, Any]) -> list[Fund]:
    """The accounts of a township as they stand in a month, with what should make somebody look."""
    lines = session.execute(
        select(FundEntry.fund, FundEntry.kind, FundEntry.month, func.sum(FundEntry.amount))
        .where(FundEntry.area == area, FundEntry.month <= month)
        .group_by(FundEntry.fund, FundEntry.kind, FundEntry.month)
    ).all()
    return [_fund(key, [each for each in lines if each[0] == key], month, parameters) for key in keys(parameters)]


def entries(session: Session, area: str, fund: str, limit: int = 500) -> list[FundEntry]:
    """The lines of a ledger, the newest first."""
    asked = select(FundEntry).where(FundEntry.area == area, FundEntry.fund == fund)
    return list(session.scalars(asked.order_by(FundEntry.id.desc()).limit(limit)))


def of_run(session: Session, run_id: int) -> int:
    """What the ledger says that a run cost: paid out, less what the banks gave back (a positive figure)."""
    kinds = FundEntry.kind.in_(("payment", "returned"))
    return -(session.scalar(_sum().where(FundEntry.run_id == run_id, kinds)) or 0)


def _fund(key: str, lines: list[Any], month: str, parameters: Mapping[str, Any]) -> Fund:
    year = month[:4]
    this_year = [(kind, amount) for _, kind, at, amount in lines if at[:4] == year]

    def of(*kinds: str) -> int:
        return int(sum(amount for kind, amount in this_year if kind in kinds))

    stands = int(sum(amount for *_, amount in lines))
    carried = int(sum(amount for *_, at, amount in lines if at[:4] < year)) + of("opening")
    usual = _usual(lines, month)
    return Fund(
        key=key,
        name=fund_name(key),
        code=str(parameters[FUND_PARAMETER + key]),
        balance=stands,
        carried=carried,
        received=of("appropriation"),
        paid=-of("payment", "returned"),
        recovered=of("recovered"),
        usual=usual,
        lasts=round(stands / usual, 1) if usual else None,
        alert=alert(stands, usual, float(parameters["carryover_alert_months"])),
    )


def alert(stands: int, usual: int, most: float) -> str:
    """What should make somebody look at a balance; empty when nothing should."""
    if stands < 0:
        return "账户出现赤字，请立即核对。"
    if usual and stands > usual * most:
        return f"结余超过{most:g}个月的支出，请加大结转结余资金消化力度（方案二（一）2）。"
    return ""


def _usual(lines: list[Any], month: str) -> int:
    """The mean of the last months in which something was paid, this one included."""
    paid: dict[str, int] = {}
    for _, kind, at, amount in lines:
        if kind in ("payment", "returned") and at >= moved(month, -12):
            paid[at] = paid.get(at, 0) - int(amount)
    last = [paid[at] for at in sorted(paid) if paid[at] > 0][-USUAL:]
    return sum(last) // len(last) if last else 0


def _sum() -> Any:
    return select(func.coalesce(func.sum(FundEntry.amount), 0))
