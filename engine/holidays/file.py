"""A year's schedule as a file: the open format of holiday-cn. Bytes in; a year, or everything that is wrong with it.

    {"year": 2027, "papers": ["https://www.gov.cn/…"],
     "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}, …]}

A day belongs to the year itself or, when the New Year reaches back, to the December before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.calendar.days import NEW_YEAR
from engine.errors import Invalid

#: 1 MB; a year has some forty days.
LARGEST = 1024 * 1024
FIRST, LAST = 2000, 2100

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK = "一二三四五六日"
#: Statutory days on fixed dates, and feasts of the lunar calendar with their least number of days off, each since the
#: year from which it is in force (全国年节及纪念日放假办法, as amended 2007, 2013 and 2024).
_FIXED = (
    (2000, (1, 1), "元旦"),
    (2000, (5, 1), "劳动节"),
    (2025, (5, 2), "劳动节"),
    (2000, (10, 1), "国庆节"),
    (2000, (10, 2), "国庆节"),
    (2000, (10, 3), "国庆节"),
)
_FEASTS = ((2025, "春节", 4), (2000, "春节", 3), (2008, "清明", 1), (2008, "端午", 1), (2008, "中秋", 1))


@dataclass(frozen=True)
class Year:
    """A schedule as a notice gives it: days off and make-up working days by name."""

    year: int
    off: dict[date, str]
    work: dict[date, str]
    source: str

    @property
    def days(self) -> dict[date, bool]:
        """{day: whether it is off}."""
        return {**dict.fromkeys(self.off, True), **dict.fromkeys(self.work, False)}


def read(data: bytes, source: str = "") -> Year:
    """The schedule in a file; `source` stands for its "papers" when it names none.

    Raises Invalid with all problems at once; each says which day it is about (`field` is `days.3`, `year`, `papers`).
    """
    given = _parsed(data)
    problems: list[dict[str, str]] = []
    year = given.get("year")
    if type(year) is not int or not FIRST <= year <= LAST:
        problems.append(_about("year", f"年份“{year}”不正确：year 应是 {FIRST} 到 {LAST} 之间的整数。"))
        year = None
    papers = given.get("papers", [])
    if not isinstance(papers, list) or not all(isinstance(each, str) for each in papers):
        problems.append(_about("papers", "papers 应是通知网址的清单。"))
        papers = []
    rests_on = source.strip() or "；".join(filter(None, (each.strip() for each in papers)))
    if not rests_on:
        said = "文件没有写明依据（papers 为空），请在“依据”一栏（命令行用 --source）写明国务院办公厅通知的文号或网址。"
        problems.append(_about("papers", said))
    off: dict[date, str] = {}
    work: dict[date, str] = {}
    days = given.get("days")
    if not isinstance(days, list) or not days:
        problems.append(_about("days", "没有日期：days 应是放假和上班日期的清单。"))
    else:
        problems += _read_days(days, year, off, work)
        problems += _not_rest(days, off, work)
        if year is not None and not problems:
            problems += _missing(year, off)
    if problems:
        raise Invalid(f"放假安排有{len(problems)}处问题，没有载入。", problems=problems)
    return Year(year, off, work, rests_on[:2000])


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > LARGEST:
        raise _refused("文件超过 1 MB，请确认选对了文件。")
    try:
        given = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _refused("不是有效的 JSON 文件（UTF-8 编码），请确认选对了文件。") from None
    if not isinstance(given, dict):
        raise _refused('文件的最外层应是 {"year": …, "papers": […], "days": […]}。')
    return given


def _read_days(days: list[Any], year: int | None, off: dict[date, str], work: dict[date, str]) -> list[dict[str, str]]:
    problems: list[dict[str, str]] = []
    first: dict[date, int] = {}
    for place, entry in enumerate(days, 1):
        wrong = list(_shape(entry))
        day = None if wrong else _day(entry["date"])
        if not wrong and day is None:
            wrong = [f"日期“{entry['date']}”不存在，请写成 2027-01-01 这样的日期。"]
        if day is not None:
            wrong += _place(day, entry, year, first.get(day))
            if day not in first:
                first[day] = place
                (off if entry["isOffDay"] else work)[day] = entry["name"].strip()
        problems += [_about(f"days.{place}", f"第{place}天：{message}") for message in wrong]
    return problems


def _shape(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield "应是 {name, date, isOffDay} 的对象。"
        return
    if not isinstance(entry.get("name"), str) or not 0 < len(entry["name"].strip()) <= 40:
        yield "name（节日名称）应是 1 到 40 个字。"
    if not isinstance(entry.get("date"), str):
        yield "date（日期）应是 2027-01-01 这样的文字。"
    if not isinstance(entry.get("isOffDay"), bool):
        yield "isOffDay 应是 true（放假）或 false（上班）。"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:  # 2027-02-30 has the form of a date but is none.
        return None


def _place(day: date, entry: dict[str, Any], year: int | None, earlier: int | None) -> Iterator[str]:
    """Whether a day can stand in this year's notice."""
    if year is not None and day.year != year and (day.year, day.month) != (year - 1, 12):
        yield f"{day}不属于{year}年的放假安排（只能是{year}年或{year - 1}年12月的日期）。"
    elif year is not None and day.year != year and NEW_YEAR not in entry["name"]:
        yield f"{day}在上一年12月，只有元旦的安排才会提前到那里。"
    if earlier is not None:
        yield f"{day}与第{earlier}天重复，一天只能写一次。"


def _not_rest(days: list[Any], off: dict[date, str], work: dict[date, str]) -> list[dict[str, str]]:
    """Make-up days that are worked anyway: a slip, and somewhere a real one is missing. Only "back at work from
    Monday" (2020's second notice says so) is true and needless: it is dropped."""
    problems = []
    for day in [each for each in work if each.weekday() < 5]:
        del work[day]
        if day - timedelta(days=1) not in off:
            same = (n for n, each in enumerate(days, 1) if isinstance(each, dict) and each.get("date") == str(day))
            place = next(same)
            said = f"第{place}天：{day}是周{_WEEK[day.weekday()]}，本来就上班，不能写成调休上班日。"
            problems.append(_about(f"days.{place}", said))
    return problems


def _missing(year: int, off: dict[date, str]) -> Iterator[dict[str, str]]:
    """Statutory days that no notice can leave out: a file without them is not the whole notice."""
    for since, (month, day), name in _FIXED:
        if year >= since and date(year, month, day) not in off:
            yield _about("days", f"缺少{name}法定假日{month}月{day}日，请核对文件是否完整。")
    asked: set[str] = set()
    for since, name, least in _FEASTS:
        if year < since or name in asked:
            continue
        asked.add(name)
        count = sum(name in each for each in off.values())
        if count < least:
            what = f"没有{name}的放假日" if not count else f"{name}只有{count}天放假，少于法定的{least}天"
            yield _about("days", f"{what}，请核对文件是否完整。")


def _about(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message}


def _refused(message: str) -> Invalid:
    return Invalid(message, problems=[_about("file", message)])
