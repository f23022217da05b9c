"""What people do to a run beside its tasks: settling doubts, files of banks, failures, exports; and its beginning."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.database import db
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.verbs import Verb
from engine.outbox.operations import enqueue
from engine.parameters import queries as parameters
from engine.remarks import written
from engine.rules.veto import Question, veto
from engine.runtime import openings
from engine.runtime.models import Instance, WorkItem
from engine.runtime.openings import operations as opening
from engine.runtime.openings import plans
from engine.transactions import Deed, act
from registers.areas.models import Area
from registers.payments.bank import returns
from registers.payments.funds import queries as funds
from registers.payments.kin import near_of
from registers.payments.models import BankFile, PayHit, PayRow, PayRun
from registers.payments.roster import after
from registers.payments.roster.compare import compare, restate
from registers.payments.roster.due import chunks, dues
from registers.payments.words import (
    DECISIONS,
    FUND_PARAMETER,
    HITS,
    NEVER_KEPT,
    REMEDIES,
    fund_name,
    month_name,
    moved,
)

PROCESS = "payment_run"
#: The task during which doubts are settled.
SETTLES = "settle_hits"
CLAUSE = "plan:2.1.2"
LONGEST = 300
#: So many rows are handled by one act at most.
MOST = 500


def start(actor: Actor, *, area: str, fund: str, month: str) -> None:
    """An accountant asks for the run of a month before the system does. Raises Invalid for a month or fund that is
    none, Conflict when the run is there already."""
    session = db.session()
    known = parameters.on(session, clock.today())
    if FUND_PARAMETER + fund not in known:
        raise Invalid.at("fund", "请选择资金专账。")
    if not _is_month(month) or not moved(_now(), -1) <= month <= moved(_now(), 1):
        raise Invalid.at("month", f"发放月份请填上月、本月或下月，例如 {_now()}。")
    with act(Verb.PAYMENT_ASKED, actor) as deed:
        veto.require(deed.session, Question("start_payments", actor, facts={"area": area}))
        if _live(deed.session, area, fund, month):
            raise Conflict(f"{month_name(month)}{fund_name(fund)}的发放已经在办或办结。")
        _ask(deed.session, area, fund, month, deed)
        deed.record(deed.subject("payments"), after={"fund": fund_name(fund), "month": month}, clause=CLAUSE)


@plans.plan
def start_due() -> int:
    """From the freeze day on the system opens next month's runs, for every township and fund with something due; how
    many it asked for. A few small queries when there is nothing to do."""
    session, today = db.session(), clock.today()
    known = parameters.on(session, today)
    if today.day < int(known.get("roster_freeze_day", 32)):
        return 0
    month, count = moved(_now(), 1), 0
    for area in session.scalars(select(Area.path).where(Area.level == "township").order_by(Area.path)).all():
        for fund in funds.keys(known):
            if _live(session, area, fund, month) or not _something(session, area, fund, month, known):
                continue
            opening.request(
                key=_key(session, area, fund, month),
                process_id=PROCESS,
                area=area,
                flow={"fund": fund, "month": month},
            )
            count += 1
    return count


def settle(actor: Actor, run_id: int, hit_ids: Sequence[int], *, decision: str, reason: str) -> int:
    """Somebody says of doubts that the rows are paid all the same or not this month, and why; how many were settled.

    Raises Invalid for no doubt, no decision or no reason; Refused when a doubt can never be kept or the actor is kin of
    the household; Conflict once the roster has gone to the second person."""
    reason = written("reason", reason, longest=LONGEST, empty="请写明依据，例如：已入户核实本人健在。")
    if decision not in DECISIONS:
        raise Invalid.at("decision", "请选择照发或本月不发。")
    if not 0 < len(hit_ids) <= MOST:
        raise Invalid.at("hits", f"请勾选1至{MOST}条疑点。")
    with act(Verb.HITS_SETTLED, actor) as deed:
        run, instance = _run(deed, run_id)
        veto.require(deed.session, Question("settle_hits", actor, instance=instance))
        _still_open(deed, run)
        hits = deed.session.scalars(
            select(PayHit)
            .where(PayHit.id.in_(hit_ids), PayHit.run_id == run.id)
            .execution_options(populate_existing=True)
        ).all()
        if len(hits) != len(set(hit_ids)):
            raise NotFound("有的疑点已不在名册中，请刷新后再试。")
        rows = {row.id: row for row in _rows(deed.session, [hit.row_id for hit in hits])}
        barred = near_of(deed.session, deed.actor, [row.household_id for row in rows.values()])
        for hit in hits:
            row = rows[hit.row_id]
            if decision == "keep" and hit.kind in NEVER_KEPT:
                raise Refused(f"{row.name}：“{HITS[hit.kind]}”不能照发，只能本月不发，或先补正再比对。", clause=CLAUSE)
            if row.household_id in barred:
                raise Refused(f"您与{row.name}户存在近亲属关系，依规回避。请由其他人员处理。", clause="mca-2021-57:11")
            hit.decision, hit.reason = decision, reason
            hit.decided_by_id, hit.decided_by, hit.decided_at = actor.id, actor.name, deed.now
        deed.session.flush()
        restate(deed.session, run, list(rows.values()))
        if decision == "exclude":
            _tell(deed, run, [rows[hit.row_id].name for hit in hits])
        kinds = sorted({HITS[hit.kind] for hit in hits})
        after_ = {"count": len(hits), "decision": DECISIONS[decision], "kinds": kinds}
        deed.record(instance, after=after_, reason=reason, clause=CLAUSE)
    return len(hits)


def compare_again(actor: Actor, run_id: int) -> int:
    """Looks at the roster once more after marks came in or an account was confirmed; how many doubts are open."""
    with act(Verb.ROSTER_COMPARED, actor) as deed:
        run, instance = _run(deed, run_id)
        veto.require(deed.session, Question("settle_hits", actor, instance=instance))
        _still_open(deed, run)
        after.refresh(deed.session, run, deed.now)
        hits = compare(deed.session, run, parameters.on(deed.session, instance.parameters_on), deed.now)
        deed.record(instance, after={"hits": hits}, clause=CLAUSE)
    return hits


def take_file(actor: Actor, file_id: int) -> tuple[str, BankFile]:
    """A bank's file in full, for whoever hands it over; the journal says who took it."""
    with act(Verb.BANK_FILE_TAKEN, actor) as deed:
        file, _, instance = _file(deed, file_id)
        veto.require(deed.session, Question("take_bank_file", actor, instance=instance))
        after_ = {"bank": file.bank, "rows": file.rows, "batch": file.batch, "sha256": file.sha256}
        deed.record(instance, after=after_, clause=CLAUSE)
    return str(file.content), file


def import_return(actor: Actor, file_id: int, data: bytes) -> tuple[int, int]:
    """Takes in what a bank sent back for one of its files: (paid, failed). Every line must fit the file that went out;
    one that does not, and nothing is taken (Invalid, with all lines). A second import is a Conflict."""
    with act(Verb.RETURN_IMPORTED, actor) as deed:
        file, run, instance = _file(deed, file_id)
        veto.require(deed.session, Question("import_return", actor, instance=instance))
        if file.batch != run.batch or file.returned_at is not None:
            raise Conflict(f"{file.bank}第{file.batch}批的回盘已经导入，没有重复导入。")
        rows = {row.id: row for row in after.rows(deed.session, run, ("sent",)) if row.bank == file.bank}
        lines = returns.read(data, rows)
        for line in lines:
            row = rows[line.row_id]
            row.state, row.failure = ("paid", "") if line.paid else ("failed", line.reason)
        failed = sum(not line.paid for line in lines)
        file.returned, file.returned_sha256 = returns.text_of(data), hashlib.sha256(data).hexdigest()
        file.returned_by, file.returned_at, file.failed = actor.name, deed.now, failed
        counts = {"paid": len(lines) - failed, "failed": failed}
        deed.record(instance, after={"bank": file.bank, **counts, "sha256": file.returned_sha256}, clause=CLAUSE)
    return counts["paid"], counts["failed"]


def remedy(actor: Actor, run_id: int, row_ids: Sequence[int], *, remedy: str, reason: str) -> int:
    """What is done about failed rows: once more now, or with next month's roster; how many."""
    reason = written("reason", reason, longest=LONGEST, empty="请写明原因，例如：账户已注销，已登记新账户。")
    if remedy not in REMEDIES:
        raise Invalid.at("remedy", "请选择重新发放或转下月补发。")
    if not 0 < len(row_ids) <= MOST:
        raise Invalid.at("rows", f"请勾选1至{MOST}笔失败款项。")
    with act(Verb.FAILURES_HANDLED, actor) as deed:
        run, instance = _run(deed, run_id)
        veto.require(deed.session, Question("handle_failures", actor, instance=instance))
        rows = [row for row in _rows(deed.session, row_ids) if row.run_id == run.id and row.state == "failed"]
        if len(rows) != len(set(row_ids)):
            raise Conflict("有的款项已经处理，请刷新后再试。")
        barred = near_of(deed.session, deed.actor, [row.household_id for row in rows])
        for row in rows:
            if row.household_id in barred:
                raise Refused(f"您与{row.name}户存在近亲属关系，依规回避。请由其他人员处理。", clause="mca-2021-57:11")
            row.remedy, row.remedy_reason, row.remedy_by = remedy, reason, actor.name
        after_ = {"count": len(rows), "remedy": REMEDIES[remedy]}
        deed.record(instance, after=after_, reason=reason, clause=CLAUSE)
    return len(rows)


def export(actor: Actor, run_id: int, what: str) -> PayRun:
    """Notes that somebody takes a run's rows out of the house (`CSV`, `Excel`); raises Refused for whoever may not."""
    with act(Verb.ROSTER_EXPORTED, actor) as deed:
        run, instance = _run(deed, run_id)
        veto.require(deed.session, Question("export_payments", actor, instance=instance))
        after_ = {"what": what, "month": run.month, "fund": fund_name(run.fund)}
        deed.record(instance, after=after_, clause="pipl-2021:28")
    return run


def _run(deed: Deed, run_id: int) -> tuple[PayRun, Instance]:
    run = deed.session.get(PayRun, run_id)
    instance = run and deed.session.get(Instance, run.instance_id, with_for_update=True, populate_existing=True)
    if run is None or instance is None:
        raise NotFound("没有找到这次发放，请从发放台账重新打开。")
    return deed.session.get(PayRun, run_id, populate_existing=True), instance


def _file(deed: Deed, file_id: int) -> tuple[BankFile, PayRun, Instance]:
    found = deed.session.get(BankFile, file_id)
    if found is None:
        raise NotFound("没有找到这份代发文件，请从发放页重新打开。")
    run, instance = _run(deed, found.run_id)
    return deed.session.get(BankFile, file_id, populate_existing=True), run, instance


def _rows(session: Session, ids: Sequence[int]) -> list[PayRow]:
    return [
        row
        for some in chunks(sorted(set(ids)))
        for row in session.scalars(select(PayRow).where(PayRow.id.in_(some)).execution_options(populate_existing=True))
    ]


def _still_open(deed: Deed, run: PayRun) -> None:
    """What a second person has signed is not touched: it goes back to the accountant first, who adds it up anew."""
    settling = select(WorkItem.id).where(
        WorkItem.instance_id == run.instance_id,
        WorkItem.element_id == SETTLES,
        WorkItem.state == "open",
        WorkItem.corrects_for_id.is_(None),  # Only its form is open in a correction, not the roster.
    )
    if run.batch or run.void or deed.session.scalar(settling.limit(1)) is None:
        raise Conflict("名册不在“处理疑点”环节，不能改动。需要改动的，由复核人退回。")


def _tell(deed: Deed, run: PayRun, names: Sequence[str]) -> None:
    """Not being paid is no decision: the director hears of it, so that a review or an exit follows in writing."""
    enqueue(
        deed.session,
        kind="fund",
        role="director",
        area=run.area,
        subject=f"{month_name(run.month)}{fund_name(run.fund)}有{len(set(names))}户本月不发，请尽快复核或办理退出",
        body=f"{'、'.join(sorted(set(names))[:20])}。暂不发放不是停发决定：停发要有书面决定和理由；不停发的由下月名册补发。",
        instance_id=run.instance_id,
        urgent=True,
        now=deed.now,
    )


def _ask(session: Session, area: str, fund: str, month: str, deed: Deed) -> None:
    openings.ask(
        session,
        key=_key(session, area, fund, month),
        process_id=PROCESS,
        area=area,
        flow={"fund": fund, "month": month},
        now=deed.now,
    )


def _key(session: Session, area: str, fund: str, month: str) -> str:
    """Once for each month and fund; a run that was broken off may be followed by another."""
    before = select(PayRun.id).where(PayRun.area == area, PayRun.fund == fund, PayRun.month == month)
    return f"{PROCESS}:{area}:{fund}:{month}:{len(session.scalars(before).all()) + 1}"


def _live(session: Session, area: str, fund: str, month: str) -> bool:
    """Whether the month has a run that counts: one that was broken off before its money left does not."""
    found = session.execute(
        select(PayRun.batch, Instance.status)
        .join(Instance, Instance.id == PayRun.instance_id)
        .where(PayRun.area == area, PayRun.fund == fund, PayRun.month == month, PayRun.void.is_(False))
    )
    return any(batch or status != "cancelled" for batch, status in found)


def _something(session: Session, area: str, fund: str, month: str, known: dict[str, object]) -> bool:
    given = {"first": str(known["pay_first_month"]), "window": int(str(known["pay_arrears_window"]))}
    found = dues(session, area=area, fund=fund, month=month, known=list(known), **given)  # type: ignore[arg-type]
    return any(each.parts for each in found)


def _now() -> str:
    return f"{clock.today():%Y-%m}"


def _is_month(text: str) -> bool:
    try:
        return len(text) == 7 and bool(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return False
