"""What an element of a drawing orders of a clock: the grammar of the `clock` property (docs/conventions.md).

    start NAME [LENGTH [extend LENGTH]] [when CONDITION]
    pause NAME CAUSE [when CONDITION]
    resume NAME [when CONDITION]
    satisfy NAME [when CONDITION]

Several stand behind one another with `;` between them. A LENGTH is a length (`30wd`) or FEEL that gives one; without
it the catalogue's is taken (bpmn/clocks.json). A CONDITION is FEEL that gives true or false.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import Invalid

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WHEN = re.compile(r"\s+when(?:\s+|$)")
_EXTEND = re.compile(r"\s+extend(?:\s+|$)")
ACTIONS = ("start", "pause", "resume", "satisfy")


@dataclass(frozen=True)
class Order:
    """One order. `length` and `extend` are lengths or FEEL, `condition` is FEEL, `cause` the code of a pause."""

    action: str
    name: str
    length: str | None = None
    extend: str | None = None
    cause: str | None = None
    condition: str | None = None

    @property
    def expressions(self) -> tuple[str, ...]:
        """What may have to be evaluated."""
        return tuple(each for each in (self.length, self.extend, self.condition) if each is not None)


def parse(text: str) -> list[Order]:
    """The orders of a property; raises Invalid that says which part is wrong and how it is written right."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not parts:
        raise Invalid("clock 属性是空的，请填写或删除")
    return [_order(part) for part in parts]


def _order(part: str) -> Order:
    body, *conditions = _WHEN.split(part)
    action, *rest = body.split(None, 2)
    if len(conditions) > 1 or conditions == [""] or action not in ACTIONS or not rest or not _NAME.fullmatch(rest[0]):
        raise _wrong(part)
    name, more = rest[0], rest[1].strip() if len(rest) > 1 else None
    condition = conditions[0].strip() if conditions else None
    if action == "start":
        if more is None:
            return Order(action, name, condition=condition)
        length, *extends = _EXTEND.split(more)
        if len(extends) > 1 or not length.strip() or (extends and not extends[0].strip()):
            raise _wrong(part)
        return Order(action, name, length.strip(), extends[0].strip() if extends else None, condition=condition)
    if (action == "pause") != (more is not None) or (more is not None and not _NAME.fullmatch(more)):
        raise _wrong(part)
    return Order(action, name, cause=more, condition=condition)


def _wrong(part: str) -> Invalid:
    return Invalid(
        f"clock“{part}”请写成 start 名称 期限、pause 名称 事由、resume 名称 或 satisfy 名称"
        "（可在最后加 when 条件；可延长的写 start 名称 期限 extend 期限），几项之间用英文分号"
    )
