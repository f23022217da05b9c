"""The monthly runs of a demonstration: each frozen, checked, paid and archived on its days, the last one left with
doubts that somebody has to settle. Everything goes through the operations that people use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import clock
from engine.actors import Actor
from engine.errors import Refused
from engine.parameters import queries as parameters
from engine.runtime import operations as runtime
from engine.runtime.models import Instance, WorkItem
from engine.runtime.openings import operations as opening
from registers.demonstration.cast import TOWNSHIP
from registers.households.models import Person
from registers.payments import operations
from registers.payments.bank import batches
from registers.payments.marks import operations as marks
from registers.payments.models import PayHit, PayRow, PayRun

if TYPE_CHECKING:
    from registers.demonstration.build import World

HANDED = "已逐户电话或入户核实，情况属实。（演示数据）"


def months(world: World, first: date) -> Iterator[datetime]:
    """A course through the months: on the freeze day the runs are opened, on the days after it they are carried on.
    What is frozen in the last month stands still at its doubts."""
    freeze = int(parameters.on(world.session, world.end.date())["roster_freeze_day"])
    days = [
        day
        for number in range((world.end.date() - first).days + 1)
        if (day := first + timedelta(days=number)).day == freeze
    ]
    for day in days:
        yield clock.instant(day, 8, 0)
        last = day == days[-1]
        if last:
            death(world)
        operations.start_due()
        opening.carry_out_due()
        running = select(PayRun).join(Instance, Instance.id == PayRun.instance_id).where(Instance.status == "running")
        for run in world.session.scalars(running.order_by(PayRun.id)).all():
            if not last:
                yield from carry(world, run, failing=day == days[-2])


def carry(world: World, run: PayRun, failing: bool) -> Iterator[datetime]:
    """A run from its doubts to the archive."""
    while (item := _open(world, run)) is not None:
        yield clock.now() + timedelta(hours=2)
        if item.element_id == "settle_hits":
            _settle(world, run)
        if item.element_id == "import_return":
            _returns(world, run, failing)
        if item.element_id == "handle_failures":
            failed = world.session.scalars(select(PayRow.id).where(PayRow.run_id == run.id, PayRow.state == "failed"))
            reason = "银行卡已挂失，新卡办好后补发。（演示数据）"
            operations.remedy(world.actors["accountant"][0], run.id, list(failed), remedy="carry", reason=reason)
        _sign(world, item)


def death(world: World) -> None:
    """Somebody on the roster has died, as another office says."""
    row = world.session.scalar(select(PayRow).order_by(PayRow.id.desc()).limit(1))
    person = world.session.scalar(select(Person).where(Person.household_id == row.household_id)) if row else None
    if person is not None:
        since = (world.end - timedelta(days=20)).date()
        text = f"身份证号,情况,日期\n{person.id_number},死亡,{since}\n"
        marks.import_marks(world.actors["clerk"][0], text.encode(), "殡葬信息比对（演示数据）", TOWNSHIP)


def _settle(world: World, run: PayRun) -> None:
    ids = list(world.session.scalars(select(PayHit.id).where(PayHit.run_id == run.id, PayHit.decision.is_(None))))
    for kept in (ids[at : at + operations.MOST] for at in range(0, len(ids), operations.MOST)):
        operations.settle(world.actors["accountant"][0], run.id, kept, decision="keep", reason=HANDED)


def _returns(world: World, run: PayRun, failing: bool) -> None:
    world.session.refresh(run)
    for file in batches.of_batch(world.session, run):
        if file.returned_at is not None:
            continue
        sent = select(PayRow).where(PayRow.run_id == run.id, PayRow.batch == run.batch, PayRow.bank == file.bank)
        lines = ["流水号,账号,金额（分）,结果,原因"]
        for number, row in enumerate(world.session.scalars(sent.order_by(PayRow.id))):
            said = "失败,账户已挂失" if failing and number == 0 else "成功,"
            lines.append(f"{row.id},{row.account['number']},{row.amount},{said}")
        operations.import_return(world.actors["accountant"][0], file.id, "\r\n".join(lines).encode())


def _sign(world: World, item: WorkItem) -> None:
    flow = world.session.get(Instance, item.instance_id, populate_existing=True).flow
    for actor in _people(world, item):
        try:
            runtime.complete(item.id, actor, values=values(item.form, flow, clock.now().date().isoformat()))
            return
        except Refused:
            continue


def _people(world: World, item: WorkItem) -> list[Actor]:
    return [each for each in world.actors[item.role] if any(grant.covers(item.area) for grant in each.grants)]


def _open(world: World, run: PayRun) -> WorkItem | None:
    asked = select(WorkItem).where(WorkItem.instance_id == run.instance_id, WorkItem.state == "open").limit(1)
    return world.session.scalar(asked.execution_options(populate_existing=True))


def values(form: str, flow: Mapping[str, Any], today: str) -> dict[str, Any]:
    """What somebody fills in."""
    total = flow.get("total", 0)
    return {
        "settle_hits": {"basis": HANDED, "written_decisions": True},
        "compile_roster": {"compared": ["last_month", "starts", "accounts", "funds"]},
        "check_roster": {
            "sampled": 1 if flow.get("rows") else 0,
            "counted": total,
            "returned": False,
            "remark": "名册与决定一致。",
        },
        "county_check_roster": {
            "examined": ["doubts", "changes", "kin", "standard"],
            "returned": False,
            "remark": "同意。",
        },
        "release_funds": {
            "returned": False,
            "released": total,
            "from_carryover": 0,
            "voucher": f"平财社拨{today[:4]}-{today[5:7]}{today[8:]}（演示）",
        },
        "send_files": {"sent_on": today, "receiver": "马会计", "checked_code": "0a1b2c3d"},
        "import_return": {"returned_on": today},
        "handle_failures": {"handled": "已联系家庭。（演示数据）", "told": True},
        "post_monthly_list": {
            "places": [{"village_name": "红柳村", "posted_on": today, "place": "村委会公开栏", "poster": "田有福"}],
            "whitelist": True,
        },
        "archive_run": {
            "agreed": ["roster", "bank", "ledger"],
            "filed_papers": ["roster", "files", "voucher", "list"],
            "keeper": "罗玉花",
        },
    }[form]
