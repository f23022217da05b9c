"""What an owner typed into the editor of a decision: the file, its test rows, values to try it with. Nothing of it is
lost, whatever is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import feel
from engine.decisions.examples import shown
from engine.decisions.model import Decision, Example
from engine.decisions.writing import with_examples
from engine.errors import ExpressionError, Unparsable

#: Fields of a test row: `test-3-name`.
_FIELD = re.compile(r"test-(\d{1,4})-(name|given|expect)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TRUTHS = {"是": "true", "否": "false", "true": "true", "false": "false"}


@dataclass(frozen=True)
class TypedRow:
    """A test row as it was typed: lines of `name = value`."""

    name: str = ""
    given: str = ""
    expect: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it: such a row is no row."""
        return not (self.name.strip() or self.given.strip() or self.expect.strip())


@dataclass(frozen=True)
class Typed:
    """Everything in the form. `base` is the hash of the file that the editing began from."""

    xml: str
    common: str
    rows: list[TypedRow]
    note: str = ""
    base: str = ""
    tried: dict[str, str] = field(default_factory=dict)


def of_decision(decision: Decision, data: bytes, base: str) -> Typed:
    """The form as it is opened."""
    rows = [TypedRow(each.name, lines(each.given), lines(each.expected)) for each in decision.examples]
    return Typed(data.decode(), lines(decision.given), [*rows, TypedRow()], base=base)


def posted(form: Mapping[str, str]) -> Typed:
    """The form as it was sent."""
    found: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        match = _FIELD.fullmatch(key)
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = value
    rows = [TypedRow(**found[number]) for number in sorted(found)]
    return Typed(
        form.get("xml", ""),
        form.get("given", ""),
        [*(row for row in rows if not row.empty), TypedRow()],
        form.get("note", "").strip(),
        form.get("base", ""),
        {key.removeprefix("try-"): value for key, value in form.items() if key.startswith("try-")},
    )


def file_of(typed: Typed, decision_id: str) -> bytes:
    """The file with the typed test rows in it. Unparsable, in words, when either cannot be read."""
    common = pairs(typed.common, "所有测试行的共同输入")
    rows = []
    for number, row in enumerate((each for each in typed.rows if not each.empty), 1):
        title = f"测试行“{row.name or number}”"
        rows.append(
            Example(
                row.name.strip() or f"第{number}行", pairs(row.given, title), pairs(row.expect, f"{title}的应得结果")
            )
        )
    return with_examples(typed.xml.encode(), decision_id, common, rows)


def pairs(text: str, where: str) -> tuple[tuple[str, str], ...]:
    """Lines of `name = value`; a value without quotes that is neither number nor truth is a text."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, sign, value = line.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise Unparsable(f"{where}第{number}行“{line.strip()[:60]}”写法有误，应写成：名称 = 值")
        found.append((name.strip(), constant(value)))
    return tuple(found)


def lines(given: tuple[tuple[str, str], ...]) -> str:
    """Pairs as they are typed."""
    return "\n".join(f"{name} = {value}" for name, value in given)


def constant(text: str) -> str:
    """What somebody typed as a FEEL constant."""
    text = text.strip()
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _NUMBER.fullmatch(text) or (text.startswith('"') and text.endswith('"') and len(text) > 1):
        return text
    return shown(text.replace('"', ""))


def kind(text: str | None) -> str:
    """`boolean`, `number` or `text`: how a value like this one is asked for."""
    try:
        value = feel.evaluate(text, {}) if text else None
    except ExpressionError:
        return "text"
    return "boolean" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text"
