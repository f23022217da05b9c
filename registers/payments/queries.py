"""Reading runs: lists, progress, rows, and why a row is the amount that it is. A list is a few statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.runtime.models import Instance, WorkItem
from registers.areas.queries import within
from registers.benefits.models import Benefit, BenefitChange
from registers.benefits.reasons import yuan
from registers.cases.models import Case
from registers.payments.bank.batches import of_batch
from registers.payments.funds import queries as funds
from registers.payments.models import BankFile, PayHit, PayListing, PayPart, PayRow, PayRun
from registers.payments.rules import SEEING
from registers.payments.words import HITS, NEVER_KEPT, ROW_STATES, fund_name, month_name

#: The steps of a run, in the order in which they come: (what, the states in which it is done).
STEPS = (
    ("冻结名册", ("frozen", "compiled", "filed", "booked", "closed")),
    ("核算复核", ("compiled", "filed", "booked", "closed")),
    ("拨付代发", ("filed", "booked", "closed")),
    ("回盘记账", ("booked", "closed")),
    ("公布归档", ("closed",)),
)
CHANGES = {
    "start": "开始发放",
    "increase": "增发",
    "decrease": "减发",
    "stop": "停发",
    "taper": "渐退",
    "expire": "到期",
    "correct": "更正",
}
PAGE = 100


@dataclass(frozen=True)
class Line:
    """A run as a list shows it."""

    run: PayRun
    number: str
    stage: str
    status: str
    rows: int
    total: int
    paid: int
    open_hits: int
    #: Nobody is waiting for it: it ended with everything held back.
    held: bool

    @property
    def name(self) -> str:
        return f"{month_name(self.run.month)} {fund_name(self.run.fund)}"


@dataclass(frozen=True)
class Doubted:
    """A doubt with its row, as the settling page lists it."""

    hit: PayHit
    row: PayRow
    title: str
    may_keep: bool


@dataclass(frozen=True)
class Sums:
    """The sums that must agree, in fen: what was signed, what went to the banks, what the ledger and the banks say."""

    roster: int
    files: int
    ledger: int
    paid: int
    failed: int
    carried: int
    filed: bool

    @property
    def agree(self) -> bool:
        """Whether all is as it must be at this point: nothing is owed to anybody while rows are under way."""
        return self.ledger == self.paid and (not self.filed or self.files == self.roster)


def runs(session: Session, actor: Actor, month: str = "", limit: int = 120) -> list[Line]:
    """The runs in the areas of somebody who deals with payments, the newest month first."""
    areas = [within(PayRun.area, grant.area) for grant in actor.grants if grant.role in SEEING]
    areas += [PayRun.area == "/".join(grant.area.split("/")[:2]) for grant in actor.grants if grant.role in SEEING]
    if not areas:
        return []
    counted = (
        select(
            PayRow.run_id,
            func.count().filter(PayRow.state != "excluded").label("rows"),
            func.coalesce(func.sum(PayRow.amount).filter(PayRow.state != "excluded"), 0).label("total"),
            func.coalesce(func.sum(PayRow.amount).filter(PayRow.state == "paid"), 0).label("paid"),
        )
        .group_by(PayRow.run_id)
        .subquery()
    )
    open_ = (
        select(PayHit.run_id, func.count().label("hits"))
        .join(PayRow, PayRow.id == PayHit.row_id)
        .where(PayHit.decision.is_(None), PayRow.state == "pending")
        .group_by(PayHit.run_id)
        .subquery()
    )
    figures = (counted.c.rows, counted.c.total, counted.c.paid, open_.c.hits)
    asked = (
        select(PayRun, Case.number, Instance, *figures)
        .join(Instance, Instance.id == PayRun.instance_id)
        .outerjoin(Case, Case.instance_id == PayRun.instance_id)
        .outerjoin(counted, counted.c.run_id == PayRun.id)
        .outerjoin(open_, open_.c.run_id == PayRun.id)
        .where(or_(*areas))
        .order_by(PayRun.month.desc(), PayRun.fund, PayRun.id.desc())
        .limit(limit)
    )
    if month:
        asked = asked.where(PayRun.month == month)
    return [
        Line(
            run=run,
            number=number or "",
            stage=instance.stage,
            status=instance.status,
            rows=rows or 0,
            total=int(total or 0),
            paid=int(paid or 0),
            open_hits=hits or 0,
            held=instance.outcome == "all_held",
        )
        for run, number, instance, rows, total, paid, hits in session.execute(asked)
    ]


def sums(session: Session, run: PayRun) -> Sums:
    """The sums of a run as they stand."""
    by_state = {
        state: int(total)
        for state, total in session.execute(
            select(PayRow.state, func.sum(PayRow.amount)).where(PayRow.run_id == run.id).group_by(PayRow.state)
        )
    }
    first = session.scalar(
        select(func.coalesce(func.sum(BankFile.total), 0)).where(BankFile.run_id == run.id, BankFile.batch == 1)
    )
    return Sums(
        roster=run.total if run.seal else sum(by_state.get(each, 0) for each in ("pending", "kept")),
        files=int(first or 0),
        ledger=funds.of_run(session, run.id),
        paid=by_state.get("paid", 0),
        failed=by_state.get("failed", 0),
        carried=by_state.get("carried", 0),
        filed=run.batch > 0,
    )


def states(session: Session, run_id: int) -> dict[str, tuple[int, int]]:
    """{state: (rows, fen)} of a run."""
    found = session.execute(
        select(PayRow.state, func.count(), func.coalesce(func.sum(PayRow.amount), 0))
        .where(PayRow.run_id == run_id)
        .group_by(PayRow.state)
    )
    return {state: (count, int(total)) for state, count, total in found}


def rows(
    session: Session, run_id: int, *, state: str = "", area: str = "", text: str = "", page: int = 1, size: int = PAGE
) -> tuple[list[PayRow], int]:
    """A page of a run's rows, by village and name; how many there are in all."""
    where: list[ColumnElement[bool]] = [PayRow.run_id == run_id]
    if state:
        where.append(PayRow.state == state)
    if area:
        where.append(PayRow.area == area)
    if text:
        where.append(PayRow.name.contains(text, autoescape=True))
    count = session.scalar(select(func.count()).select_from(PayRow).where(*where)) or 0
    asked = select(PayRow).where(*where).order_by(PayRow.area, PayRow.name, PayRow.id)
    return list(session.scalars(asked.offset((page - 1) * size).limit(size))), count


def villages(session: Session, run_id: int) -> list[str]:
    """The villages with rows in a run."""
    return list(session.scalars(select(PayRow.area).where(PayRow.run_id == run_id).distinct().order_by(PayRow.area)))


def doubts(session: Session, run_id: int, *, only_open: bool, kind: str = "", limit: int = 500) -> list[Doubted]:
    """The doubts of a run, by kind and row."""
    asked = select(PayHit, PayRow).join(PayRow, PayRow.id == PayHit.row_id).where(PayHit.run_id == run_id)
    if only_open:
        asked = asked.where(and_(PayHit.decision.is_(None), PayRow.state == "pending"))
    if kind:
        asked = asked.where(PayHit.kind == kind)
    found = session.execute(asked.order_by(PayHit.kind, PayRow.area, PayRow.name, PayHit.id).limit(limit))
    return [Doubted(hit, row, HITS.get(hit.kind, hit.kind), hit.kind not in NEVER_KEPT) for hit, row in found]


def kinds(session: Session, run_id: int) -> dict[str, int]:
    """{kind of doubt: how many}."""
    found = session.execute(
        select(PayHit.kind, func.count()).where(PayHit.run_id == run_id).group_by(PayHit.kind).order_by(PayHit.kind)
    )
    return {kind: count for kind, count in found}  # noqa: C416 -- a Result is no mapping


def files(session: Session, run: PayRun) -> list[BankFile]:
    """Every file that a run sent out, the newest batch first."""
    return [each for batch in range(run.batch, 0, -1) for each in of_batch(session, run, batch)]


def why(session: Session, row: PayRow) -> list[str]:
    """Why a row is the amount that it is: each month, what was decided by whom, what was paid before."""
    said = []
    changes = {
        each.id: each
        for each in session.scalars(select(BenefitChange).where(BenefitChange.benefit_id == row.benefit_id))
    }
    numbers = dict(
        session.execute(
            select(Case.instance_id, Case.number).where(
                Case.instance_id.in_([each.instance_id for each in changes.values() if each.instance_id] or [0])
            )
        ).all()
    )
    for part in session.scalars(select(PayPart).where(PayPart.row_id == row.id).order_by(PayPart.month)):
        change = changes.get(part.change_id or 0)
        if change is None:
            basis = "按确认的金额"
        else:
            number = f"（{numbers[change.instance_id]}）" if change.instance_id in numbers else ""
            decided = f"{change.decided_by}{change.decided_at:%Y年%m月%d日}决定"
            basis = f"{month_name(change.month)}起{CHANGES.get(change.kind, change.kind)}，{decided}{number}"
        before = f"，此前已发{yuan(part.before)}元" if part.before else ""
        said.append(f"{month_name(part.month)}应发{yuan(part.due)}元{before}，本次发{yuan(part.amount)}元：{basis}。")
    said.append(f"合计{yuan(row.amount)}元，保障{row.persons}人。")
    return said


def doubts_of(session: Session, row_id: int) -> list[PayHit]:
    """The doubts about one row."""
    return list(session.scalars(select(PayHit).where(PayHit.row_id == row_id).order_by(PayHit.id)))


def household(session: Session, household_id: int, limit: int = 120) -> list[tuple[PayRow, PayRun]]:
    """What a household was paid, the newest month first."""
    found = session.execute(
        select(PayRow, PayRun)
        .join(PayRun, PayRun.id == PayRow.run_id)
        .where(PayRow.household_id == household_id)
        .order_by(PayRun.month.desc(), PayRow.id.desc())
        .limit(limit)
    )
    return [(row, run) for row, run in found]


def waiting(session: Session, instance_id: int) -> list[WorkItem]:
    """The open tasks of a run; forms that are only corrected are none."""
    mine = WorkItem.instance_id == instance_id, WorkItem.state == "open", WorkItem.corrects_for_id.is_(None)
    return list(session.scalars(select(WorkItem).where(*mine).order_by(WorkItem.id)))


def published(session: Session, month: str) -> list[PayListing]:
    """What was published of a month, by village and fund: totals, no names."""
    asked = select(PayListing).where(PayListing.month == month).order_by(PayListing.area, PayListing.fund)
    return list(session.scalars(asked))


def months_published(session: Session) -> list[str]:
    """The months of which something was published, the newest first."""
    return list(session.scalars(select(PayListing.month).distinct().order_by(PayListing.month.desc()).limit(36)))


def benefits_of(session: Session, household_id: int) -> list[Benefit]:
    """The benefits of a household, ended ones included."""
    return list(session.scalars(select(Benefit).where(Benefit.household_id == household_id).order_by(Benefit.id)))


def facts(session: Session, run: PayRun) -> list[tuple[str, str]]:
    """A run in a few lines, for the pages of its tasks."""
    found, agreed = states(session, run.id), sums(session, run)
    lines = [("发放", f"{month_name(run.month)} {fund_name(run.fund)}"), ("发放日", _day(run.payday))]
    lines += [(ROW_STATES[state], f"{count}户 {yuan(total)}元") for state, (count, total) in found.items()]
    if run.seal:
        lines.append(("名册合计", f"{run.rows}户 {yuan(run.total)}元，封存码 {run.seal[:16]}"))
    if run.batch:
        lines.append(("代发文件", f"第{run.batch}批，首批合计{yuan(agreed.files)}元"))
        lines.append(("专账实付", f"{yuan(agreed.ledger)}元"))
    return lines


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
