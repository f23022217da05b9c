"""The calendar in force: what the data package has, the years loaded after it, the local days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.calendar.days import Calendar, LocalDay, Schedule, belongs_to, national, national_schedule
from engine.holidays.file import Year
from engine.holidays.models import CalendarDay, CalendarEdition, CalendarYear, Recount
from engine.runtime import recount as movers
from engine.runtime.models import Instance

#: The State Council tells the next year's holidays in October or November (2024: 12 November, 2025: 4 November).
ASKED_FROM = 11


@dataclass(frozen=True)
class Change:
    """What loading a year would change. `days`: (day, what it is now, what it would be), only where work changes."""

    year: int
    known: bool
    days: tuple[tuple[date, str, str], ...]

    @property
    def nothing(self) -> bool:
        return self.known and not self.days


def current(session: Session) -> Calendar:
    """The calendar in force. One small query; the calendar itself is kept by its content, so that no process counts
    with one that another process has replaced.

    Inside an operation the row is held for reading: whoever changes the calendar waits for the steps that counted by
    the old one, so that the recount finds their dates.
    """
    wanted = select(CalendarEdition.content).where(CalendarEdition.id == 1)
    if session.info.get("deed"):
        wanted = wanted.with_for_update(read=True)
    return of(session, session.scalar(wanted))


def of(session: Session, content: str | None) -> Calendar:
    """The calendar of the content that the register has just been read to hold."""
    if not content:
        return national()
    known = _kept(content)
    if not known:
        known.append(read(session))
    return known[0]


@lru_cache(maxsize=8)
def _kept(content: str) -> list[Calendar]:
    """The place of a content's calendar; empty until it was read."""
    return []


def read(session: Session) -> Calendar:
    """The calendar put together from the register's rows."""
    return Calendar(schedule(session), [as_local(each) for each in local_days(session)])


def schedule(session: Session) -> Schedule:
    """The national schedule: the package's, with every loaded year in the place of what the package had of it."""
    found = national_schedule()
    for year in years(session):
        found = found.with_year(year.year, _days(year.off), _days(year.work))
    return found


def years(session: Session) -> list[CalendarYear]:
    """The years that were loaded, in their order."""
    return list(session.scalars(select(CalendarYear).order_by(CalendarYear.year)))


def local_days(session: Session, year: int | None = None) -> list[CalendarDay]:
    """The local days, of one year or all, in their order."""
    wanted = select(CalendarDay).order_by(CalendarDay.day)
    if year is not None:
        wanted = wanted.where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    return list(session.scalars(wanted))


def as_local(row: CalendarDay) -> LocalDay:
    """A row as the calendar reads it."""
    return LocalDay(row.day, row.off, row.name, row.source, row.entered_by)


def with_year(session: Session, loaded: Year) -> Calendar:
    """The calendar that would be in force with a year."""
    new = schedule(session).with_year(loaded.year, loaded.off, loaded.work)
    return Calendar(new, [as_local(each) for each in local_days(session)])


def change(session: Session, loaded: Year) -> Change:
    """What loading a year would change in the national schedule."""
    was = schedule(session)
    before, after = Calendar(was), Calendar(was.with_year(loaded.year, loaded.off, loaded.work))
    named = [*was.off.items(), *was.work.items()]
    spoken = {day for day, name in named if belongs_to(day, name) == loaded.year}
    days = [
        (day, _word(before, day), _word(after, day))
        for day in sorted(spoken | set(loaded.days))
        if before.is_workday(day) != after.is_workday(day)
    ]
    return Change(loaded.year, before.published(loaded.year), tuple(days))


def missing(calendar: Calendar, today: date) -> int | None:
    """The year whose schedule an administrator should load by now; None when none is."""
    if not calendar.published(today.year):
        return today.year
    if today.month >= ASKED_FROM and not calendar.published(today.year + 1):
        return today.year + 1
    return None


def affected(session: Session, calendar: Calendar, limit: int) -> tuple[int, bool]:
    """(how many running cases would have a date moved by that calendar, whether all were looked at): a preview that
    looks at the newest `limit` cases and changes nothing."""
    running = select(Instance.id).where(Instance.status == "running").order_by(Instance.id.desc()).limit(limit + 1)
    ids = list(session.scalars(running))
    moves = movers.find(session, ids[:limit], calendar)
    return len({move.instance_id for move in moves}), len(ids) <= limit


def last_recount(session: Session) -> Recount | None:
    """The newest recount, under way or done."""
    return session.scalar(select(Recount).order_by(Recount.id.desc()).limit(1))


def _word(calendar: Calendar, day: date) -> str:
    return "上班" if calendar.is_workday(day) else "休息"


def _days(given: dict[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in given.items()}
