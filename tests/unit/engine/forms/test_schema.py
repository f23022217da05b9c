"""What the reader of schemas refuses, and that it says everything at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import forms
from engine.forms import patterns
from engine.forms.expressions import names

ROOT = Path(__file__).parents[4]
SHIPPED = sorted((ROOT / "bpmn/forms").glob("*.form"))
FIELD = {"type": "textfield", "key": "name", "label": "姓名"}


def rules(*components, **more):
    form, problems = forms.load(json.dumps({"components": components, **more}).encode(), "f")
    assert (form is None) == bool(problems)
    return [p.rule for p in problems]


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({"type": "iframe"}, "type"),
        ({"type": "textfield", "label": "甲"}, "missing-key"),
        ({**FIELD, "key": "typename"}, "typename"),
        ({**FIELD, "key": "a.b"}, "key"),
        ({**FIELD, "key": "_row"}, "key"),
        ({**FIELD, "key": "parameters"}, "key"),
        ({**FIELD, "label": ""}, "label"),
        ({**FIELD, "properties": {"kind": "passport"}}, "kind"),
        ({**FIELD, "properties": {"money": "yuan"}}, "money"),
        ({**FIELD, "properties": {"flwo": "true"}}, "unknown-setting"),
        ({**FIELD, "properties": {"check": "a ="}}, "message"),
        ({**FIELD, "properties": {"check": "a + ", "message": "改"}}, "feel"),
        ({**FIELD, "conditional": {"hide": "=a ++"}}, "feel"),
        ({**FIELD, "properties": {"kind": "phone", "flow": "true"}}, "flow-secret"),
        ({**FIELD, "validate": {"pattern": "(a+)+$"}}, "pattern"),
        ({**FIELD, "validate": {"pattern": "("}}, "pattern"),
        ({**FIELD, "properties": {"from": "visit"}}, "from"),
        ({"type": "number", "key": "n", "label": "数", "properties": {"money": "fen"}}, "money"),
        ({"type": "number", "key": "n", "label": "数", "validate": {"min": "许多"}}, "min"),
        ({"type": "select", "key": "s", "label": "选"}, "options"),
        ({"type": "select", "key": "s", "label": "选", "values": [{"label": "甲", "value": 1}]}, "options"),
        ({"type": "radio", "key": "s", "label": "选", "values": [{"label": "甲", "value": "a"}] * 2}, "options"),
        (
            {
                "type": "radio",
                "key": "s",
                "label": "选",
                "values": [{"label": "是", "value": "yes"}],
                "properties": {"type": "boolean"},
            },
            "boolean-options",
        ),
        ({"type": "dynamiclist", "path": "rows", "components": []}, "empty"),
        (
            {
                "type": "dynamiclist",
                "path": "rows",
                "label": "行",
                "components": [{**FIELD, "properties": {"flow": "true"}}],
            },
            "flow",
        ),
        ({"type": "text", "text": "{{#if a}}x{{/if}}"}, "text"),
    ],
)
def test_a_fault_is_told_with_its_rule(component, rule):
    assert rule in rules(component)


def test_all_faults_are_told_at_once_and_name_their_component():
    _, problems = forms.load(json.dumps({"components": [FIELD, FIELD, {"type": "iframe", "id": "bad"}]}).encode(), "f")
    assert {(p.element, p.rule) for p in problems} == {("name", "duplicate-key"), ("bad", "type")}


def test_groups_without_a_path_share_names_and_groups_with_one_do_not():
    plain = {"type": "group", "label": "组", "components": [FIELD]}
    assert rules(FIELD, plain) == ["duplicate-key"]
    assert rules(FIELD, {**plain, "path": "inner"}) == []


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"components": 1}', b"[" * 100_000, b"NaN"])
def test_what_is_no_schema_is_refused(data):
    form, problems = forms.load(data, "f")
    assert form is None
    assert problems


def test_size_and_depth_are_bounded():
    assert forms.load(b" " * 300_000, "f")[1][0].rule == "size"
    deep = FIELD
    for number in range(20):
        deep = {"type": "group", "path": f"g{number}", "label": "组", "components": [deep]}
    assert "depth" in rules(deep)
    assert "size" in rules(*({**FIELD, "key": f"k{n}"} for n in range(600)))


def test_names_that_are_read():
    assert names('=a.b > parameters.limit and string length(c) > 0 and "d" != e') == {
        "a",
        "parameters",
        "c",
        "e",
    }
    assert names("some m in members satisfies m.age > 3") == {"members"}
    assert names("{k: v}.k = today") == {"v", "today"}


@pytest.mark.parametrize("pattern", [r"^\d+$", r"^[0-9]{6}$", r"^\d+-\d+$", r"^(\d{4}-)?\d{6,8}$"])
def test_plain_patterns_are_admitted(pattern):
    assert patterns.check(pattern) is None


@pytest.mark.parametrize("pattern", ["(a*)*b", "(?=a)b", r"(a)\1", "(a|aa){50}", ".*.*.*.*x"])
def test_costly_patterns_are_refused(pattern):
    assert patterns.check(pattern)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_forms_load(path):
    form, problems = forms.load(path.read_bytes(), path.stem)
    assert problems == []
    assert form.name == path.stem
