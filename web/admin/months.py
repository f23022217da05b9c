"""The months of a year as a page draws them: which day is worked or not, and what makes it so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine.calendar.days import Calendar, Reason

#: kind of a day → (sign in its cell, words of the legend)
SIGNS = {
    "holiday": ("休", "法定节假日放假"),
    "makeup": ("班", "调休上班"),
    "local_off": ("地休", "地方放假"),
    "local_work": ("地班", "地方上班"),
    "weekend": ("", "周末"),
    "plain": ("", "工作日"),
}


@dataclass(frozen=True)
class Cell:
    """One day: its number, kind, sign, and the whole of it in words."""

    day: date
    kind: str
    sign: str
    words: str


@dataclass(frozen=True)
class Month:
    """A month as rows of seven days from Monday on (None outside of it), its named days in words, its working days."""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]
    notes: tuple[str, ...]
    working: int


def months(calendar: Calendar, year: int) -> list[Month]:
    """The twelve months of a year."""
    return [_month(calendar, year, number) for number in range(1, 13)]


def _month(calendar: Calendar, year: int, number: int) -> Month:
    first = date(year, number, 1)
    following = date(year + number // 12, number % 12 + 1, 1)
    reasons = [calendar.reason(first + timedelta(days=n)) for n in range((following - first).days)]
    cells: list[Cell | None] = [None] * first.weekday() + [_cell(each) for each in reasons]
    cells += [None] * (-len(cells) % 7)
    weeks = tuple(tuple(cells[n : n + 7]) for n in range(0, len(cells), 7))
    return Month(number, weeks, tuple(_notes(reasons)), sum(calendar.is_workday(each.day) for each in reasons))


def _cell(reason: Reason) -> Cell:
    sign, words = SIGNS[reason.kind]
    named = f"{reason.name}，{words}" if sign else words
    return Cell(reason.day, reason.kind, sign, f"{reason.day.month}月{reason.day.day}日 {named}")


def _notes(reasons: list[Reason]) -> list[str]:
    """Neighbouring days of one arrangement as one piece: 1–3日 元旦（休）."""
    runs: list[list[Reason]] = []
    for each in reasons:
        if not SIGNS[each.kind][0]:
            continue
        last = runs[-1][-1] if runs else None
        if last and (last.kind, last.name, last.day + timedelta(days=1)) == (each.kind, each.name, each.day):
            runs[-1].append(each)
        else:
            runs.append([each])
    return [
        f"{run[0].day.day}{f'–{run[-1].day.day}' if len(run) > 1 else ''}日 {run[0].name}（{SIGNS[run[0].kind][0]}）"
        for run in runs
    ]
