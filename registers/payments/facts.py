"""What letters and lists may say of payments and recoveries."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.documents import facts
from engine.runtime.services import ServiceCall
from registers.areas import queries as areas
from registers.benefits.reasons import yuan
from registers.payments import services
from registers.payments.models import PayRow
from registers.payments.recovery import services as recoveries
from registers.payments.roster import after
from registers.payments.words import SCHEMES, month_name

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
        "scheme": SCHEMES.get(row.scheme, row.scheme),
        "amount_yuan": yuan(row.amount),
    }


def _rows(call: ServiceCall) -> int:
    run = services.of(call)
    return len(call.session.scalars(select(PayRow.id).where(PayRow.run_id == run.id, PayRow.state == "paid")).all())


def _month_of_recovery(at: int) -> Any:
    return lambda call: month_name(recoveries.of(call).months[at]["month"])


def _until(call: ServiceCall) -> str:
    day = recoveries.of(call).pay_by
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


facts.register("month", lambda call: month_name(services.of(call).month), "发放月份", public=True)
facts.register("month_rows", month_rows, "当月发放名单（村、姓名、人数、类别、金额）", public=True)
facts.register("payment_month", lambda call: month_name(services.of(call).month), "发放月份")
facts.register("payment_rows", _rows, "发放笔数")
facts.register("payment_total_yuan", lambda call: yuan(services.of(call).total), "发放合计（元）")
facts.register("recovery_from", _month_of_recovery(0), "多发的起始月")
facts.register("recovery_to", _month_of_recovery(-1), "多发的截止月")
facts.register("recovery_yuan", lambda call: yuan(recoveries.of(call).amount or 0), "追缴金额（元）")
facts.register("recovery_fine_yuan", lambda call: yuan(recoveries.of(call).fine), "罚款（元）")
facts.register("recovery_account", lambda call: str(call.parameters["recovery_account"]), "缴款账户")
facts.register("recovery_until", _until, "缴款期限")
