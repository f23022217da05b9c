"""A schedule of 2027 for tests. SYNTHETIC: invented before the State Council's notice; only its shape is real."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

SOURCE = "测试数据，不是国务院通知"


def _days(name: str, first: str, last: str) -> list[dict[str, Any]]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    span = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return [{"name": name, "date": str(day), "isOffDay": True} for day in span]


def _worked(name: str, *days: str) -> list[dict[str, Any]]:
    return [{"name": name, "date": day, "isOffDay": False} for day in days]


#: 31 December 2026 is made a day off, so that the New Year reaches back; the Spring Festival is the sixth of February.
DAYS_2027: list[dict[str, Any]] = [
    *_days("元旦", "2027-01-01", "2027-01-03"),
    *_days("元旦", "2026-12-31", "2026-12-31"),
    *_worked("元旦", "2026-12-27"),
    *_days("春节", "2027-02-05", "2027-02-11"),
    *_worked("春节", "2027-02-20", "2027-02-21"),
    *_days("清明节", "2027-04-03", "2027-04-05"),
    *_days("劳动节", "2027-05-01", "2027-05-05"),
    *_worked("劳动节", "2027-04-25", "2027-05-08"),
    *_days("端午节", "2027-06-09", "2027-06-09"),
    *_days("中秋节", "2027-09-15", "2027-09-15"),
    *_days("国庆节", "2027-10-01", "2027-10-07"),
    *_worked("国庆节", "2027-09-26", "2027-10-09"),
]


def as_file(year: int = 2027, /, **given: Any) -> bytes:
    """The bytes of a schedule's file; `given` stands for what is in it."""
    return json.dumps({"year": year, "papers": [SOURCE], "days": DAYS_2027, **given}, ensure_ascii=False).encode()
