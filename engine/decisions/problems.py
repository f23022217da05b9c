"""What is wrong with a decision: its author reads it before it decides anything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine import feel
from engine.decisions import proofs, ranges
from engine.decisions.model import COLLECT, KINDS, POLICIES, Decision, Row

RULES = {
    "decision-id": "决策没有标识",
    "decision-policy": "决策表的命中策略不能用",
    "decision-shape": "决策表的行列不齐",
    "decision-cell": "决策表的单元格不是有效的 FEEL",
    "decision-name": "决策的结果没有名称，或名称不能用",
    "decision-twice": "决策表有相同的行",
    "decision-overlap": "决策表有两行会同时符合",
    "decision-gap": "决策表有的输入没有一行符合",
    "decision-unproved": "不能证明决策表没有遗漏",
    "decision-values": "允许的值写法有误，或单元格里有不允许的值",
    "decision-idle": "决策表有一行永远不会用到",
    "decision-test": "决策没有测试行，或测试行不通过",
    "decision-large": "决策表太大",
}

#: Rows that are compared with each other; a table that a person keeps in mind has fewer.
MOST = 500
CELLS = 20_000
Check = Callable[[str], str | None]
_CONSTANT = re.compile(r'"[^",\\]+"')
_UNREAD = ("decision-cell", "decision-shape", "decision-values")
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
    found += [*_cells(decision, check, check_unary), *_columns(decision), *_collect(decision)]
    if len(whole) == len(decision.rows):
        found += _rows(decision)
        # What is missing is asked of a table whose cells can be read.
        if decision.policy in ("UNIQUE", "ANY", "FIRST") and not any(each.rule in _UNREAD for each in found):
            found += _missing(decision)
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
        message = f"命中策略“{decision.policy}”不能用，请改成 UNIQUE（只一行符合）、FIRST（取第一行）、ANY 或 COLLECT"
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
    for number in proofs.idle(decision):
        if number not in twice:
            why = "条件里的值都不允许" if decision.policy != "FIRST" else "条件里的值都不允许，或者前面的行已经全部占去"
            message = f"第{number}行永远不会用到（{why}），请改正或删除"
            yield Problem(decision.rows[number - 1].id, "decision-idle", message)
    if decision.policy in ("UNIQUE", "ANY"):
        yield from _overlaps(decision, twice)


def _overlaps(decision: Decision, twice: set[int]) -> Iterator[Problem]:
    for one, other, case in proofs.overlaps(decision):
        if other in twice:
            continue
        first, second = decision.rows[one - 1], decision.rows[other - 1]
        if decision.policy == "ANY" and first.outputs == second.outputs:
            continue
        what = "结果不同" if decision.policy == "ANY" else "只允许一行符合"
        example = f"（例如 {case}）" if case else ""
        message = f"第{one}行与第{other}行会同时符合{example}，而{what}，请改成互斥的条件"
        yield Problem(second.id, "decision-overlap", message)


def _missing(decision: Decision) -> Iterator[Problem]:
    """A case that meets no row would stand still: a family would wait for an answer that no one can give."""
    found = proofs.gap(decision)
    if found is None:
        return
    example = f"（例如 {found.example}）" if found.example else ""
    cure = "请补上缺的行，或给文字条件写明允许的值（inputValues）"
    if decision.policy == "FIRST":
        cure = "请补上缺的行，或在最后加一行全是“-”的"
    if found.sure:
        yield Problem(decision.id, "decision-gap", f"有的输入没有一行符合{example}，{cure}")
    elif found.rows:
        rows = "、".join(map(str, found.rows))
        message = (
            f"第{rows}行的条件看不出包含哪些值，不能证明没有遗漏{example}，请改成与数、文字、是否比较的写法；{cure}"
        )
        yield Problem(decision.id, "decision-unproved", message)
    else:
        yield Problem(decision.id, "decision-unproved", f"组合太多，不能证明没有遗漏，请拆成几张表；{cure}")


def _columns(decision: Decision) -> Iterator[Problem]:
    """What an input allows, and cells that name something else."""
    for at, column in enumerate(decision.inputs):
        if not column.values:
            continue
        where = column.id or decision.id
        if ranges.read(column.values) is None:
            message = f'“{column.label}”允许的值写法不能识别，请写成 "a","b" 或 [0..120] 的样子'
            yield Problem(where, "decision-values", message)
            continue
        allowed = ranges.texts(column.values)
        for number, row in enumerate(decision.rows, 1):
            strange = sorted(ranges.texts(row.tests[at]) - allowed) if allowed and at < len(row.tests) else []
            if strange:
                message = f"第{number}行的“{strange[0]}”不在“{column.label}”允许的值（{column.values}）里，请改正"
                yield Problem(row.id, "decision-values", message)


def _collect(decision: Decision) -> Iterator[Problem]:
    """What a COLLECT table gathers is known before it runs: constant texts, which others refer to."""
    if decision.policy != COLLECT:
        return
    if decision.aggregation:
        message = f"COLLECT 不能带汇总（{decision.aggregation}），请去掉"
        yield Problem(decision.id, "decision-policy", message)
    if len(decision.outputs) != 1 or decision.outputs[0].type not in ("", "string"):
        yield Problem(decision.id, "decision-policy", "COLLECT 的表只能有一个结果，类型是文字（string）")
        return
    for column in decision.inputs:
        if column.type not in KINDS:
            message = f"COLLECT 的条件“{column.label}”要写明类型（string、number 或 boolean）"
            yield Problem(column.id or decision.id, "decision-policy", message)
    for number, row in enumerate(decision.rows, 1):
        if any(_CONSTANT.fullmatch(text) is None for text in row.outputs):
            message = f'第{number}行的结果应是加双引号、不含逗号的文字，例如 "income"'
            yield Problem(row.id, "decision-policy", message)


__all__ = ["RULES", "Problem", "problems"]
