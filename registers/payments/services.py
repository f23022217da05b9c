"""What the monthly run asks of the registers. Sum of the roster = bank files = ledger, whatever a drawing says."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import func, select

from engine.errors import DoudiError
from engine.runtime.models import Instance
from engine.runtime.services import Outputs, ServiceCall, services
from registers.benefits.models import Benefit
from registers.cases.services import of as of_case
from registers.payments import direct
from registers.payments.bank import batches
from registers.payments.funds import book
from registers.payments.models import PayListing, PayRow, PayRun
from registers.payments.recovery.asking import overpaid
from registers.payments.roster import after
from registers.payments.roster.compare import compare
from registers.payments.roster.due import dues
from registers.payments.roster.freeze import freeze as frozen
from registers.payments.roster.seal import seal
from registers.payments.words import FUND_PARAMETER, fund_name, month_name


def of(call: ServiceCall) -> PayRun:
    """The run of the instance; DoudiError when the flow has not opened it."""
    run = call.session.scalar(select(PayRun).where(PayRun.instance_id == call.instance.id))
    if run is None:
        raise DoudiError("这次发放还没有登记，请先运行“登记发放”。")
    return run


@services.service("payments.open", "登记发放", outputs={"payday": "text", "run_title": "text"})
def open_(call: ServiceCall) -> Outputs:
    """Registers the run of the month and fund that it was opened for; a second one of the same is refused. A run that
    was broken off before its money left gives its months back."""
    month, fund = str(call.flow["month"]), str(call.flow["fund"])
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", month):
        raise DoudiError(f"发放月份“{month}”不正确，应写成2026-04的形式。")
    if FUND_PARAMETER + fund not in call.parameters:
        raise DoudiError(f"没有“{fund}”这个资金专账，请管理员补上政策参数“{FUND_PARAMETER}{fund}”。")
    _void_broken_off(call)
    title = f"{month_name(month)}{fund_name(fund)}发放"
    payday = date.fromisoformat(f"{month}-{int(call.parameters['payday']):02d}")
    run = call.session.scalar(
        select(PayRun).where(
            PayRun.area == call.instance.area, PayRun.fund == fund, PayRun.month == month, PayRun.void.is_(False)
        )
    )
    if run is not None and run.instance_id != call.instance.id:
        raise DoudiError(f"{title}已经在办或办结，不能重复发放。")
    if run is None:
        run = PayRun(
            instance_id=call.instance.id,
            area=call.instance.area,
            fund=fund,
            month=month,
            payday=payday,
            frozen_at=call.now,
        )
        call.session.add(run)
        call.session.flush()
    of_case(call).applicant = title
    return {"payday": payday.isoformat(), "run_title": title}


@services.service(
    "payments.freeze",
    "冻结名册",
    outputs={"rows": "number", "hits": "number", "total": "number", "returned": "boolean"},
    fixed={"returned": False},
)
def freeze(call: ServiceCall) -> Outputs:
    """Writes a row for every benefit with something due, looks at each, and asks for the recovery of what was paid too
    much in earlier months. Frozen is frozen: run again it only looks again."""
    run = of(call)
    if not call.session.scalar(select(func.count()).select_from(PayRow).where(PayRow.run_id == run.id)):
        run.frozen_at = call.now
        due = dues(
            call.session,
            area=run.area,
            fund=run.fund,
            month=run.month,
            first=str(call.parameters["pay_first_month"]),
            window=int(call.parameters["pay_arrears_window"]),
            known=list(call.parameters),
        )
        frozen(call.session, run, due, call.parameters, call.now)
        overpaid(call.session, run, due, call.actor, call.now)
    hits = compare(call.session, run, call.parameters, call.now)
    rows, total = _payable(call, run, ("pending", "kept"))
    return {"rows": rows, "hits": hits, "total": total, "returned": False}


@services.service("payments.compare", "再次比对", outputs={"hits": "number"})
def look_again(call: ServiceCall) -> Outputs:
    """Looks at every row once more: who died, moved or was stopped since the roster was frozen."""
    run = of(call)
    after.refresh(call.session, run, call.now)
    return {"hits": compare(call.session, run, call.parameters, call.now)}


@services.service(
    "payments.compute",
    "核算应发",
    outputs={"rows": "number", "total": "number", "excluded": "number", "roster_seal": "text"},
)
def compute(call: ServiceCall) -> Outputs:
    """Adds up what is kept and seals it: whoever changes a row afterwards is found out before a file is made."""
    run = of(call)
    waiting = call.session.scalar(
        select(func.count()).select_from(PayRow).where(PayRow.run_id == run.id, PayRow.state == "pending")
    )
    if waiting:
        raise DoudiError(f"还有{waiting}户的疑点没有处理，不能核算应发。")
    kept = after.rows(call.session, run, ("kept",))
    run.rows, run.total, run.seal, run.state = len(kept), sum(row.amount for row in kept), seal(kept), "compiled"
    excluded = call.session.scalar(
        select(func.count()).select_from(PayRow).where(PayRow.run_id == run.id, PayRow.state == "excluded")
    )
    return {"rows": run.rows, "total": run.total, "excluded": excluded or 0, "roster_seal": run.seal[:16]}


@services.service("payments.release", "登记拨付", outputs={}, repeat="bars return", reads=("release_funds",))
def release(call: ServiceCall) -> Outputs:
    """Books what the finance office released for this run: the sum of the roster, to the fen, from new money and from
    what was carried over (plan 2.1.2)."""
    run, given = of(call), call.values("release_funds")
    after.unchanged(call.session, run, str(call.flow.get("roster_seal", "")))
    made = call.submission("release_funds")
    book.released(
        call.session,
        run,
        released=int(given.get("released") or 0),
        carried=int(given.get("from_carryover") or 0),
        voucher=str(given.get("voucher") or ""),
        who=made.author_name if made else call.actor.name,
        now=call.now,
    )
    return {}


@services.service(
    "payments.file",
    "生成代发文件",
    outputs={"batch": "number", "file_rows": "number", "file_total": "number"},
    repeat="bars return",
)
def file(call: ServiceCall) -> Outputs:
    """Writes the files of the banks, sealed, each with its hash. Refused when a row is not as it was signed, when the
    sum is another, when somebody's benefit was lowered since, or when the fund does not hold as much."""
    run = of(call)
    if run.batch == 0:
        after.unchanged(call.session, run, str(call.flow.get("roster_seal", "")))
        after.still_due(call.session, run)
    rows, total = batches.make(call.session, run, call.now)
    return {"batch": run.batch, "file_rows": rows, "file_total": total}


@services.service(
    "payments.post",
    "登记专账",
    outputs={"failed": "number", "paid_total": "number"},
    repeat="bars return",
    reads=("import_return",),
)
def post(call: ServiceCall) -> Outputs:
    """Books what the banks paid out and what they gave back. Roster, files and ledger must agree to the fen."""
    run = of(call)
    failed, paid = batches.booked(call.session, run, call.actor.name, call.now)
    return {"failed": failed, "paid_total": paid}


@services.service("payments.remedy", "整理失败款项", outputs={"retries": "number"}, reads=("handle_failures",))
def remedy(call: ServiceCall) -> Outputs:
    """Rows that are paid next month leave this run: their months stay owed. The others go out once more."""
    return {"retries": batches.remedied(call.session, of(call))}


@services.service("payments.publish", "编制按月公布单", outputs={"listed": "number"})
def publish(call: ServiceCall) -> Outputs:
    """The list of each village: totals here, names on its paper (policy.md §7.2)."""
    run = of(call)
    paid = after.rows(call.session, run, ("paid",))
    there = set(call.session.scalars(select(PayListing.area).where(PayListing.run_id == run.id)))
    for area in sorted({row.area for row in paid} - there):
        own = [row for row in paid if row.area == area]
        call.session.add(
            PayListing(
                run_id=run.id,
                area=area,
                month=run.month,
                fund=run.fund,
                households=len({row.household_id for row in own}),
                persons=sum(row.persons for row in own),
                total=sum(row.amount for row in own),
                made_at=call.now,
            )
        )
    return {"listed": len({row.area for row in paid})}


@services.service("payments.close", "发放归档", outputs={}, repeat="bars return", reads=("archive_run",))
def close(call: ServiceCall) -> Outputs:
    """Closes the run, only when all three sums agree; a fund that holds too much, or less than nothing, is told of."""
    run = of(call)
    batches.agree(call.session, run)
    run.state, run.closed_at = "closed", call.now
    book.warn(call.session, run, call.parameters, call.now)
    return {}


@services.service("payments.direct", "当场支付入专账", outputs={}, repeat="bars return", reads=("hand_over_money",))
def handed_over(call: ServiceCall) -> Outputs:
    """Emergency relief that was handed over at once: booked to its fund, and the monthly run leaves it out."""
    made, given = call.submission("hand_over_money"), call.values("hand_over_money")
    benefit = call.session.scalar(
        select(Benefit).where(Benefit.instance_id == call.instance.id).order_by(Benefit.id.desc()).limit(1)
    )
    if made is None or benefit is None:
        raise DoudiError("没有找到支付登记或救助金额，不能记入专账。")
    direct.record(
        call.session,
        benefit=benefit,
        fund=benefit.scheme,
        amount=int(given.get("paid") or 0),
        paid_on=date.fromisoformat(given["paid_on"]),
        way=str(given.get("how") or ""),
        voucher=str(given.get("receipt") or ""),
        instance_id=call.instance.id,
        who=made.author_name,
        now=call.now,
    )
    return {}


def _payable(call: ServiceCall, run: PayRun, states: tuple[str, ...]) -> tuple[int, int]:
    rows, total = call.session.execute(
        select(func.count(), func.coalesce(func.sum(PayRow.amount), 0)).where(
            PayRow.run_id == run.id, PayRow.state.in_(states)
        )
    ).one()
    return rows, int(total)


def _void_broken_off(call: ServiceCall) -> None:
    broken = (
        select(PayRun)
        .join(Instance, Instance.id == PayRun.instance_id)
        .where(
            PayRun.area == call.instance.area,
            PayRun.void.is_(False),
            PayRun.batch == 0,
            Instance.status == "cancelled",
        )
    )
    for run in call.session.scalars(broken):
        run.void = True
    call.session.flush()
