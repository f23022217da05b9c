"""Instants, lengths of time and money in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import g

from engine import clock
from engine.actors import ROLES
from engine.calendar.days import Calendar
from engine.database import db
from engine.holidays import queries as holidays
from engine.runtime.deadlines import last_day
from registers.cases.words import light, remaining

WEEK = "一二三四五六日"
LENGTHS = {"wd": "个工作日", "d": "天", "m": "个月"}
LIGHTS = {"red": "超期", "yellow": "临近", "green": "正常"}


@dataclass(frozen=True)
class Due:
    """A deadline as a page shows it: the words say what the colour says."""

    light: str
    words: str


def calendar() -> Calendar:
    """The calendar in force, read once a request."""
    if "calendar" not in g:
        g.calendar = holidays.current(db.session())
    return g.calendar


def due(at: datetime | None, warn_at: datetime | None = None) -> Due:
    """Judged when asked, never stored: `at` is 24:00 of the last day."""
    now = clock.now()
    if at is None:
        return Due("idle", "无期限")
    found, said = light(at, warn_at, now), remaining(at, now, calendar())
    return Due("yellow" if found == "green" and said == "今天到期" else found, said)


def alarm(at: datetime | None) -> Due:
    """An advisory clock: when its time has come it warns, and nothing is late."""
    found = due(at)
    return Due("yellow", "已到预警时点") if found.light == "red" else found


def when(instant: datetime | None) -> str:
    """2026-03-04 09:05."""
    return f"{instant:%Y-%m-%d %H:%M}" if instant else "—"


def day(given: date | datetime | None) -> str:
    """2026-03-04."""
    return f"{given:%Y-%m-%d}" if given else "—"


def weekday(given: date) -> str:
    """周三."""
    return f"周{WEEK[given.weekday()]}"


def until(at: datetime | None) -> str:
    """The last day of a deadline whose instant is 24:00: 2026-03-04（周三）."""
    return f"{last_day(at)}（{weekday(last_day(at))}）" if at else "—"


def yuan(fen: int | None) -> str:
    """123456 → 1,234.56 元; whole yuan without decimals."""
    if fen is None:
        return "—"
    return f"{fen / 100:,.2f} 元" if fen % 100 else f"{fen // 100:,} 元"


def length(text: str | None) -> str:
    """3wd → 3 个工作日; what is no plain length stays as it is."""
    for suffix, word in LENGTHS.items():
        number = (text or "").removesuffix(suffix)
        if number.isdigit() and number != text:
            return f"{number} {word}"
    return text or "—"


def role(name: str) -> str:
    """The Chinese name of a role."""
    return ROLES.get(name, name)


FILTERS = {
    "when": when,
    "day": day,
    "weekday": weekday,
    "until": until,
    "yuan": yuan,
    "role": role,
    "length_words": length,
    "due": due,
    "alarm": alarm,
}
