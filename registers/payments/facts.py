"""What letters and lists may say of payments and recoveries."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from engine.documents import facts
from engine.runtime.services import ServiceCall
from registers.areas import queries as areas
from registers.benefits.reasons import yuan
from registers.cases.schemes import short
from registers.payments import services
from registers.payments.models import PayPart, PayRow, PayRun
from registers.payments.recovery import services as recoveries
from registers.payments.roster import after
from registers.payments.words import fund_name, moved

#: In the place of a name that is not published (policy.md §7.2).
MINORS = "（未成年人，不公布姓名）"


def month_rows(call: ServiceCall) -> list[dict[str, Any]]:
    """The lines of the monthly list: names, sizes and amounts of what was paid, nothing else of anybody."""
    run = services.of(call)
    names = areas.names(call.session)
    return [listed(row, names) for row in after.rows(call.session, run, ("paid",))]


def listed(row: PayRow, names: dict[str, str]) -> dict[str, Any]:
    """A line of a list that hangs on a notice board: the whitelist (57号 art. 24)."""
    return {
        "village": names.get(row.area, row.area),
        "applicant": MINORS if row.minors else row.name,
        "members": row.persons,
        "scheme": short(row.scheme),
        "amount_yuan": yuan(row.amount),
    }


def summary(call: ServiceCall) -> list[dict[str, Any]]:
    """The run in one line: what was due, what of it were arrears, what was paid, against the month before."""
    run = services.of(call)
    paid = after.rows(call.session, run, ("paid",))
    parts = call.session.execute(
        select(PayPart.month, func.sum(PayPart.amount))
        .join(PayRow, PayRow.id == PayPart.row_id)
        .where(PayRow.run_id == run.id, PayRow.state == "paid")
        .group_by(PayPart.month)
    ).all()
    total = sum(row.amount for row in paid)
    before = call.session.scalar(
        select(func.sum(PayRow.amount))
        .join(PayRun, PayRun.id == PayRow.run_id)
        .where(
            PayRun.area == run.area,
            PayRun.fund == run.fund,
            PayRun.month == moved(run.month, -1),
            PayRun.void.is_(False),
            PayRow.state == "paid",
        )
    )
    change = total - int(before or 0)
    return [
        {
            "scheme": fund_name(run.fund),
            "households": len({row.household_id for row in paid}),
            "persons": sum(row.persons for row in paid),
            "due_yuan": yuan(int(sum(fen for month, fen in parts if month == run.month))),
            "arrears_yuan": yuan(int(sum(fen for month, fen in parts if month != run.month))),
            "deducted_yuan": yuan(0),
            "paid_yuan": yuan(total),
            "difference_yuan": ("-" if change < 0 else "") + yuan(abs(change)),
        }
    ]


def _month_of_recovery(at: int) -> Any:
    return lambda call: recoveries.of(call).months[at]["month"]


def _until(call: ServiceCall) -> str:
    day = recoveries.of(call).pay_by
    return day.isoformat() if day else ""


facts.register("list_month", lambda call: services.of(call).month, "公布的月份", public=True)
facts.register("list_rows", month_rows, "当月发放名单（村、姓名、人数、类别、金额）", public=True)
facts.register("payment_month", lambda call: services.of(call).month, "发放月份")
facts.register("payment_rows", summary, "发放汇总（户数、人数、应发、补发、实发、与上月相比）")
facts.register("payment_total_yuan", lambda call: summary(call)[0]["paid_yuan"], "实发合计（元）")
facts.register("recovery_from", _month_of_recovery(0), "多发的起始月")
facts.register("recovery_to", _month_of_recovery(-1), "多发的截止月")
facts.register("recovery_yuan", lambda call: yuan(recoveries.of(call).amount or 0), "追缴金额（元）")
facts.register("recovery_fine_yuan", lambda call: yuan(recoveries.of(call).fine), "罚款（元），没有的为0")
facts.register("recovery_account", lambda call: str(call.parameters["recovery_account"]), "缴款账户")
facts.register("recovery_until", _until, "缴款期限")
