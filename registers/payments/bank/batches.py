"""A batch: the files that go out together, what comes back of them, and the sums that must agree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import DoudiError
from registers.benefits.reasons import yuan
from registers.payments.bank import files
from registers.payments.funds import book
from registers.payments.funds import queries as funds
from registers.payments.models import BankFile, PayRow, PayRun
from registers.payments.roster import after
from registers.payments.words import fund_name, month_name


def make(session: Session, run: PayRun, now: datetime) -> tuple[int, int]:
    """Writes the files of the next batch: the first pays what was signed, a later one what failed and is tried again.
    How many rows, how much in all."""
    if run.batch == 0:
        out = after.rows(session, run, ("kept",))
    else:
        after.refresh(session, run, now, ("failed",))
        out = [row for row in after.rows(session, run, ("failed",)) if row.remedy == "retry"]
    total = sum(row.amount for row in out)
    if not out:
        raise DoudiError("没有要发放的款项，不能生成代发文件。")
    if run.batch == 0 and (len(out), total) != (run.rows, run.total):
        raise DoudiError("代发文件与名册合计不一致，没有生成。")
    stands = funds.balance(session, run.area, run.fund)
    if stands < total:
        raise DoudiError(
            f"{fund_name(run.fund)}专账余额{yuan(stands)}元，不足以发放{yuan(total)}元，请先登记财政拨付。"
        )
    run.batch, run.state = run.batch + 1, "filed"
    summary = f"{month_name(run.month)}{fund_name(run.fund)}"
    for bank, rows in files.by_bank(out).items():
        text = files.write(rows, summary)
        session.add(
            BankFile(
                run_id=run.id,
                batch=run.batch,
                bank=bank,
                rows=len(rows),
                total=sum(row.amount for row in rows),
                content=text,
                sha256=files.digest(text),
                made_at=now,
            )
        )
    for row in out:
        row.state, row.batch, row.failure, row.remedy, row.remedy_reason = "sent", run.batch, "", "", ""
    session.flush()
    made = sum(each.total for each in of_batch(session, run))
    if made != total:
        raise DoudiError("代发文件合计与名册不一致，没有生成。")
    return len(out), total


def of_batch(session: Session, run: PayRun, batch: int | None = None) -> list[BankFile]:
    """The files of a batch, the last one by default, by bank."""
    asked = select(BankFile).where(BankFile.run_id == run.id, BankFile.batch == (run.batch if batch is None else batch))
    return list(session.scalars(asked.order_by(BankFile.bank)))


def booked(session: Session, run: PayRun, who: str, now: datetime) -> tuple[int, int]:
    """Books a batch that all banks have answered. How many rows failed, how much is paid by now."""
    out = of_batch(session, run)
    waiting = [each.bank for each in out if each.returned_at is None]
    if not out or waiting:
        raise DoudiError(f"还没有导入{'、'.join(waiting) or '银行'}的回盘文件，不能登记专账。")
    rows = [row for row in after.rows(session, run, ("paid", "failed", "sent")) if row.batch == run.batch]
    failed = [row for row in rows if row.state == "failed"]
    sent = sum(each.total for each in out)
    if sum(row.amount for row in rows) != sent or any(row.state == "sent" for row in rows):
        raise DoudiError("回盘结果与代发文件合计不一致，不能登记专账。")
    book.paid(session, run, sent=sent, back=sum(row.amount for row in failed), who=who, now=now)
    run.state = "booked"
    session.flush()
    agree(session, run)
    return len(failed), sum(row.amount for row in after.rows(session, run, ("paid",)))


def remedied(session: Session, run: PayRun) -> int:
    """Failed rows that are left for next month leave the run; how many go out again."""
    failed = after.rows(session, run, ("failed",))
    undecided = [row.name for row in failed if not row.remedy]
    if undecided:
        raise DoudiError(f"还有{len(undecided)}笔发放失败没有登记怎样处理：{'、'.join(undecided[:5])}。")
    for row in failed:
        if row.remedy == "carry":
            row.state = "carried"
    session.flush()
    return sum(row.remedy == "retry" for row in failed)


def agree(session: Session, run: PayRun) -> None:
    """Raises DoudiError unless the roster, the files of the banks and the ledger agree to the fen."""
    first = session.scalar(
        select(func.coalesce(func.sum(BankFile.total), 0)).where(BankFile.run_id == run.id, BankFile.batch == 1)
    )
    paid = session.scalar(
        select(func.coalesce(func.sum(PayRow.amount), 0)).where(PayRow.run_id == run.id, PayRow.state == "paid")
    )
    if run.batch and first != run.total:
        raise DoudiError(f"名册合计{yuan(run.total)}元，代发文件合计{yuan(int(first or 0))}元，两数不一致。")
    ledger = funds.of_run(session, run.id)
    if ledger != paid:
        raise DoudiError(f"专账登记{yuan(ledger)}元，银行实付{yuan(int(paid or 0))}元，两数不一致。")
