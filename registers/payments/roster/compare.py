"""What is doubtful about a roster: each doubt is a row of its own, settled by a person, never by the program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registers.benefits.models import Benefit, Decision
from registers.payments.models import PayHit, PayPart, PayRow, PayRun
from registers.payments.roster import accounts, after, doubts
from registers.payments.roster.due import chunks
from registers.payments.roster.people import Homes, Someone, homes, subjects


@dataclass(frozen=True)
class Doubt:
    """A doubt about a row: its kind, what tells it from another of its kind, and what people read."""

    row_id: int
    kind: str
    subject: str
    detail: str


@dataclass
class Roster:
    """The rows that are looked at, with the people and benefits behind them."""

    session: Session
    run: PayRun
    parameters: Mapping[str, Any]
    rows: list[PayRow]
    benefits: dict[int, Benefit] = field(default_factory=dict)
    people: Homes = field(default_factory=dict)
    parts: dict[int, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [row.benefit_id for row in self.rows]
        for some in chunks(ids):
            for each in self.session.scalars(select(Benefit).where(Benefit.id.in_(some))):
                self.benefits[each.id] = each
        self.people = homes(self.session, [row.household_id for row in self.rows])
        found: dict[int, list[str]] = defaultdict(list)
        for some in chunks([row.id for row in self.rows]):
            for row_id, month in self.session.execute(
                select(PayPart.row_id, PayPart.month).where(PayPart.row_id.in_(some)).order_by(PayPart.month)
            ):
                found[row_id].append(month)
        self.parts = found

    @property
    def first_day(self) -> date:
        return date.fromisoformat(f"{self.run.month}-01")

    def about(self, row: PayRow) -> list[Someone]:
        """Whom a row's money is for."""
        return subjects(self.benefits[row.benefit_id], self.people.get(row.household_id, []))

    def all_of(self, row: PayRow) -> list[Someone]:
        """The household behind a row, those who left included."""
        return self.people.get(row.household_id, [])


def compare(session: Session, run: PayRun, parameters: Mapping[str, Any], now: datetime) -> int:
    """Looks at every row that is to be paid, adds the doubts that nobody had before, and says how many are open now.
    A row without an open doubt is kept."""
    session.flush()
    rows = list(
        session.scalars(
            select(PayRow).where(PayRow.run_id == run.id, PayRow.state.in_(("pending", "kept"))).order_by(PayRow.id)
        )
    )
    roster = Roster(session, run, parameters, rows)
    known = {
        (row_id, kind, subject)
        for row_id, kind, subject in session.execute(
            select(PayHit.row_id, PayHit.kind, PayHit.subject).where(PayHit.run_id == run.id)
        )
    }
    for doubt in found(roster):
        if (doubt.row_id, doubt.kind, doubt.subject) not in known:
            known.add((doubt.row_id, doubt.kind, doubt.subject))
            session.add(
                PayHit(
                    run_id=run.id,
                    row_id=doubt.row_id,
                    kind=doubt.kind,
                    subject=doubt.subject,
                    detail=doubt.detail,
                    found_at=now,
                )
            )
    session.flush()
    restate(session, run, rows)
    return open_hits(session, run.id)


def found(roster: Roster) -> Iterator[Doubt]:
    """Every doubt about every row."""
    yield from undecided(roster)
    yield from lowered_since(roster)
    yield from long_arrears(roster)
    for look in (*doubts.LOOKS, accounts.account):
        for row, kind, subject, detail in look(roster):
            yield Doubt(row.id, kind, subject, detail)


def undecided(roster: Roster) -> Iterator[Doubt]:
    """Nobody is paid whom no case has confirmed (57号 art. 28)."""
    wanted = sorted({each.instance_id for each in roster.benefits.values()})
    confirmed: set[int] = set()
    for some in chunks(wanted):
        confirmed |= set(
            roster.session.scalars(
                select(Decision.instance_id).where(Decision.instance_id.in_(some), Decision.outcome == "confirm")
            )
        )
    for row in roster.rows:
        if roster.benefits[row.benefit_id].instance_id not in confirmed:
            yield Doubt(row.id, "undecided", "", "没有找到确认这项救助的决定，不能发放（57号第28条）。")


def lowered_since(roster: Roster) -> Iterator[Doubt]:
    """What was stopped or reduced after the freeze is not paid as it was frozen."""
    for row, months in after.lowered(roster.session, roster.run, roster.rows):
        said = f"冻结后{months}的应发金额已减少或已另行发放，本月不能照原数发放；应发部分由下月名册补足。"
        yield Doubt(row.id, "lowered", months[:80], said)


def long_arrears(roster: Roster) -> Iterator[Doubt]:
    """Many months at once are looked at by a person."""
    most = int(roster.parameters["pay_arrears_flag"])
    for row in roster.rows:
        months = roster.parts.get(row.id, [])
        if len(months) > most:
            said = f"一次发放{len(months)}个月（{months[0]}至{months[-1]}），请核对原因。"
            yield Doubt(row.id, "arrears", months[0], said)


def restate(session: Session, run: PayRun, rows: Sequence[PayRow]) -> None:
    """The state of each row by its doubts: excluded by one, pending while one is open, else kept."""
    asked: dict[int, set[str | None]] = defaultdict(set)
    wanted = {row.id for row in rows}
    for row_id, decision in session.execute(select(PayHit.row_id, PayHit.decision).where(PayHit.run_id == run.id)):
        if row_id in wanted:
            asked[row_id].add(decision)
    for row in rows:
        said = asked.get(row.id, set())
        state = "excluded" if "exclude" in said else "pending" if None in said else "kept"
        if row.state != state:
            row.state = state
    session.flush()


def open_hits(session: Session, run_id: int) -> int:
    """How many doubts nobody has settled, of rows that are not excluded already."""
    return (
        session.scalar(
            select(func.count())
            .select_from(PayHit)
            .join(PayRow, PayRow.id == PayHit.row_id)
            .where(PayHit.run_id == run_id, PayHit.decision.is_(None), PayRow.state == "pending")
        )
        or 0
    )
