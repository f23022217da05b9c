"""The words of a refusal: every failed test, with the figures of the case, whether somebody named it or not."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.decisions import grounds
from engine.decisions.tables import parse
from engine.errors import DoudiError
from engine.parameters.seed import entries
from engine.parameters.values import in_context
from registers.benefits.reasons import failed_of, reasons

BPMN = Path(__file__).parents[3] / "bpmn"
RELEASE = SimpleNamespace(files={"grounds.json": (BPMN / "grounds.json").read_bytes()})
PARAMETERS = {each.name: in_context(each.value, each.unit) for each in entries()}
DIBAO = {"scheme": "dibao", "members": 2, "rural": True, "income_per_head": 60050, "assets_per_head": 1}


def asked(ticked: list[str], failed: str | None, flow: dict[str, Any] = DIBAO) -> list[dict[str, Any]]:
    return reasons(ticked, failed, flow, PARAMETERS, RELEASE)


def test_failed_test_is_a_reason_though_nobody_named_it() -> None:
    (found,) = asked([], "income")
    assert found["text"] == "您家共2人，核定人均月收入600.50元，高于当地农村低保标准每人每月560元。"
    assert (found["code"], found["clause"], found["borne_out"]) == ("income", "mca-2021-57:13", True)


def test_failed_tests_come_first_and_a_ticked_one_is_not_said_twice() -> None:
    found = asked(["members", "income"], "data_check,income")
    assert [each["code"] for each in found] == ["data_check", "income", "members"]
    assert [each["borne_out"] for each in found] == [True, True, None]


def test_ground_that_the_figures_do_not_bear_out_shows() -> None:
    income, assets = asked(["income", "assets"], "", {**DIBAO, "rural": False})
    assert "低于当地城市低保标准" in income["text"]
    assert (income["borne_out"], assets["borne_out"]) == (False, False)


def test_what_no_test_could_tell_stays_open() -> None:
    assert asked(["income"], None)[0]["borne_out"] is None
    assert asked(["members"], "")[0]["borne_out"] is None


def test_objection_that_nobody_made_is_refuted() -> None:
    assert asked(["objection"], "", {**DIBAO, "objections": 0})[0]["borne_out"] is False
    assert asked(["objection"], "", {**DIBAO, "objections": 1})[0]["borne_out"] is None


def test_income_equal_to_the_standard_says_so() -> None:
    (found,) = asked([], "income", {**DIBAO, "income_per_head": 56000})
    assert "等于当地农村低保标准" in found["text"]


@pytest.mark.parametrize(
    ("scheme", "failed", "figures", "words", "clause"),
    [
        ("tekun", "income", {}, "低保标准每人每月560元", "mca-2021-43:6"),
        ("marginal", "income", {"income_per_head": 84000}, "每人每月840元（当地农村低保标准的1.5倍）", "mca-2021-57:8"),
        ("marginal", "dibao_fits", {"income_per_head": 50000}, "应当申请最低生活保障", "mca-2021-57:8"),
        ("hardship", "income", {"income_per_head": 200000}, "每年24000元，高于上年当地人均可支配收入", "mca-2024-57:4"),
        ("hardship", "ratio", {"year_income": 600, "expense_year": 450}, "75%，没有超过规定的80%", "mca-2024-57:4"),
        ("dibao", "assets", {"assets_per_head": 2016100}, "20161元，高于规定的每人20160元上限", "mca-2021-57:14"),
        ("dibao", "asset_kind", {"asset_kinds": "car,second_home"}, "机动车辆、超过规定的住房", "mca-2021-57:14"),
        ("dibao", "covered", {"receives": "elderly_allowance,tekun"}, "高龄津贴、特困供养", "mca-2021-57:28"),
        ("temporary_relief", "relief_repeat", {"relief_same_cause": 1}, "今年已经救助1次，一年不超过1次", "sc-649:49"),
        ("elderly_allowance", "age", {"age": 79}, "现年79周岁，没有满80周岁", "nx-2023-elderly"),
    ],
)  # fmt: skip
def test_each_scheme_speaks_of_its_own_rule(
    scheme: str, failed: str, figures: dict[str, Any], words: str, clause: str
) -> None:
    (found,) = asked([], failed, {**DIBAO, "scheme": scheme, **figures})
    assert words in found["text"]
    assert found["clause"] == clause


def test_failed_test_without_its_figures_is_no_letter_with_a_hole() -> None:
    with pytest.raises(DoudiError, match="缺少数字"):
        asked([], "ratio")
    (ticked,) = asked(["ratio"], "")
    assert (ticked["text"], ticked["borne_out"]) == ("刚性支出没有超过规定比例。", False)


def test_stranger_is_refused_by_name() -> None:
    with pytest.raises(DoudiError, match="because"):
        asked(["because"], "")


def test_no_test_is_not_the_same_as_no_failed_test() -> None:
    assert failed_of({"failed_tests": "a,b"}) == "a,b"
    assert failed_of({"failed_tests": ""}) == ""
    assert failed_of({}) is None


# The catalogue


def test_shipped_catalogue_is_right_and_says_where_each_test_is_used() -> None:
    found, faults = grounds.read(RELEASE.files["grounds.json"])
    assert faults == ()
    codes = {
        text.strip('"')
        for path in (BPMN / "decisions").glob("*.dmn")
        for decision in parse(path.read_bytes())
        if decision.output_names == ("failed_tests",)
        for row in decision.rows
        for text in row.outputs
    }
    assert codes <= found.keys()
    assert {each.test for each in found.values()} - {None} == codes
    assert all("refuse" in found[code].uses for code in codes)


def faults(**entry: Any) -> list[str]:
    whole = {"title": "标题", "uses": ["refuse"], "text": "句子。", "clause": "a-1:1", **entry}
    given = {key: value for key, value in whole.items() if value is not None}
    return [each.message for each in grounds.read(json.dumps({"code": given}).encode())[1]]


def test_entry_of_the_right_form_has_no_fault() -> None:
    assert faults() == []
    assert faults(schemes={"tekun": {"text": "{{ income|yuan }}"}}, only=["tekun"], refuted_by="x = 0") == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"clause": None}, "缺少 clause"),
        ({"text": " "}, "缺少 text"),
        ({"uses": []}, "uses"),
        ({"uses": ["punish"]}, "uses"),
        ({"colour": "red"}, "不认识的项“colour”"),
        ({"text": "{{ income|roman }}"}, "句子写法有误"),
        ({"text": "{% for"}, "句子写法有误"),
        ({"schemes": {"tekun": {"title": "x"}}}, "schemes"),
        ({"refuted_by": "x =="}, "refuted_by 写法有误"),
        ({"only": "tekun"}, "only"),
    ],
)
def test_entry_of_another_form_is_refused_in_words(entry: dict[str, Any], words: str) -> None:
    assert any(words in message for message in faults(**entry)), faults(**entry)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"a": 1, "a": 2}', b"[" * 100_000, b"x" * 300_000])
def test_strange_file_is_a_fault_and_never_an_exception(data: bytes) -> None:
    found, faults = grounds.read(data)
    assert not found
    assert faults
