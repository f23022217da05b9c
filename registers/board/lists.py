"""The rows behind the numbers of the board: the same statements, narrowed, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from engine.clocks.models import Clock, Extension
from engine.runtime.models import Instance, WorkItem
from registers import address
from registers.areas.models import Area
from registers.board.rows import ALARM, DEADLINE, EXTENDED, FACTS, KINDS, STATES, clocks, horizon, items
from registers.board.scope import Scope, barred
from registers.cases import ball
from registers.cases.ball import CAUSES, Ball, Roster
from registers.cases.models import Case
from registers.cases.numbers import SHORT

PAGE = 50
#: Longest page number that is taken seriously.
LAST_PAGE = 10000


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. An unknown state or kind reads as none, so that an old link still works."""

    state: str = "red"
    kind: str = ""
    cause: str = ""
    village: str = ""
    scheme: str = ""
    stage: str | None = None
    who: str = ""
    page: int = 1

    @classmethod
    def read(cls, given: Any) -> Filter:
        """From the address: `given.get(name)`."""
        known = cls(
            state=address.one_of(given.get("state", ""), STATES) or "red",
            kind=address.one_of(given.get("kind", ""), KINDS),
            cause=address.one_of(given.get("cause", ""), CAUSES),
            page=address.page_number(given.get("page", "1"), LAST_PAGE),
        )
        texts = {name: given.get(name, "")[:120] for name in ("village", "scheme", "who")}
        return replace(known, **texts, stage=given.get("stage"))

    def query(self, **changed: Any) -> dict[str, Any]:
        """The parts of the address, empty ones left out."""
        said = {**self.__dict__, **changed}
        # A stage without a name is one, too: where a case stands on an automatic element.
        stage = said.pop("stage")
        return address.parts(said) | ({} if stage is None else {"stage": stage})


@dataclass(frozen=True)
class Row:
    """An item or a clock as the list shows it. `barred` rows stand for a case that this leader must keep out of:
    counted, not named, not opened."""

    kind: str
    id: int
    instance_id: int
    what: str
    number: str
    applicant: str
    village: str
    scheme: str
    stage: str
    due_at: datetime | None
    warn_at: datetime | None
    paused_at: datetime | None
    lap: int
    clause: str | None
    ball: Ball
    barred: bool
    asked: bool = False

    @property
    def item_id(self) -> int | None:
        return self.id if self.kind == "item" else None

    @property
    def clock_id(self) -> int | None:
        return None if self.kind == "item" else self.id


@dataclass(frozen=True)
class Page:
    """One page of a list and how many rows there are in all."""

    rows: list[Row]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def page(session: Session, scope: Scope, now: datetime, staff: Roster, wanted: Filter, size: int = PAGE) -> Page:
    """The rows of a filter, due first. Cause and hands are judged, so they are sifted after SQL has done the rest."""
    if not scope.areas:
        return Page([], 0, 1)
    rows = _rows(scope, now, wanted).subquery()
    found = session.execute(
        select(rows.c.kind, rows.c.id, *(rows.c[name] for name in FACTS)).order_by(
            rows.c.due_at.is_(None), rows.c.due_at, rows.c.kind, rows.c.id
        )
    )
    kept: list[tuple[str, int, Ball]] = []
    for kind, key, *columns in found:
        each = staff.ball(ball.facts(tuple(columns)))
        if (not wanted.cause or each.cause == wanted.cause) and (not wanted.who or each.key == wanted.who):
            kept.append((kind, key, each))
    number = min(wanted.page, max(1, -(-len(kept) // size)))
    shown = kept[(number - 1) * size : number * size]
    return Page(details(session, scope, shown), len(kept), number)


def _rows(scope: Scope, now: datetime, wanted: Filter) -> Any:
    narrowed = []
    if wanted.village:
        narrowed.append(Instance.area == wanted.village)
    if wanted.scheme:
        narrowed.append(Instance.process_id == wanted.scheme)
    if wanted.stage is not None:
        narrowed.append(Instance.stage == wanted.stage)
    if wanted.kind not in ("", "item"):
        narrowed.append(Clock.kind == wanted.kind)
    if wanted.state == "paused":
        return clocks(scope, Clock.due_at.is_(None), Clock.paused_at.is_not(None), *narrowed)
    if wanted.state == "extended":
        return clocks(scope, EXTENDED, *narrowed)
    if wanted.state == "alarm":
        return clocks(scope, ALARM, Clock.due_at <= now, *narrowed)
    until = now if wanted.state == "red" else horizon(now)
    parts = []
    for kind, table, build in (("item", WorkItem, items), ("clock", Clock, clocks)):
        if wanted.kind and (wanted.kind == "item") != (kind == "item"):
            continue
        when = [table.due_at <= until] if wanted.state == "red" else [table.due_at > now, table.due_at <= until]
        parts.append(build(scope, *when, *([DEADLINE] if kind == "clock" else []), *narrowed))
    return parts[0] if len(parts) == 1 else union_all(*parts)


def details(session: Session, scope: Scope, shown: Iterable[tuple[str, int, Ball]]) -> list[Row]:
    """What the list shows of these rows, in their order: one statement for items, one for clocks."""
    given = list(shown)
    found: dict[tuple[bool, int], Any] = {}
    asked = select(Extension.id).where(Extension.clock_id == Clock.id, Extension.decided_at.is_(None)).exists()
    for is_item, table, more in (
        (True, WorkItem, [literal("item"), WorkItem.name, literal(None), literal(0), literal(False)]),
        (False, Clock, [Clock.kind, Clock.title, Clock.paused_at, Clock.lap, asked]),
    ):
        keys = [key for kind, key, _ in given if (kind == "item") == is_item]
        if keys:
            found |= {(is_item, row[0]): row for row in session.execute(_detail(scope, table, more, keys))}
    return [_row(found[kind == "item", key], each) for kind, key, each in given if (kind == "item", key) in found]


def _detail(scope: Scope, table: Any, more: list[Any], keys: list[int]) -> Any:
    """The scope stands here once more: no row is ever shown because somebody knew its number."""
    return (
        select(
            table.id,
            table.instance_id,
            func.coalesce(Case.number, ""),
            func.coalesce(Case.applicant, ""),
            func.coalesce(Area.name, Instance.area),
            Instance.process_id,
            Instance.stage,
            table.due_at,
            table.warn_at,
            table.clause,
            barred(scope.actor),
            *more,
        )
        .join(Instance, Instance.id == table.instance_id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .outerjoin(Area, Area.path == Instance.area)
        .where(table.id.in_(keys), scope.condition())
    )


def _row(row: Any, each: Ball) -> Row:
    (key, instance_id, number, applicant, village, scheme, stage, due_at, warn_at, clause, kept_out,
     kind, what, paused_at, lap, asked) = row  # fmt: skip
    return Row(
        kind=kind,
        id=key,
        instance_id=instance_id,
        what=what,
        number=number or "未编号",
        applicant="" if kept_out else applicant,
        village=village,
        scheme=SHORT.get(scheme, scheme),
        stage=stage,
        due_at=due_at,
        warn_at=warn_at,
        paused_at=paused_at,
        lap=lap,
        clause=clause,
        ball=each,
        barred=bool(kept_out),
        asked=bool(asked),
    )


def one(session: Session, scope: Scope, staff: Roster, kind: str, key: int) -> Row | None:
    """A single row by its id, whatever its light; None when it is not this leader's or no longer open."""
    build, table = (items, WorkItem) if kind == "item" else (clocks, Clock)
    rows = build(scope, table.id == key).subquery()
    found = session.execute(select(rows.c.kind, *(rows.c[name] for name in FACTS))).first()
    if found is None:
        return None
    made = details(session, scope, [(found[0], key, staff.ball(ball.facts(tuple(found[1:]))))])
    return made[0] if made else None
