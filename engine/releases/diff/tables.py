"""Two states of a decision: its columns, its rows, its test rows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.decisions.model import Decision, Example
from engine.decisions.reading import parse
from engine.releases.diff.changes import Change, Part, Words, compare_facts, compare_parts, cut, reordered

WORDS = Words(
    {
        "policy": "命中策略",
        "aggregation": "汇总方式",
        "expression": "表达式",
        "variable": "结果名称",
        "type": "类型",
        "values": "可取的值",
        "description": "说明",
        "note": "批注",
        "if.": "条件",
        "then.": "结果",
        "given.": "输入",
        "expect.": "应得",
    },
    {"policy": {"UNIQUE": "唯一", "FIRST": "取第一行", "ANY": "任一", "COLLECT": "汇集"}},
)


def compare(old: bytes, new: bytes) -> list[Change]:
    """What differs between two files of decisions; Unparsable when one is none."""
    before, after = ({each.id: each for each in parse(data)} for data in (old, new))
    found = list(
        compare_parts([_whole(each) for each in before.values()], [_whole(each) for each in after.values()], WORDS)
    )
    for key, decision in after.items():
        if key in before:
            found += _inside(before[key], decision)
    return found


def _whole(decision: Decision) -> Part:
    given = {
        "policy": decision.policy,
        "aggregation": decision.aggregation,
        "expression": decision.expression or "",
        "variable": decision.variable or "",
        "type": decision.type,
        "description": decision.description,
        **{f"given.{name}": value for name, value in decision.given},
    }
    return Part(decision.id, decision.name, "决策", given)


def _inside(old: Decision, new: Decision) -> Iterator[Change]:
    yield from compare_parts(_columns(old), _columns(new), WORDS)
    yield from _rows(old, new)
    yield from compare_parts(_examples(old), _examples(new), WORDS)


def _columns(decision: Decision) -> Iterator[Part]:
    for kind, columns in (("条件列", decision.inputs), ("结果列", decision.outputs)):
        for number, each in enumerate(columns, 1):
            given = {"expression": each.expression, "type": each.type, "values": each.values}
            yield Part(each.id or f"{kind}{number}", each.label or each.expression, kind, given)


def _rows(old: Decision, new: Decision) -> Iterator[Change]:
    """Rows have ids and no names: a sentence says which one in the new table, or in the old one when it is gone."""
    before = {row.id: number for number, row in enumerate(old.rows)}
    after = {row.id: number for number, row in enumerate(new.rows)}
    for key, number in before.items():
        if key not in after:
            yield Change(key, f"第{number + 1}行", "removed", f"删除原第{number + 1}行（{_said(old, number)}）")
    for key, number in after.items():
        if key not in before:
            yield Change(key, f"第{number + 1}行", "added", f"新增第{number + 1}行（{_said(new, number)}）")
        else:
            yield from compare_facts(_row(old, before[key], number), _row(new, number, number), WORDS)
    if reordered(list(before), list(after)):
        moved = [
            f"原第{before[key] + 1}行现为第{number + 1}行"
            for key, number in after.items()
            if before.get(key, number) != number
        ]
        yield Change(new.id, new.name, "moved", f"行的次序有变：{cut('，'.join(moved))}")


def _row(decision: Decision, number: int, shown: int) -> Part:
    row = decision.rows[number]
    given = {f"if.{each.label}": test for each, test in zip(decision.inputs, row.tests, strict=False)}
    given |= {
        f"then.{each.label or each.expression}": value
        for each, value in zip(decision.outputs, row.outputs, strict=False)
    }
    return Part(row.id, f"第{shown + 1}行", "决策表行", {**given, "note": row.note})


def _said(decision: Decision, number: int) -> str:
    row = decision.rows[number]
    tests = [f"{each.label}：{test}" for each, test in zip(decision.inputs, row.tests, strict=False) if test != "-"]
    return cut(f"{'，'.join(tests) or '任何情况'} → {'，'.join(row.outputs)}")


def _examples(decision: Decision) -> Iterator[Part]:
    return (_example(each, number) for number, each in enumerate(decision.examples, 1))


def _example(example: Example, number: int) -> Part:
    given = {f"given.{name}": value for name, value in example.given}
    given |= {f"expect.{name}": value for name, value in example.expected}
    return Part(f"test:{example.name or number}", example.name or f"第{number}个", "测试行", given)
