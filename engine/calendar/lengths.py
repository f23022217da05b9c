"""How long a period lasts and how far a rung stands from a due date, as texts that a process owner types.

The unit belongs to the rule: 工作日 (`wd`), 自然日 (`d`) and 月 (`m`) are counted differently
(民法典 art. 201-203; 行政许可法 art. 82 as the model for working days), so a bare number is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import Invalid

UNITS = {"wd": "个工作日", "d": "日", "m": "个月"}
LONGEST = 3660

_LENGTH = re.compile(r"(0|[1-9][0-9]{0,3})(wd|d|m)")
_OFFSET = re.compile(r"([+-])([1-9][0-9]{0,3})(wd|d|m)")


def refuse(field: str, message: str) -> Invalid:
    """The refusal of one typed value, with the problem list that forms show."""
    return Invalid.at(field, message)


@dataclass(frozen=True)
class Length:
    """A period: an amount (0 to 3660) of working days, natural days or months."""

    amount: int
    unit: str

    def __post_init__(self) -> None:
        """Refuses a length that `parse` would refuse, however it was made."""
        if type(self.amount) is not int or not 0 <= self.amount <= LONGEST:
            raise refuse("length", f"期限的数量应为0到{LONGEST}之间的整数，例如 30wd、7d、1m。")
        if self.unit not in UNITS:
            raise refuse("length", "期限的单位只能是 wd（工作日）、d（自然日）或 m（月），例如 30wd。")

    @classmethod
    def parse(cls, text: str) -> Length:
        """Reads `30wd`, `7d` or `1m`; anything else is refused with the right forms."""
        found = _LENGTH.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise refuse(
                "length",
                f"无法识别期限“{text}”。请写成 30wd（30个工作日）、7d（7日）或 1m（1个月），"
                f"数量为0到{LONGEST}，中间不留空格。",
            )
        return cls(int(found[1]), found[2])

    @property
    def words(self) -> str:
        """The length as people read it: 30个工作日."""
        return f"{self.amount}{UNITS[self.unit]}"

    def __str__(self) -> str:
        """The text that `parse` reads."""
        return f"{self.amount}{self.unit}"


@dataclass(frozen=True)
class Offset:
    """How far a rung of a ladder stands from the due date: before it (-1), on it (0) or after it (+1)."""

    side: int
    length: Length

    @classmethod
    def parse(cls, text: str) -> Offset:
        """Reads `0`, `+1wd` or `-3wd`, with or without the leading `@` of a ladder."""
        bare = text.removeprefix("@") if isinstance(text, str) else ""
        if bare == "0":
            return cls(0, Length(0, "d"))
        found = _OFFSET.fullmatch(bare)
        if found is None:
            raise refuse(
                "offset",
                f"无法识别提醒时点“{text}”。请写成 @0（到期当日）、@+1wd（到期后1个工作日）"
                "或 @-3wd（到期前3个工作日）。",
            )
        return cls(1 if found[1] == "+" else -1, Length(int(found[2]), found[3]))

    def __str__(self) -> str:
        """The text that `parse` reads, without `@`."""
        return "0" if self.side == 0 else f"{'+' if self.side > 0 else '-'}{self.length}"
