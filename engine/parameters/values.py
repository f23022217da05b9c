"""What a parameter's value may be in each unit, and what an expression sees of it."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation

from engine.calendar.lengths import Length
from engine.errors import Invalid

MONEY = ("yuan", "yuan_per_month")
UNITS = (*MONEY, "number", "ratio", "length", "text", "boolean", "mode")

_MODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def in_context(value: object, unit: str) -> object:
    """The value as FEEL and DMN see it: yuan become integer fen (exactly), all else stays as it is."""
    return fen(value) if unit in MONEY else value


def fen(value: object) -> int:
    """Yuan, typed as `740`, `"740.50"` or a Decimal, as integer fen; nothing is ever rounded."""
    message = f"金额“{value}”不正确。请填写不小于0的元数，最多两位小数，例如 740 或 740.50。"
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise _refuse(message)
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", value):
        raise _refuse(message)
    try:
        # The text of a float is what was typed; its binary value is not.
        cents = Decimal(str(value)) * 100
        whole = int(cents)
    except (InvalidOperation, ValueError, OverflowError):
        raise _refuse(message) from None
    if cents != whole or not 0 <= whole < 10**14:
        raise _refuse(message)
    return whole


def check(value: object, unit: str) -> None:
    """Refuses a value that does not fit its unit, in words."""
    if unit in MONEY:
        fen(value)
    elif unit == "length":
        Length.parse(value)  # type: ignore[arg-type]
    elif unit in ("number", "ratio"):
        plain = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not plain or not math.isfinite(value) or value < 0:
            raise _refuse(f"“{value}”不是不小于0的数，例如 36 或 1.5。")
    elif unit == "boolean":
        if not isinstance(value, bool):
            raise _refuse(f"“{value}”只能是“是”或“否”。")
    elif unit == "mode":
        if not isinstance(value, str) or not _MODE.fullmatch(value):
            raise _refuse(f"模式“{value}”只能用字母、数字和下划线，例如 A。")
    elif unit == "text":
        if not isinstance(value, str) or not value.strip():
            raise _refuse("文字不能为空。")
    else:
        raise _refuse(f"没有“{unit}”这种参数单位。可用的单位：{'、'.join(UNITS)}。")


def _refuse(message: str) -> Invalid:
    return Invalid.at("value", message)


def typed(text: str, unit: str) -> object:
    """What somebody typed, as a value of the unit: `是`/`true` for a boolean, a number for a number, yuan without
    needless zeros, else the text."""
    text = text.strip()
    if unit == "boolean":
        words = {"true": True, "是": True, "false": False, "否": False}
        if text.lower() not in words:
            raise _refuse(f"“{text}”只能是“是”或“否”。" if text else "请选择“是”或“否”。")
        return words[text.lower()]
    if unit in ("number", "ratio"):
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
            raise _refuse(f"“{text}”不是不小于0的数，例如 36 或 1.5。" if text else "请填写一个数，例如 36 或 1.5。")
        number = float(text)
        return int(number) if number.is_integer() else number
    if unit in MONEY:
        whole, rest = divmod(fen(text), 100)
        return f"{whole}.{rest:02d}" if rest else str(whole)
    return text
