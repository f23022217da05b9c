"""What the tasks of runs, recoveries and commitments show beside their forms."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.parameters import queries as parameters
from engine.releases import queries as releases
from engine.runtime.models import Instance
from registers.commitments import proofs
from registers.commitments import queries as commitments
from registers.commitments.models import Commitment
from registers.payments import queries
from registers.payments.funds import queries as funds
from registers.payments.models import PayRun
from registers.payments.recovery import queries as recoveries
from registers.payments.recovery.models import Recovery
from web.words import yuan

Row = dict[str, str]


def payment_run(session: Session, instance: Instance) -> list[Row]:
    """The run in a few lines, and where to look at it."""
    run = _run(session, instance)
    return [_row(*line) for line in queries.facts(session, run)] if run else []


def payment_files(session: Session, instance: Instance) -> list[Row]:
    """The files of the banks with their check codes, and whether they came back."""
    run = _run(session, instance)
    rows = []
    for each in queries.files(session, run) if run else []:
        back = f"已回盘：成功{each.rows - each.failed}，失败{each.failed}" if each.returned_at else "等待回盘"
        said = f"{each.rows}笔 {yuan(each.total)}，校验码 {each.sha256[:8]}，{back}"
        rows.append(_row(f"{each.bank} 第{each.batch}批", said))
    return rows or [_row("代发文件", "还没有生成")]


def payment_fund(session: Session, instance: Instance) -> list[Row]:
    """The fund that the run is paid from."""
    run = _run(session, instance)
    known = parameters.on(session, clock.today())
    found = [each for each in funds.funds(session, run.area, run.month, known) if each.key == run.fund] if run else []
    return [
        line
        for each in found
        for line in (
            _row("专账", f"{each.name}（预算科目 {each.code}）"),
            _row("余额", yuan(each.balance) + (f"：{each.alert}" if each.alert else "")),
            _row("上年结转", yuan(each.carried)),
            _row("本年拨入、发放、追回", f"{yuan(each.received)}、{yuan(each.paid)}、{yuan(each.recovered)}"),
        )
    ]


def recovery(session: Session, instance: Instance) -> list[Row]:
    """What seems too much, what was decided, what came back."""
    found = session.scalar(select(Recovery).where(Recovery.instance_id == instance.id))
    return [_row(*line) for line in recoveries.facts(session, found)] if found else []


def commitment(session: Session, instance: Instance) -> list[Row]:
    """What is promised."""
    found = session.get(Commitment, instance.id)
    if found is None:
        return []
    known = proofs.of(releases.load(instance.release_id, session).files)
    titles = {code: each.title for code, each in known.items()}
    rows = [_row(titles.get(each["item"], each["item"]), each["fact"]) for each in found.promises or []]
    rows = rows or [_row("承诺代替的证明", "、".join(titles.get(each, each) for each in found.items))]
    rows.append(_row("承诺人", f"{found.signer or '—'}{f'，见证人{found.witness}' if found.witness else ''}"))
    return [*rows, _row("状态", commitments.STATES[found.state])]


VIEWS = {
    "payment_run": payment_run,
    "payment_files": payment_files,
    "payment_fund": payment_fund,
    "recovery": recovery,
    "commitment": commitment,
}


def _run(session: Session, instance: Instance) -> PayRun | None:
    return session.scalar(select(PayRun).where(PayRun.instance_id == instance.id))


def _row(name: str, value: str) -> Row:
    return {"name": name, "value": value}
