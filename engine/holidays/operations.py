"""Changing the calendar in force, counting the open dates anew, and warning while a year is missing.

Whoever changes the calendar asks for a recount in the same act; it is done in chunks by whoever calls `go_on`: the
command line at once, the timers process otherwise. Each case whose dates move is an act of its own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.database import db, first_of
from engine.errors import Invalid, NotFound
from engine.holidays import file, queries
from engine.holidays.models import CalendarDay, CalendarEdition, CalendarYear, Recount
from engine.journal.verbs import Verb
from engine.outbox.models import Message
from engine.outbox.operations import enqueue
from engine.rules.veto import Question, veto
from engine.runtime import recount as movers
from engine.runtime.models import Instance
from engine.transactions import act, scratch

#: Instances that are looked at in one go.
CHUNK = 200
#: The longest run of local days that is entered at once.
LONGEST = 15
#: Between them a local day can lie: beyond it somebody mistyped the year.
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Loaded:
    """What came of loading a file: nothing when it says what is known already. `days` are those whose work changed."""

    year: int
    changed: bool
    days: tuple[tuple[date, str, str], ...] = ()


class _NothingToDo(Exception):
    """Ends an act that found nothing to do, so that it leaves no trace."""


def load_year(actor: Actor, data: bytes, source: str = "", replace: bool = False) -> Loaded:
    """Loads a year's schedule from a file (engine.holidays.file) and asks for a recount; the same schedule once more
    changes nothing. `replace` allows changing a year that is known, as the notice of January 2020 did.

    Raises Invalid with everything that is wrong, Refused for who may not edit the calendar.
    """
    year = file.read(data, source)
    if year.year > clock.today().year + 1:
        said = f"{year.year}年的放假安排不可能已经公布，请核对文件中的 year。"
        raise Invalid.at("year", said)
    try:
        with act(Verb.CALENDAR_YEAR_LOADED, actor) as deed:
            session = deed.session
            veto.require(session, Question("edit_calendar", actor))
            head = deed.subject("calendar")
            change = queries.change(session, year)
            if change.nothing:
                raise _NothingToDo
            if change.known and not replace:
                raise _known(change)
            row = session.get(CalendarYear, year.year)
            before = {"off": sorted(row.off), "work": sorted(row.work), "source": row.source} if row else None
            if row is None:
                row = CalendarYear(year=year.year)
                session.add(row)
            row.off = {str(day): name for day, name in sorted(year.off.items())}
            row.work = {str(day): name for day, name in sorted(year.work.items())}
            row.source, row.loaded_by, row.loaded_at = year.source, actor.name, deed.now
            _renew(session)
            _begin(session, actor, f"载入{year.year}年放假安排", deed.now)
            after = {"year": year.year, "off": sorted(row.off), "work": sorted(row.work), "source": row.source}
            if change.known:
                after["changed"] = [f"{day} {was}→{is_}" for day, was, is_ in change.days]
            deed.record(head, before=before, after=after)
    except _NothingToDo:
        return Loaded(year.year, False)
    return Loaded(year.year, True, change.days)


def add_local(actor: Actor, first: date, last: date, *, off: bool, name: str, source: str) -> list[CalendarDay]:
    """Enters local days (rest days, or with `off` False days that are worked) and asks for a recount.

    Raises Invalid with what is wrong at which field: `first`, `last`, `name`, `source`.
    """
    name, source = name.strip(), source.strip()
    problems = [{"field": field, "message": message} for field, message in _wrong(first, last, name, source)]
    if problems:
        raise Invalid(problems[0]["message"], problems=problems)
    with act(Verb.CALENDAR_DAY_ENTERED, actor) as deed:
        session = deed.session
        veto.require(session, Question("edit_calendar", actor))
        head = deed.subject("calendar")
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        there = session.scalars(select(CalendarDay).where(CalendarDay.day.in_(days)).order_by(CalendarDay.day)).all()
        if there:
            said = f"{there[0].day}已登记为“{there[0].name}”，需要更改时请先删除。"
            raise Invalid.at("first", said)
        made = [
            CalendarDay(day=day, off=off, name=name, source=source, entered_by=actor.name, entered_at=deed.now)
            for day in days
        ]
        session.add_all(made)
        _renew(session)
        _begin(session, actor, f"登记地方日历：{name}（{_span(first, last)}）", deed.now)
        if first < deed.now.date():
            _watched(session, actor, f"登记了已经过去的地方日历：{name}（{_span(first, last)}）", source, deed.now)
        after = {"name": name, "days": _span(first, last), "off": off, "source": source}
        deed.record(head, after=after)
    return made


def remove_local(actor: Actor, day: date, reason: str) -> CalendarDay:
    """Takes a local day out of the calendar, with the reason, and asks for a recount."""
    reason = reason.strip()
    if not 0 < len(reason) <= 200:
        raise Invalid(problems=[{"field": "reason", "message": "请写明删除的原因（200字以内）。"}])
    with act(Verb.CALENDAR_DAY_REMOVED, actor) as deed:
        session = deed.session
        veto.require(session, Question("edit_calendar", actor))
        head = deed.subject("calendar")
        row = session.get(CalendarDay, day)
        if row is None:
            raise NotFound(f"{day}没有登记地方日历，可能已经删除。")
        before = {"name": row.name, "off": row.off, "source": row.source, "entered_by": row.entered_by}
        session.delete(row)
        _renew(session)
        _begin(session, actor, f"删除地方日历：{row.name}（{day}）", deed.now)
        deed.record(head, before=before, after={"name": row.name, "days": str(day)}, reason=reason)
    return row


def _watched(session: Session, actor: Actor, subject: str, body: str, now: datetime) -> None:
    """The discipline office hears of days that are entered when they are past: they give running deadlines more time,
    and nobody does that alone and unseen."""
    enqueue(
        session,
        kind="calendar",
        role="discipline",
        area="",
        subject=subject,
        body=f"依据：{body}",
        sender=actor,
        urgent=True,
        now=now,
    )


def begin_recount(actor: Actor, reason: str) -> Recount:
    """Asks that every open date be counted anew; one that is under way ends here, for it counted by an older
    calendar."""
    with scratch() as session:
        return _begin(session, actor, reason, clock.now())


def recount_if_needed() -> bool:
    """Begins a recount when the open dates were last counted by another calendar than the one in force: the data
    package was upgraded. One small query when there is nothing to do."""
    session = db.session()
    if _is_counted(session):
        return False
    with scratch() as session:
        _edition(session)
        if _is_counted(session):
            return False
        _begin(session, SYSTEM, "节假日数据更新", clock.now())
    return True


def go_on(limit: int = CHUNK) -> Recount | None:
    """Looks at the next instances of the recount under way and moves what is to be moved; None when there is none.

    Any number of processes may call it: a case is moved under its lock or found moved, and a chunk is ticked off once.
    """
    session = db.session()
    asked = select(Recount).where(Recount.finished_at.is_(None)).order_by(Recount.id.desc()).limit(1)
    row = session.scalar(asked.execution_options(populate_existing=True))
    if row is None:
        return None
    calendar = queries.current(session)
    if row.version != calendar.version:  # The data package of this process is another than that of who asked.
        row = begin_recount(SYSTEM, row.reason)
    key, cursor, reason = row.id, row.cursor, row.reason
    running = select(Instance.id).where(Instance.id > cursor, Instance.status == "running")
    ids = list(session.scalars(running.order_by(Instance.id).limit(limit)))
    for instance_id in dict.fromkeys(move.instance_id for move in movers.find(session, ids, calendar)):
        _move(key, instance_id, reason)
    with scratch() as session:
        _edition(session)  # Always before the row of a recount, as whoever begins one does.
        row = session.get(Recount, key, with_for_update=True, populate_existing=True)
        if row.finished_at is None and row.cursor == cursor:
            row.cursor = ids[-1] if ids else cursor
            row.seen += len(ids)
            row.total = max(row.total, row.seen)
            if len(ids) < limit:
                _finish(session, row)
    return row


def warn_missing() -> bool:
    """Tells the administrators, once a month, that the schedule of a year is missing (from November on the next
    year's). One small query when there is nothing to do."""
    session, today = db.session(), clock.today()
    year = queries.missing(queries.current(session), today)
    if year is None:
        return False
    key = f"calendar:{year}:{today:%Y-%m}"
    if session.scalar(select(Message.id).where(Message.key == key)) is not None:
        return False
    try:
        with scratch() as session:
            message = enqueue(
                session,
                kind="calendar",
                role="admin",
                subject=f"请载入{year}年放假安排",
                body=f"系统中还没有{year}年的放假安排，落在{year}年的期限都是暂定的。国务院办公厅公布通知后，请在“工作日历”"
                "中载入；载入后系统会重新计算所有在办的期限。",
                now=clock.now(),
                key=key,
            )
            return message.id is None  # Else another process told them in the meantime.
    except IntegrityError:  # At the very same instant.
        return False


def _move(key: int, instance_id: int, reason: str) -> None:
    """One case: found again under its lock, moved, one entry."""
    try:
        with act(Verb.CLOCKS_RECOUNTED, SYSTEM) as deed:
            session = deed.session
            locked = select(Instance).where(Instance.id == instance_id).with_for_update()
            instance = session.scalar(locked.execution_options(populate_existing=True))
            if instance is None or instance.status != "running":
                raise _NothingToDo
            moves = movers.find(session, [instance_id], queries.current(session))
            if not moves:
                raise _NothingToDo
            for move in moves:
                move.apply(session, deed.now, reason)
            session.execute(update(Recount).where(Recount.id == key).values(moved=Recount.moved + 1))
            after = {"count": len(moves), "moved": [move.words for move in moves]}
            deed.record(instance, after=after, reason=reason)
    except _NothingToDo:
        return


def _begin(session: Session, actor: Actor, reason: str, now: datetime) -> Recount:
    _edition(session)
    session.execute(update(Recount).where(Recount.finished_at.is_(None)).values(finished_at=now))
    running = session.scalar(select(func.count()).select_from(Instance).where(Instance.status == "running"))
    row = Recount(
        version=queries.current(session).version,
        reason=reason[:200],
        asked_by=actor.name,
        asked_at=now,
        total=running or 0,
        seen=0,
        moved=0,
        cursor=0,
    )
    session.add(row)
    session.flush()
    if not row.total:
        _finish(session, row)
    return row


def _finish(session: Session, row: Recount) -> None:
    row.finished_at = clock.now()
    session.execute(update(CalendarEdition).where(CalendarEdition.id == 1).values(counted=row.version))


def _edition(session: Session) -> None:
    """The one row of the register, locked; made when new."""
    mine = select(CalendarEdition.id).where(CalendarEdition.id == 1).with_for_update()
    if session.scalar(mine) is None:
        first_of(session, CalendarEdition, id=1, content="", counted="")
        session.scalar(mine)


def _is_counted(session: Session) -> bool:
    """Whether the open dates stand by the calendar in force, or are being brought to it."""
    open_ = select(func.max(Recount.id)).where(Recount.finished_at.is_(None)).scalar_subquery()
    row = session.execute(
        select(CalendarEdition.content, CalendarEdition.counted, open_).where(CalendarEdition.id == 1)
    ).first()
    return row is not None and (row[2] is not None or row[1] == queries.of(session, row[0]).version)


def _renew(session: Session) -> None:
    """Says what the register holds now, so that every process sees that it was changed."""
    session.flush()
    held = [[year.year, year.off, year.work] for year in queries.years(session)]
    days = [[str(d.day), d.off, d.name, d.source, d.entered_by] for d in queries.local_days(session)]
    content = hashlib.sha256(json.dumps([held, days], sort_keys=True).encode()).hexdigest() if held or days else ""
    _edition(session)
    session.execute(update(CalendarEdition).where(CalendarEdition.id == 1).values(content=content))


def _wrong(first: date, last: date, name: str, source: str) -> list[tuple[str, str]]:
    found = []
    if not FIRST <= first <= LAST:
        found.append(("first", f"日期{first}不在合理范围内，请核对年份。"))
    if last < first:
        found.append(("last", "结束日期不能早于开始日期。"))
    elif (last - first).days >= LONGEST:
        found.append(("last", f"一次最多登记{LONGEST}天，请核对日期或分次登记。"))
    if not 0 < len(name) <= 40:
        found.append(("name", "请填写名称（如：开斋节），40字以内。"))
    if not 0 < len(source) <= 500:
        found.append(("source", "请填写依据：通知的文号或网址，500字以内。"))
    return found


def _known(change: queries.Change) -> Invalid:
    today = clock.today()
    told = "；".join(f"{day}由{was}改为{is_}{'（已过）' if day < today else ''}" for day, was, is_ in change.days[:6])
    more = f"等{len(change.days)}天" if len(change.days) > 6 else ""
    said = f"{change.year}年的放假安排已有，文件与它不同：{told}{more}。确要更正时请选择替换（--replace）。"
    return Invalid.at("replace", said)


def _span(first: date, last: date) -> str:
    return str(first) if first == last else f"{first}至{last}"
