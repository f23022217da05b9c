"""What happened at the cases of a period, as events. Whoever mines them needs to know which case, which step, when and
under which role, and not who: cases and people stand under keyed hashes that only this installation could make again.
Confidential cases are left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, false, func, or_, select, true
from sqlalchemy.orm import Session

from engine import clock, secrets
from engine.releases import queries as releases
from engine.runtime.models import Instance, WorkItem
from engine.runtime.returns.models import Return
from registers.areas.models import Area
from registers.areas.queries import within

#: Cases that are read at once: enough to make statements rare, few enough to stay small.
CHUNK = 500
RETURNS = {"returned": "退回", "taken_back": "取回", "reopened": "重新办理"}
ENDS = {"completed": "complete", "cancelled": "withdraw"}
CASE = (
    Instance.id, Instance.parent_id, Instance.process_id, Instance.release_id, Instance.area, Instance.started_at,
    Instance.ended_at, Instance.outcome,
)  # fmt: skip
ITEM = (
    WorkItem.instance_id, WorkItem.id, WorkItem.name, WorkItem.role, WorkItem.state, WorkItem.due_at,
    WorkItem.created_at, WorkItem.meant_at, WorkItem.claimed_at, WorkItem.completed_at, WorkItem.holder_id,
)  # fmt: skip
#: In which order events of one instant come.
ORDER = {"schedule": 0, "start": 1, "complete": 2, "withdraw": 3}


@dataclass(frozen=True)
class Event:
    """Something that happened: `activity` is the step's name, `transition` one of XES (schedule, start, complete,
    withdraw). `due` is the end of the day on which it had to be done."""

    activity: str
    transition: str
    at: datetime
    role: str = ""
    who: str = ""
    item: str = ""
    due: datetime | None = None


@dataclass(frozen=True)
class Trace:
    """A case: its hash, the hash of the case that it belongs to, what it is about, and its events in their order."""

    case: str
    parent: str
    process: str
    title: str
    village: str
    release: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    events: Sequence[Event] = field(default_factory=tuple)


def count(session: Session, first: date, last: date, areas: Sequence[str] | None = None) -> int:
    """How many cases the log of a period has; `areas`: of these only."""
    return session.scalar(select(func.count()).select_from(Instance).where(*_wanted(first, last, areas))) or 0


def traces(session: Session, first: date, last: date, areas: Sequence[str] | None = None) -> Iterator[Trace]:
    """The cases that began from `first` to `last`, both included, in the order in which they began; `areas`: of these
    only."""
    villages = {path: name for path, name in session.execute(select(Area.path, Area.name))}  # noqa: C416 -- rows
    after = 0
    while True:
        # Columns, not objects: what was written is forgotten, however long the period.
        chosen = select(*CASE).where(*_wanted(first, last, areas), Instance.id > after)
        cases = session.execute(chosen.order_by(Instance.id).limit(CHUNK)).all()
        if not cases:
            return
        happened = _events(session, [each.id for each in cases])
        for each in cases:
            yield _trace(session, each, villages, happened[each.id])
        after = cases[-1].id


def pseudonym(kind: str, key: int | None) -> str:
    """A short keyed hash: the same for the same row of this installation, and nothing to anybody else."""
    return secrets.fingerprint(f"events:{kind}:{key}")[:16] if key is not None else ""


def _wanted(first: date, last: date, areas: Sequence[str] | None) -> tuple[ColumnElement[bool], ...]:
    return (
        true() if areas is None else or_(false(), *(within(Instance.area, each) for each in areas)),
        Instance.started_at >= clock.instant(first),
        Instance.started_at < clock.instant(last + timedelta(days=1)),
        Instance.seen_by.is_(None),
    )


def _trace(session: Session, instance: Row[Any], villages: dict[str, str], events: Iterable[Event]) -> Trace:
    process = releases.load(instance.release_id, session).processes[instance.process_id]
    ended = process.elements.get(instance.outcome or "")
    return Trace(
        case=pseudonym("case", instance.id),
        parent=pseudonym("case", instance.parent_id),
        process=process.id,
        title=process.name,
        village=villages.get(instance.area, instance.area),
        release=instance.release_id[:12],
        started_at=instance.started_at,
        ended_at=instance.ended_at,
        outcome=ended.name if ended is not None else instance.outcome or "",
        events=sorted(events, key=lambda each: (each.at, ORDER[each.transition], each.activity)),
    )


def _events(session: Session, instance_ids: Sequence[int]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    items = select(*ITEM).where(WorkItem.instance_id.in_(instance_ids)).order_by(WorkItem.id)
    for item in session.execute(items):
        found[item.instance_id] += _of_item(item)
    returns = select(Return.instance_id, Return.kind, Return.to_name, Return.at, Return.by_id)
    for made in session.execute(returns.where(Return.instance_id.in_(instance_ids)).order_by(Return.id)):
        words = f"{RETURNS[made.kind]}：{made.to_name}"
        found[made.instance_id].append(Event(words, "complete", made.at, who=pseudonym("account", made.by_id)))
    return found


def _of_item(item: Row[Any]) -> Iterator[Event]:
    """Nothing is done before it arose: what was done on paper first arose when what it follows from took place."""
    arose, who = item.meant_at or item.created_at, pseudonym("account", item.holder_id)
    said = {"role": item.role, "item": pseudonym("item", item.id), "due": item.due_at}
    ended = max(item.completed_at, arose) if item.completed_at is not None else None
    yield Event(item.name, "schedule", arose, **said)
    if item.claimed_at is not None:
        taken = max(item.claimed_at, arose)
        # Who enters what was done on paper has taken it later than it was done.
        yield Event(item.name, "start", min(taken, ended) if ended is not None else taken, who=who, **said)
    if ended is not None:
        yield Event(item.name, ENDS.get(item.state, "withdraw"), ended, who=who, **said)
