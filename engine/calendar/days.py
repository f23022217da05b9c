"""Which days are worked: the State Council's yearly schedule, the region's own days, plain weekends.

National days come from the maintained package `chinesecalendar`. Ningxia's 开斋节 and 古尔邦节
(全国年节及纪念日放假办法 art. 4) are in no national schedule: they are passed in as local days, which an
administrator enters with their source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from engine.calendar.lengths import refuse

NEW_YEAR = "元旦"


#: Days that are off every year by law (全国年节及纪念日放假办法, 2024, art. 2), whatever a notice will add around
#: them. A year without a schedule knows these at least; the feasts of the lunar calendar wait for the notice.
FIXED = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}


@dataclass(frozen=True)
class LocalDay:
    """One local day: off (a rest day) or worked, its name, the notice it rests on and who entered it."""

    day: date
    off: bool
    name: str
    source: str
    entered_by: str


@dataclass(frozen=True)
class Reason:
    """Why one day counts or does not: `kind` is holiday, makeup, local_off, local_work, weekend or plain."""

    day: date
    kind: str
    name: str
    source: str = ""


@dataclass(frozen=True)
class Schedule:
    """The national schedule: days off and make-up working days by name, and the years published."""

    off: dict[date, str]
    work: dict[date, str]
    years: frozenset[int]
    turn: tuple[int, int]
    """(month, day): from here to 31 December the *next* year's notice may still change a day (2018-12-31)."""

    def with_year(self, year: int, off: dict[date, str], work: dict[date, str]) -> Schedule:
        """This schedule with the notice of a year in place of what it knew of that year, if anything: a day that the
        notice leaves out is no longer a holiday; a December that the next year's notice changed stays as it is."""
        rest, worked = (
            {day: name for day, name in known.items() if belongs_to(day, name) != year and day not in taken}
            for known, taken in ((self.off, work), (self.work, off))
        )
        turn = min([self.turn, *((day.month, day.day) for day in (off | work) if day.year < year)])
        return Schedule({**rest, **off}, {**worked, **work}, self.years | {year}, turn)


def belongs_to(day: date, name: str) -> int:
    """The year whose notice speaks of a day: the New Year's reaches back into December."""
    return day.year + (day.month == 12 and NEW_YEAR in name)


@lru_cache(maxsize=1)
def national_schedule() -> Schedule:
    """What the installed `chinesecalendar` really knows; a year needs its 1 January and its 1 October."""
    import chinese_calendar as package

    names = {holiday.value: holiday.chinese for holiday in package.Holiday}
    off = {day: names[value] for day, value in package.holidays.items()}
    work = {day: names[value] for day, value in package.workdays.items()}
    # A notice for next January already names days of this December, so one entry does not publish a year.
    years = {day.year for day in off if date(day.year, 1, 1) in off and date(day.year, 10, 1) in off}
    borrowed = [(day.month, day.day) for day, name in (off | work).items() if belongs_to(day, name) > day.year]
    return Schedule(off, work, frozenset(years), min(borrowed, default=(12, 31)))


class Calendar:
    """Answers for every day whether it is worked and why; immutable, equal content has an equal `version`."""

    def __init__(self, schedule: Schedule | None = None, local: Iterable[LocalDay] = ()) -> None:
        self._schedule = schedule or national_schedule()
        self._local: dict[date, LocalDay] = {}
        for entry in local:
            if self._local.setdefault(entry.day, entry).off != entry.off:
                raise refuse("day", f"{entry.day}既登记为放假又登记为上班，请只保留一条地方日历。")

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked (行政许可法 art. 82: legal holidays are not working days)."""
        if day in self._local:
            return not self._local[day].off
        if day in self._schedule.work:
            return True
        return day.weekday() < 5 and day not in self._schedule.off and not self._fixed(day)

    def is_holiday(self, day: date) -> bool:
        """Whether a national or local arrangement makes `day` a rest day; a plain weekend is no holiday."""
        return self.reason(day).kind in ("holiday", "local_off")

    def published(self, year: int) -> bool:
        """Whether the State Council's schedule of `year` is known."""
        return year in self._schedule.years

    def settled(self, day: date) -> bool:
        """Whether no notice to come can change `day`: late December needs the next year's notice too."""
        late = (day.month, day.day) >= self._schedule.turn
        return self.published(day.year) and (not late or self.published(day.year + 1))

    def reason(self, day: date) -> Reason:
        """What makes `day` a rest day or a working day."""
        if day in self._local:
            entry = self._local[day]
            return Reason(day, "local_off" if entry.off else "local_work", entry.name, entry.source)
        if day in self._schedule.work:
            return Reason(day, "makeup", self._schedule.work[day])
        if day in self._schedule.off:
            return Reason(day, "holiday", self._schedule.off[day])
        if self._fixed(day):
            return Reason(day, "holiday", self._fixed(day), "全国年节及纪念日放假办法第二条")
        return Reason(day, "weekend", "周末") if day.weekday() > 4 else Reason(day, "plain", "工作日")

    def _fixed(self, day: date) -> str:
        """What the law itself makes of a day of a year whose schedule is not known; empty for nothing."""
        return "" if self.published(day.year) else FIXED.get((day.month, day.day), "")

    def following(self, day: date) -> date:
        """`day` itself when it is worked, else the next working day."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def preceding(self, day: date) -> date:
        """`day` itself when it is worked, else the last working day before it."""
        while not self.is_workday(day):
            day -= timedelta(days=1)
        return day

    @cached_property
    def version(self) -> str:
        """Hash of everything that can change a date or its explanation; a due date stores it (law 6)."""
        s = self._schedule
        lines = [f"{day} off {name}" for day, name in s.off.items()]
        lines += [f"{day} work {name}" for day, name in s.work.items()]
        lines += [f"{year} published" for year in s.years] + [f"turn {s.turn}"]
        lines += [f"{e.day} local {e.off} {e.name} {e.source}" for e in self._local.values()]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


@lru_cache(maxsize=1)
def national() -> Calendar:
    """The national calendar without local days."""
    return Calendar()
