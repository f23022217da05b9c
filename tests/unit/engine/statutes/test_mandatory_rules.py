"""Rules as data: read with every fault named; what may be changed in one and what may not; the shipped ones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.statutes import ids, rules
from engine.statutes.register import read as read_statutes
from engine.statutes.rules import Rule, read, weaker

BPMN = Path(__file__).parents[4] / "bpmn"
DEBT = {
    "title": "先公示",
    "message": "没有公示不能确认",
    "clause": "mca-2021-57:19",
    "before": ["operation:benefits.confirm"],
    "needs": ["operation:publicity.close"],
}


def one(**changes: Any) -> list[str]:
    """The faults of one rule, in words."""
    entry = {key: value for key, value in {**DEBT, **changes}.items() if value is not None}
    return [fault.message for fault in read(json.dumps({"publicity-first": entry}).encode())[1]]


def test_a_rule_is_read_as_it_stands() -> None:
    found, faults = read(json.dumps({"publicity-first": {**DEBT, "except": ["hardship"], "people": 2}}).encode())
    assert faults == []
    (rule,) = found
    assert (rule.form, rule.people, rule.needs) == ("debt", 2, ("operation:publicity.close",))
    assert rule.binds("dibao")
    assert not rule.binds("hardship")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"clause": None}, "请写明 clause"),
        ({"title": ""}, "请写明 title"),
        ({"clause": "57号第19条"}, "依据“57号第19条”请写成"),
        ({"before": ["benefits.confirm"]}, "“benefits.confirm”请写成 operation:名称"),
        ({"needs": ["letter:refusal_notice"]}, "“letter:refusal_notice”请写成"),
        ({"before": "operation:x"}, "“before”应是文字的清单"),
        ({"people": 0}, "people 应是1到99的整数"),
        ({"people": True}, "people 应是1到99的整数"),
        ({"need": ["x"]}, "不认识的项“need”"),
        ({"before": None}, "一条规则写一件事"),
        ({"tasks": ["a"], "people": 2}, "一条规则写一件事"),
        ({"needs": []}, "没有 needs 时，before 和 after 都要写"),
        ({"schemes": ["dibao"], "except": ["tekun"]}, "schemes 和 except 只写一个"),
    ],
)
def test_each_fault_is_named(changes: dict[str, Any], fault: str) -> None:
    assert any(each.startswith(fault) for each in one(**changes)), one(**changes)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'{"a": 1}', b'{"A B": {}}'])
def test_what_is_no_rule_is_a_fault_and_never_raises(data: bytes) -> None:
    found, faults = read(data)
    assert not found.by_id
    assert faults


LEAST = Rule(
    "r", "t", "m", "c:1", excepted=("hardship",), people=2, before=("operation:a", "operation:b"), needs=("task:x",)
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"excepted": ()},
        {"people": 3},
        {"before": ("operation:a", "operation:b", "operation:c")},
        {"again": ("operation:open",)},
        {"clause": "c:2", "title": "别的", "message": "换一句话"},
    ],
)
def test_a_rule_may_ask_more_than_the_floor(changes: dict[str, Any]) -> None:
    assert weaker(replace(LEAST, **changes), LEAST) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"schemes": ("dibao",), "excepted": ()}, "适用的救助种类少了"),
        ({"excepted": ("hardship", "tekun")}, "适用的救助种类少了"),
        ({"people": 1}, "人数少于2人"),
        ({"before": ("operation:a",)}, "约束的环节少了：operation:b"),
        ({"before": (), "after": ("operation:a",)}, "约束的环节少了"),
        ({"after": ("operation:z",)}, "改成了某环节之后才要求"),
        ({"needs": ("task:x", "task:y")}, "放宽了可以代替的环节：task:y"),
        ({"when": "urgent"}, "加了条件或改了条件"),
    ],
)
def test_a_rule_may_not_ask_less_than_the_floor(changes: dict[str, Any], fault: str) -> None:
    assert any(each.startswith(fault) for each in weaker(replace(LEAST, **changes), LEAST))


def test_lists_that_look_at_the_drawing_alone_may_grow_and_not_shrink() -> None:
    least = Rule("r", "t", "m", "c:1", tasks=("visit",), apart=("opinion", "decide"))
    assert weaker(replace(least, tasks=("visit", "other")), least) == []
    assert weaker(replace(least, apart=("opinion",)), least) == ["回避的任务少了：decide"]
    least = Rule("r", "t", "m", "c:1", processes=("report",), hidden_from=("village",))
    assert weaker(replace(least, processes=()), least) == ["约束的流程少了：report"]


# The shipped rules


SHIPPED, _faults = read((BPMN / rules.FILE).read_bytes())


def test_the_shipped_rules_have_no_fault_and_none_is_weaker_than_the_floor() -> None:
    assert _faults == []
    for least in rules.floor():
        assert weaker(SHIPPED.by_id[least.id], least) == [], least.id


def test_every_shipped_rule_rests_on_clauses_of_the_register() -> None:
    known, _ = read_statutes((BPMN / "statutes.json").read_bytes())
    for rule in (*SHIPPED, *rules.floor()):
        for clause in ids.split(rule.clause):
            assert known.find(clause) is not None, (rule.id, clause)
