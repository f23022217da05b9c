"""Dates, lengths, money and clauses in the words of an official document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Any

from engine.calendar.lengths import Length
from engine.documents.sandbox import Safe
from engine.errors import DoudiError
from registers.cases.own import own

METHODS = {
    "direct": "直接送达",
    "left": "留置送达",
    "mail": "邮寄送达",
    "electronic": "电子送达",
    "public": "公告送达",
}


def day(given: date | datetime | str | None) -> str:
    """2026年3月9日; of an instant its day; an empty text of nothing."""
    if not given:
        return ""
    if isinstance(given, str):
        try:
            given = date.fromisoformat(given[:10])
        except ValueError:
            raise DoudiError(f"“{given}”不是日期，应当像 2026-03-09。") from None
    return f"{given.year}年{given.month}月{given.day}日"


def month(given: str) -> str:
    """2026-04 → 2026年4月."""
    year, dash, rest = given.partition("-")
    if not dash or not year.isdigit() or not rest[:2].isdigit():
        raise DoudiError(f"“{given}”不是月份，应当像 2026-04。")
    return f"{int(year)}年{int(rest[:2])}月"


def yuan(fen: float) -> str:
    """260 or 260.50: fen as yuan, without a useless `.00`."""
    whole, rest = divmod(round(fen), 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


class Given:
    """The dated parameters as templates ask for them: `days("publicity_length")` is 7日. Where the scheme of the case
    has a value of its own, it is that one."""

    def __init__(self, parameters: Mapping[str, Any], scheme: str = "", *, ending: bool = False) -> None:
        self._parameters, self._scheme, self._ending = parameters, scheme, ending

    def value(self, name: str) -> Any:
        """A parameter as it is; DoudiError when there is none of that name on the case's day."""
        found = own(self._parameters, name, self._scheme, ending=self._ending)
        if found is None:
            raise DoudiError(f"没有“{name}”这个政策参数，请管理员补上。")
        return found

    def days(self, name: str) -> str:
        """A length in words: 7日, 30个工作日, 6个月."""
        return Length.parse(self.value(name)).words

    def yuan(self, name: str) -> str:
        """An amount in words: 560元."""
        return f"{yuan(self.value(name))}元"


def blank(width: int = 8) -> Safe:
    """A line to write on by hand, so many characters wide."""
    return Safe("＿" * max(1, min(int(width), 40)))


def signatures(*who: str) -> Safe:
    """Where people sign: one line each, with the date."""
    rows = "".join(f"<tr><th>{escape(str(each))}（签字）</th><td></td><th>日期</th><td></td></tr>" for each in who)
    return Safe(f'<table class="doc-signatures"><tbody>{rows}</tbody></table>')
