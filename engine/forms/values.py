"""Posted text to typed values and back. Nothing here knows of rows, conditions or checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation

from engine import clock
from engine.forms import kinds, patterns
from engine.forms.model import MANY, Field

LONGEST_LINE = 500
LONGEST_TEXT = 20_000
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:时](\d{1,2})(?::00)?分?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff\ud800-\udfff]")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Read:
    """One value that was read: with a fault there is no value."""

    value: object = None
    fault: str = ""
    warning: str = ""


def blank(field: Field) -> object:
    """The value of a field that was left empty."""
    if field.type == "checkbox":
        return False
    return [] if field.type in MANY or field.type in ("filepicker", "dynamiclist") else None


def read(field: Field, posted: Sequence[str]) -> Read:
    """The value of a field from the texts posted under its name."""
    texts = [t for t in posted if t.strip()]
    if not texts:
        return Read(blank(field))
    if field.type in MANY:
        return _many(field, texts)
    if field.type == "filepicker":
        if all(map(_REFERENCE.fullmatch, texts)) and (field.multiple or len(texts) == 1):
            return Read(list(dict.fromkeys(texts)))
        return Read(fault=f"“{field.title}”的附件无效，请重新上传")
    if len(texts) > 1:
        return Read(fault=f"“{field.title}”只能填写一项，请刷新页面后重填")
    text = texts[0].strip()
    if field.type == "checkbox":
        known = {"true": True, "on": True, "false": False}.get(text.lower())
        return Read(fault=f"“{field.title}”只能勾选或不勾选") if known is None else Read(known)
    if field.type in ("select", "radio"):
        return _one(field, texts[0])
    if field.type == "number":
        return _number(field, text)
    if field.type == "datetime":
        return _datetime(field, text)
    return _text(field, text)


def write(field: Field, value: object) -> list[str]:
    """The texts that a browser would post for a value."""
    if value is None or value == "":
        return []
    if field.type == "checkbox":
        return [] if value is False else ["true" if value is True else str(value)]
    if isinstance(value, (list, tuple)):
        return [str(v) for v in value]
    if field.boolean and isinstance(value, bool):
        return ["true" if value else "false"]
    if field.value_type == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return [yuan(value) if field.money else digits(Decimal(str(value)))]
    return [str(value)]


def yuan(fen: float) -> str:
    """Fen as people type yuan: 120050 → 1200.50; a part of a fen shows and is so refused."""
    amount = Decimal(str(fen)).scaleb(-2)
    if not amount.is_finite() or amount == amount.to_integral_value():
        return digits(amount)
    return f"{amount:f}" if -amount.as_tuple().exponent >= 2 else f"{amount:.2f}"


def digits(number: Decimal) -> str:
    """A number without exponent or idle zeros."""
    if not number.is_finite():
        return str(number)
    if number == number.to_integral_value():
        return f"{number.to_integral_value():f}".replace("-0", "0") if number == 0 else f"{number:.0f}"
    return f"{number:f}".rstrip("0")


def _one(field: Field, text: str) -> Read:
    if text not in {o.value for o in field.options}:
        return Read(fault=f"“{field.title}”没有这个选项，请重新选择")
    return Read(text == "true" if field.boolean else text)


def _many(field: Field, texts: list[str]) -> Read:
    chosen = set(texts)
    if chosen - {o.value for o in field.options}:
        return Read(fault=f"“{field.title}”里有不存在的选项，请重新选择")
    return Read([o.value for o in field.options if o.value in chosen])


def _number(field: Field, text: str) -> Read:
    narrow = re.sub(r"\s", "", kinds.narrow(text)).replace("−", "-").replace("、", ",")
    if field.money:
        narrow = narrow.strip("¥￥").removesuffix("元")
    if _GROUPED.fullmatch(narrow):
        narrow = narrow.replace(",", "")
    wanted = _number_words(field)
    if len(narrow) > 30 or not _NUMBER.fullmatch(narrow):
        return Read(fault=f"“{field.title}”{wanted}")
    try:
        number = Decimal(narrow)
    except InvalidOperation:
        return Read(fault=f"“{field.title}”{wanted}")
    if abs(number) > 10**13:
        return Read(fault=f"“{field.title}”的数字太大，请核对")
    places = 2 if field.money else field.decimals
    if places is not None and number != round(number, places):
        return Read(fault=f"“{field.title}”{wanted}")
    low = Decimal(0) if field.minimum is None and field.money else field.minimum
    if low is not None and number < low:
        return Read(fault=f"“{field.title}”不能小于 {digits(low)}{_unit(field)}")
    if field.maximum is not None and number > field.maximum:
        return Read(fault=f"“{field.title}”不能大于 {digits(field.maximum)}{_unit(field)}")
    if field.step is not None and (number - (field.minimum or 0)) % field.step:
        return Read(fault=f"“{field.title}”应按 {digits(field.step)} 递增，例如 {_example(field)}")
    if field.money:
        return Read(int(number * 100))
    return Read(int(number) if number == number.to_integral_value() else float(number))


def _example(field: Field) -> str:
    base = field.minimum or Decimal(0)
    return f"{digits(base + (field.step or 1))} 或 {digits(base + 2 * (field.step or 1))}"


def _unit(field: Field) -> str:
    return " 元" if field.money else ""


def _number_words(field: Field) -> str:
    if field.money:
        return "应为数字，最多两位小数，例如 1200 或 1200.50"
    if field.decimals == 0:
        return "应为整数，例如 3"
    if field.decimals:
        return f"应为数字，最多 {field.decimals} 位小数，例如 3 或 3.5"
    return "应为数字，例如 3 或 3.5"


def _datetime(field: Field, text: str) -> Read:
    narrow = kinds.narrow(text)
    if field.subtype == "time":
        moment = _time(narrow)
        return Read(moment) if moment else Read(fault=f"“{field.title}”应为时间，例如 09:30")
    day, rest = narrow, ""
    if field.subtype == "datetime":
        day, _, rest = re.sub(r"[T ]+(?=\d{1,2}[:时])", "\n", narrow, count=1).partition("\n")
    found = _DATE.fullmatch(day) or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", day, re.ASCII)
    example = "2026-02-03" + (" 09:30" if field.subtype == "datetime" else "")
    if not found:
        return Read(fault=f"“{field.title}”应为日期，例如 {example}")
    try:
        value = date(*map(int, found.groups()))
    except ValueError:
        return Read(fault=f"“{field.title}”的日期不存在，请核对年月日")
    if not 1900 <= value.year <= 2200:
        return Read(fault=f"“{field.title}”的年份应在 1900 至 2200 之间")
    if field.not_past and value < clock.today():
        return Read(fault=f"“{field.title}”不能早于今天")
    if field.subtype == "date":
        return Read(value.isoformat())
    moment = _time(rest)
    if not moment:
        return Read(fault=f"“{field.title}”应写明日期和时间，例如 {example}")
    return Read(f"{value.isoformat()}T{moment}")


def _time(text: str) -> str:
    found = _TIME.fullmatch(text.strip())
    try:
        return time(int(found[1]), int(found[2])).isoformat("minutes") if found else ""
    except ValueError:
        return ""


def _text(field: Field, text: str) -> Read:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    if _CONTROL.search(text) or (field.type == "textfield" and "\n" in text):
        return Read(fault=f"“{field.title}”里有看不见的字符，请删除后重新输入")
    warning = ""
    if field.kind:
        text, fault, warning = kinds.READERS[field.kind](text)
        if fault:
            return Read(fault=f"“{field.title}”{fault}")
        warning = f"“{field.title}”{warning}" if warning else ""
    most = LONGEST_LINE if field.type == "textfield" else LONGEST_TEXT
    most = min(most, field.max_length or most, patterns.LONGEST if field.pattern else most)
    if len(text) > most:
        return Read(fault=f"“{field.title}”最多 {most} 个字，现在有 {len(text)} 个")
    if field.min_length and len(text) < field.min_length:
        return Read(fault=f"“{field.title}”至少 {field.min_length} 个字，现在只有 {len(text)} 个")
    if field.email and not re.fullmatch(r"[^@\s]{1,64}@[^@\s.]{1,63}(\.[^@\s.]{1,63}){1,5}", text):
        return Read(fault=f"“{field.title}”应为电子邮箱，例如 name@example.cn")
    if field.pattern and not patterns.matches(field.pattern, text):
        return Read(fault=field.pattern_message or f"“{field.title}”的格式不对，请按提示填写")
    return Read(text, warning=warning)
