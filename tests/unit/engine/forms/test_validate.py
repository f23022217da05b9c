"""A whole form: conditions, rows, checks, names that are not of the form, and the way back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import forms
from engine.forms.kinds import check_digit

FILE = Path(__file__).parents[3] / "fixtures/forms/everything.form"
CONTEXT = {"count_before": 2, "parameters": {"standard": 56000}}
IDENTITY = "64022119900101123" + check_digit("64022119900101123")
GOOD = {
    "head_name": "马·依不拉", "head_id": IDENTITY, "head_phone": "13812345678", "wage": 120050,
    "applied_on": "2026-02-03", "by_agent": True, "agent": {"name": "王五"}, "hukou": "rural",
    "papers": ["application"], "reason": "因病致困，无力负担", "promised": True,
    "members": [{"name": "李四", "relation": "child", "pupil": True, "school": "高仁小学"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def form():
    found, problems = forms.load(FILE.read_bytes(), "everything")
    assert found, problems
    return found


def build(*components):
    found, problems = forms.load(json.dumps({"components": components}).encode(), "f")
    assert found, problems
    return found


def said(form, change, context=CONTEXT):
    return {p.field: p.message for p in forms.submit_data(form, {**GOOD, **change}, context).problems}


def test_a_good_form_gives_values_and_the_flow_its_scalars(form):
    done = forms.submit_data(form, GOOD, CONTEXT)
    assert done.problems == []
    assert done.values["agent"] == {"name": "王五", "relation": None}
    assert done.values["doubled"] == 1440600
    assert done.values["standard"] == 56000
    assert done.flow == {"wage": 120050, "by_agent": True, "hukou": "rural"}
    assert form.flow_fields == {"wage": "number", "by_agent": "boolean", "hukou": "text"}
    assert form.outer_names == {"count_before"}
    assert form.parameters == {"standard"}
    assert "parameters" in form.read_names
    assert form.views == {"income"}


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"head_name": None}, "head_name", "请填写“户主姓名”"),
        ({"hukou": None}, "hukou", "请选择“户口性质”"),
        ({"promised": False}, "promised", "请勾选“申请人已当面确认以上内容属实”"),
        ({"hukou": "mars"}, "hukou", "“户口性质”没有这个选项，请重新选择"),
        ({"by_agent": "maybe"}, "by_agent", "“是否委托他人代办”没有这个选项，请重新选择"),
        ({"wage": 1.5}, "wage", "“月工资收入”应为数字，最多两位小数，例如 1200 或 1200.50"),
        ({"members": []}, "members", "“共同生活的家庭成员”至少填写 1 行，请添加一行并填写"),
        (
            {"members": [{"name": "李四"}]},
            "members[0].relation",
            "共同生活的家庭成员第 1 行：请选择“与户主关系”",
        ),
        ({"bogus": 1}, "bogus", "表单中没有“bogus”这一项，请刷新页面后重填"),
        ({"agent": {"name": "王五", "role": "x"}}, "agent.role", "表单中没有“agent.role”这一项，请刷新页面后重填"),
        ({"members": "all"}, "members", "“共同生活的家庭成员”至少填写 1 行，请添加一行并填写"),
    ],
)
def test_messages_say_what_to_do(form, change, field, message):
    found = [p.message for p in forms.submit_data(form, {**GOOD, **change}, CONTEXT).problems if p.field == field]
    assert message in found


def test_hidden_fields_are_neither_validated_nor_kept(form):
    done = forms.submit_data(form, {**GOOD, "by_agent": False, "agent": {"name": "x"}}, CONTEXT)
    assert done.problems == []
    assert "agent" not in done.values
    members = [{"name": "李四", "relation": "child", "pupil": False, "school": "高仁小学"}]
    assert "school" not in forms.submit_data(form, {**GOOD, "members": members}, CONTEXT).values["members"][0]


def test_a_hidden_field_of_the_flow_is_null_there():
    form = build(
        {"type": "checkbox", "key": "a", "label": "甲"},
        {"type": "textfield", "key": "b", "label": "乙", "conditional": {"hide": "=a != true"},
         "properties": {"flow": "true"}},
    )  # fmt: skip
    done = forms.submit(form, {"b": ["x"]}, {"b": "older"})
    assert (done.values, done.flow) == ({"a": False}, {"b": None})


def test_a_condition_on_a_hidden_field_sees_nothing():
    form = build(
        {"type": "textfield", "key": "c", "label": "丙", "conditional": {"hide": '=b != "x"'}},
        {"type": "textfield", "key": "b", "label": "乙", "conditional": {"hide": "=a != true"}},
        {"type": "checkbox", "key": "a", "label": "甲"},
    )
    assert forms.submit(form, {"b": ["x"], "c": ["y"]}, {}).values == {"a": False}
    assert forms.submit(form, {"a": ["true"], "b": ["x"], "c": ["y"]}, {}).values["c"] == "y"


def test_empty_rows_are_dropped_and_rows_keep_the_posted_names(form):
    posted = forms.to_posted(form, GOOD)
    posted |= {"members[3].name": ["李"], "members[3].relation": ["child"], "members[2].name": [" "],
               "_row.members": ["0", "1", "2", "3"]}  # fmt: skip
    done = forms.submit(form, posted, CONTEXT)
    assert [p.field for p in done.problems] == ["members[3].name"]
    assert "第 4 行" in done.problems[0].message
    assert len(done.values["members"]) == 2


def test_too_many_rows(form):
    row = {"name": "李四", "relation": "child"}
    assert "最多 5 行" in said(form, {"members": [row] * 6})["members"]
    posted = {f"members[{n}].name": ["李四"] for n in range(400)}
    assert "members[399].name" in {p.field for p in forms.submit(form, posted, CONTEXT).problems}


CHECKED = {"type": "number", "key": "n", "label": "数", "properties": {"check": "n <= limit", "message": "超过上限"}}


def test_checks_read_the_form_the_flow_and_parameters():
    form = build(CHECKED)
    assert forms.submit(form, {"n": ["3"]}, {"limit": 3}).ok
    assert [p.message for p in forms.submit(form, {"n": ["4"]}, {"limit": 3}).problems] == ["超过上限"]


@pytest.mark.parametrize("context", [{}, {"limit": None}, {"limit": "许多"}])
def test_a_check_that_cannot_be_computed_does_not_pass(context):
    assert not forms.submit(build(CHECKED), {"n": ["3"]}, context).ok


def test_a_check_does_not_repeat_a_fault_of_what_it_reads():
    found = forms.submit(build(CHECKED), {"n": ["x"]}, {"limit": 3}).problems
    assert [p.message for p in found] == ["“数”应为数字，例如 3 或 3.5"]


def test_what_is_read_only_is_not_taken_from_the_post(form):
    posted = forms.to_posted(form, GOOD) | {"standard": ["1"]}
    done = forms.submit(form, posted, CONTEXT)
    assert done.ok
    assert done.values["standard"] == 56000


def test_what_is_computed_is_not_taken_from_the_post(form):
    posted = forms.to_posted(form, GOOD) | {"doubled": ["1"]}
    assert [p.field for p in forms.submit(form, posted, CONTEXT).problems] == ["doubled"]


def test_the_pages_own_names_pass(form):
    posted = forms.to_posted(form, GOOD) | {"_do": ["submit"], "csrf_token": ["x"]}
    assert forms.submit(form, posted, CONTEXT).ok


def test_a_wrong_check_digit_of_an_account_only_warns(form):
    done = forms.submit_data(form, {**GOOD, "account": "4111111111111112"}, CONTEXT)
    assert done.ok
    assert [w.field for w in done.warnings] == ["account"]


def test_prefills_defaults_and_other_tasks():
    form = build(
        {"type": "number", "key": "a", "label": "甲", "properties": {"prefill": "amount", "money": "yuan"}},
        {"type": "textfield", "key": "b", "label": "乙", "defaultValue": "旧", "properties": {"from": "visit.note"}},
    )
    assert forms.initial(form, {"amount": 120000}) == {"a": 120000, "b": "旧"}
    assert forms.initial(form, {}, {"visit": {"note": "新"}})["b"] == "新"
    assert form.sources == {"b": ("visit", "note")}


def test_masking_copies_and_hides(form):
    values = forms.submit_data(form, {**GOOD, "account": "4111111111111111"}, CONTEXT).values
    hidden = forms.masked(form, values)
    assert (hidden["head_id"], hidden["head_phone"]) == ("640221********1231", "138****5678")
    assert hidden["account"] == "************1111"
    assert hidden["head_name"] == "马·依不拉"
    assert values["head_id"] == IDENTITY


NAMES = st.from_regex("[王李张赵马]{1,4}·?[王李依]{1,4}", fullmatch=True)
MEMBERS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES, "relation": st.sampled_from(["spouse", "child", "parent_of"]),
         "income": st.none() | st.integers(0, 10**9), "pupil": st.just(False)}
    ), min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    MEMBERS, st.integers(0, 10**10), st.booleans(),
    st.sets(st.sampled_from(["application", "promise"]), min_size=1),
    st.text("困难\n，。 ab", min_size=8).map(lambda t: f"因病{t}无力"),
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
)  # fmt: skip
def test_what_was_kept_posts_back_to_itself(members, wage, agent, papers, reason, day):
    form, _ = forms.load(FILE.read_bytes(), "everything")
    data = GOOD | {"members": members, "wage": wage, "by_agent": agent, "papers": sorted(papers),
                   "reason": reason, "applied_on": day.isoformat()}  # fmt: skip
    if not agent:
        del data["agent"]
    first = forms.submit_data(form, data, CONTEXT)
    assert first.problems == []
    again = forms.submit(form, forms.to_posted(form, first.values), CONTEXT)
    assert (again.values, again.flow, again.problems) == (first.values, first.flow, [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(
    st.sampled_from(["wage", "members[0].name", "members[9].pupil", "agent.name", "papers", "by_agent", "hukou",
                     "applied_on", "visit_at", "members[x].name", "members", "agent", "head_id", "_row.members"])
    | st.text(max_size=20), st.lists(st.text(max_size=40), max_size=3)))  # fmt: skip
def test_nothing_posted_breaks_it_and_only_json_comes_out(posted):
    form, _ = forms.load(FILE.read_bytes(), "everything")
    done = forms.submit(form, posted, CONTEXT)
    json.dumps([done.values, done.flow], allow_nan=False)
    for name in posted:
        known = name.startswith("_") or name == "csrf_token" or name in {p.field for p in done.problems}
        assert known or name.split("[")[0].split(".")[0] in form.keys
