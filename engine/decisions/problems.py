"""What is wrong with a decision: its author reads it before it decides anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine import feel
from engine.decisions import ranges
from engine.decisions.tables import POLICIES, Column, Decision, Row

RULES = {
    "decision-id": "决策没有标识",
    "decision-policy": "决策表的命中策略不能用",
    "decision-shape": "决策表的行列不齐",
    "decision-cell": "决策表的单元格不是有效的 FEEL",
    "decision-name": "决策的结果没有名称，或名称不能用",
    "decision-twice": "决策表有相同的行",
    "decision-overlap": "决策表有两行会同时符合",
    "decision-large": "决策表太大",
}

#: Rows that are compared with each other; a table that a person keeps in mind has fewer.
MOST = 500
CELLS = 20_000
Check = Callable[[str], str | None]
_RESERVED = frozenset({"typename", "parameters", "today"})


@dataclass(frozen=True)
class Problem:
    """A fault: the id of the row, column or decision; the rule; what to do."""

    element: str
    rule: str
    message: str


def problems(decision: Decision, check: Check = feel.check, check_unary: Check = feel.check_unary) -> list[Problem]:
    """Every fault of a decision. The lint gives checks of its own, which look at the time."""
    found = list(_names(decision))
    if decision.expression is not None:
        fault = check(decision.expression)
        if fault:
            found.append(Problem(decision.id, "decision-cell", f"表达式写法有误：{fault}"))
        return found
    found += _head(decision, check)
    if len(decision.rows) > MOST or len(decision.rows) * max(1, len(decision.inputs)) > CELLS:
        message = f"决策表有{len(decision.rows)}行，太大，没有检查完，请拆成几张（最多{MOST}行）"
        return [*found, Problem(decision.id, "decision-large", message)]
    whole = [row for row in decision.rows if _fits(decision, row)]
    for number, row in enumerate(decision.rows, 1):
        if not _fits(decision, row):
            message = (
                f"第{number}行应有{len(decision.inputs)}个条件和{len(decision.outputs)}个结果，"
                f"实际有{len(row.tests)}个和{len(row.outputs)}个，请补齐"
            )
            found.append(Problem(row.id, "decision-shape", message))
    found += _cells(decision, check, check_unary)
    if len(whole) == len(decision.rows):
        found += _rows(decision)
    return found


def _names(decision: Decision) -> Iterator[Problem]:
    if not decision.id:
        yield Problem(decision.name, "decision-id", "决策没有标识（id），请补上，业务规则任务要用它")
    given = decision.output_names
    for name, times in Counter(given).items():
        if not name or not name.isidentifier() or name.startswith("_") or name in _RESERVED:
            message = f"结果的名称“{name}”不能用，请改成字母、汉字、数字和下划线组成的名称"
            yield Problem(decision.id, "decision-name", message)
        elif times > 1:
            yield Problem(decision.id, "decision-name", f"结果的名称“{name}”用了{times}次，请改成不同的")


def _head(decision: Decision, check: Check) -> Iterator[Problem]:
    if decision.policy not in POLICIES:
        message = f"命中策略“{decision.policy}”不能用，请改成 UNIQUE（只一行符合）、FIRST（取第一行）或 ANY"
        yield Problem(decision.id, "decision-policy", message)
    if not decision.outputs or not decision.rows:
        yield Problem(decision.id, "decision-shape", "决策表至少要有一个结果和一行规则")
    for number, column in enumerate(decision.inputs, 1):
        fault = check(column.expression)
        if fault:
            yield Problem(column.id or decision.id, "decision-cell", f"第{number}个条件的表达式写法有误：{fault}")
    labels = Counter(column.label for column in decision.inputs)
    for label, times in labels.items():
        if times > 1:
            yield Problem(decision.id, "decision-name", f"有{times}个条件都叫“{label}”，请改成不同的名称")


def _fits(decision: Decision, row: Row) -> bool:
    return (len(row.tests), len(row.outputs)) == (len(decision.inputs), len(decision.outputs))


def _cells(decision: Decision, check: Check, check_unary: Check) -> Iterator[Problem]:
    for number, row in enumerate(decision.rows, 1):
        for text in row.tests:
            fault = check_unary(text) if ranges.read(text) is None else None
            if fault:
                yield Problem(row.id, "decision-cell", f"第{number}行的条件“{text}”写法有误：{fault}")
        for text in row.outputs:
            fault = check(text)
            if fault:
                yield Problem(row.id, "decision-cell", f"第{number}行的结果“{text}”写法有误：{fault}")


def _rows(decision: Decision) -> Iterator[Problem]:
    seen: dict[tuple[str, ...], int] = {}
    twice: set[int] = set()
    for number, row in enumerate(decision.rows, 1):
        tests = tuple("".join(each.split()) for each in row.tests)
        if tests in seen:
            twice.add(number)
            message = f"第{number}行与第{seen[tests]}行的条件相同，请删除一行或改正条件"
            yield Problem(row.id, "decision-twice", message)
        else:
            seen[tests] = number
    if decision.policy not in ("UNIQUE", "ANY"):
        return
    for one, other, case in overlaps(decision):
        if other in twice:
            continue
        first, second = decision.rows[one - 1], decision.rows[other - 1]
        if decision.policy == "ANY" and first.outputs == second.outputs:
            continue
        what = "结果不同" if decision.policy == "ANY" else "只允许一行符合"
        example = f"（例如 {case}）" if case else ""
        message = f"第{one}行与第{other}行会同时符合{example}，而{what}，请改成互斥的条件"
        yield Problem(second.id, "decision-overlap", message)


def overlaps(decision: Decision) -> Iterator[tuple[int, int, str]]:
    """Pairs of rows that are proved to meet: their numbers and an example. At most a hundred."""
    columns = [_Regions([row.tests[at] for row in decision.rows]) for at in range(len(decision.inputs))]
    same: dict[str, list[int]] = {}
    for at, column in enumerate(decision.inputs):
        same.setdefault("".join(column.expression.split()), []).append(at)
    told = 0
    for other in range(1, len(decision.rows)):
        for one in range(other):
            shared = []
            for column in columns:
                shared.append(column.shared(one, other))
                if not shared[-1]:
                    break
            if (shared and not shared[-1]) or not all(_together(columns, shared, group) for group in same.values()):
                continue
            yield one + 1, other + 1, _example(decision.inputs, columns, shared)
            told += 1
            if told == 100:
                return


class _Regions:
    """A column: its regions, and for each row a mask of those that its entry covers (None: not of a simple form)."""

    def __init__(self, entries: list[str]) -> None:
        self.axis = ranges.axis(entries)
        self.everything = self.axis.everything
        self.texts = ["".join(each.split()) for each in entries]
        known: dict[str, int | None] = {}
        for entry in entries:
            if entry not in known:
                cover = ranges.read(entry)
                known[entry] = None if cover is None else cover(self.axis)
        self.masks = [known[entry] for entry in entries]

    def shared(self, one: int, other: int) -> int:
        """The regions where both rows match; 0 when there is none, or when it cannot be proved."""
        a, b = self.masks[one], self.masks[other]
        if a is None or b is None:
            # The same words match the same values; and what anything matches, some value of the other matches.
            alike = self.texts[one] == self.texts[other] or "-" in (self.texts[one], self.texts[other])
            return self.everything if alike else 0
        return a & b


def _together(columns: list[_Regions], shared: list[int], group: list[int]) -> bool:
    """Whether columns that ask for the same thing can agree on a value; where it is not plain, that they cannot."""
    first, *rest = group
    return all(columns[at].axis == columns[first].axis and shared[at] & shared[first] for at in rest)


def _example(inputs: tuple[Column, ...], columns: list[_Regions], shared: list[int]) -> str:
    return "、".join(
        f"{column.label}={known.axis.words(mask)}"
        for column, known, mask in zip(inputs, columns, shared, strict=True)
        if mask != known.everything
    )


__all__ = ["RULES", "Problem", "overlaps", "problems"]
