"""Topics, choices, bounds and conflicts: every name that they speak of exists, and they say what the rules say."""

from datetime import date
from pathlib import Path

import pytest

from engine.errors import Invalid
from engine.parameters import conflicts
from engine.parameters.bounds import crossed
from engine.parameters.choices import check_choice, choice_of
from engine.parameters.facts import read
from engine.parameters.seed import entries
from engine.parameters.topics import OTHER, topic_of, topics
from engine.parameters.words import ASK, must_ask, said, span
from engine.statutes import ids
from engine.statutes import register as statutes

SEED = entries()
NAMES = {entry.name for entry in SEED}
TODAY = date(2026, 3, 2)
IN_FORCE = {
    entry.name: entry.value
    for entry in SEED
    if entry.valid_from <= TODAY and (entry.valid_to is None or entry.valid_to >= TODAY)
}


def test_every_heading_has_something_under_it_and_little_is_left_over():
    found = {topic.key: [name for name in NAMES if topic_of(name) == topic.key] for topic in topics()}
    assert [topic.title for topic in topics()] == [
        "标准与金额", "办理期限", "公示公开", "名单与口径", "复核与退出", "信访与救济", "资金发放", "其他",
    ]  # fmt: skip
    assert all(found.values())
    assert len(found[OTHER]) < len(NAMES) / 10
    assert topic_of("dibao_standard_rural") == "standards"
    assert topic_of("tekun_confirm_limit_delegated") == "deadlines"
    assert topic_of("republicise_tekun") == "publicity"
    assert topic_of("dibao_single_person") == "lists"
    assert topic_of("a_name_that_nobody_knows") == OTHER


@pytest.mark.parametrize("file", ["topics", "choices", "bounds"])
def test_no_exact_name_of_a_data_file_is_mistyped(file):
    exact = {name for row in read(file) for name in row["names"] if "*" not in name}
    assert exact - NAMES == set()


def test_every_value_of_the_seed_keeps_its_bounds_and_its_choices():
    for entry in SEED:
        assert crossed(entry.name, entry.value, entry.unit) == [], entry.name
        check_choice(entry.name, entry.value)


def test_every_mode_offers_its_codes():
    for entry in SEED:
        if entry.unit == "mode":
            assert choice_of(entry.name) is not None, entry.name
            with pytest.raises(Invalid, match="可选的范围"):
                check_choice(entry.name, "X")


@pytest.mark.parametrize(
    ("value", "told"),
    [("car,rocket", "rocket"), ("", "至少选择一项"), ("car,car", "两次")],
)
def test_a_list_takes_known_codes_each_once(value, told):
    with pytest.raises(Invalid, match=told):
        check_choice("dibao_asset_forbidden", value)


@pytest.mark.parametrize(
    ("name", "value", "unit", "told"),
    [
        ("publicity_length", "6d", "length", "不少于 7 日"),
        ("publicity_length", "7d", "length", None),
        ("publicity_length", "7wd", "length", None),  # seven working days are never fewer than seven days
        ("publicity_length", "5wd", "length", "不少于"),
        ("publicity_length", "1m", "length", None),
        ("dibao_total_limit_b", "31wd", "length", "不超过 30 个工作日"),
        ("dibao_total_limit_b", "20wd", "length", None),
        ("dibao_total_limit_b", "40d", "length", "不超过"),  # may be longer than thirty working days
        ("review_interval_stable", "366d", "length", "不超过"),
        ("investigators_min", 1, "number", "不少于 2"),
        ("investigators_min", 2.5, "number", "整数"),
        ("republicise_tekun", False, "boolean", "应为“是”"),
        ("republicise_dibao", True, "boolean", None),
        ("tekun_sampling_rate", 0.2, "ratio", "不少于 0.3"),
        ("marginal_factor", 1.4, "ratio", "不少于 1.5"),
        ("payday", 29, "number", "不超过 28"),
        ("payday", 10, "number", None),
        ("digest_time", "8:30", "text", "08:30"),
        ("opinion_limit", "0wd", "length", "不能是 0"),
        ("dibao_standard_rural", "1", "yuan_per_month", None),
    ],
)
def test_what_a_rule_leaves_open(name, value, unit, told):
    found = crossed(name, value, unit)
    assert ([told in each.message for each in found] == [True]) if told else found == []


def test_a_bound_with_a_clause_may_be_gone_beyond_and_one_without_may_not():
    for row in read("bounds"):
        assert bool(row.get("clause")) != bool(row.get("hard")), row
        assert not ids.wrong(row.get("clause")), row
    (law,) = crossed("publicity_length", "6d", "length")
    assert (law.clause, law.hard) == ("mca-2021-57:19", False)
    assert crossed("payday", 31, "number")[0].hard


def test_all_fourteen_conflicts_are_there_and_what_is_in_force_is_one_of_the_answers():
    found = conflicts.conflicts(IN_FORCE)
    assert [each.number for each in found] == list(range(1, 15))
    for each in found:
        assert each.settled, each.question
        assert sum(one.chosen for one in each.alternatives) == 1, each.question
        assert set(each.names) <= NAMES
        assert all(one.source for one in each.alternatives)
    units = {entry.name: entry.unit for entry in SEED}
    for each in found:
        for one in each.alternatives:
            for name, value in one.values.items():
                check_choice(name, value)
                assert said(value, units[name], name)
    other = conflicts.conflicts({**IN_FORCE, "near_relative_set": "N", "payday": 15})
    assert [one.chosen for one in other[4].alternatives] == [False, True]
    assert not other[6].settled
    assert [each.number for each in conflicts.of("publicity_length", IN_FORCE)] == [4]


def test_a_list_is_the_same_in_any_order():
    turned = ",".join(reversed(IN_FORCE["dibao_single_person"].split(",")))
    assert conflicts.of("dibao_single_person", {"dibao_single_person": turned})[0].alternatives[0].chosen


@pytest.mark.parametrize(
    ("value", "unit", "name", "words"),
    [
        ("560", "yuan_per_month", "", "560 元/月"),
        ("1234.5", "yuan", "", "1,234.50 元"),
        (True, "boolean", "", "是"),
        ("3wd", "length", "", "3 个工作日"),
        (36, "number", "", "36"),
        ("N", "mode", "near_relative_set", "N 民法典所列近亲属"),
        ("car,luxury", "text", "dibao_asset_forbidden", "轿车；高档消费品"),
        (None, "text", "", "没有值"),
        ("nonsense", "length", "", "nonsense"),
        ("nonsense", "yuan", "", "nonsense"),
    ],
)
def test_values_in_words(value, unit, name, words):
    assert said(value, unit, name) == words


def test_spans_in_words():
    assert span(date(2026, 1, 1), None) == "自 2026-01-01 起"
    assert span(date(2026, 1, 1), date(2026, 6, 30)) == "2026-01-01 至 2026-06-30"


def test_what_nobody_knows_says_so():
    unsure = ("条文未查到", "规定未查到", "须确认", "暂同低保", "未经确认", "虚构，")
    for entry in SEED:
        if entry.confidence == "synthetic" or any(word in (entry.note or "") for word in unsure):
            assert must_ask(entry.confidence, entry.note), entry.name
        if ASK in (entry.note or ""):
            assert entry.confidence != "C" or "理解" in entry.note, entry.name
    for name in ("tekun_care_full", "hardship_ratio", "local_disposable_income_rural", "relief_township_ceiling"):
        assert any(must_ask(e.confidence, e.note) for e in SEED if e.name == name), name
    assert not must_ask("C", "起始日推定")


@pytest.mark.parametrize("scheme", ["dibao", "tekun", "temporary_relief", "marginal", "hardship", "elderly_allowance"])
def test_shared_flows_find_what_they_look_up_by_scheme(scheme):
    for what in (
        "mode", "total_limit_a", "total_limit_b", "total_limit_extended", "confirm_limit", "confirm_limit_delegated",
        "publicity",
    ):  # fmt: skip
        assert f"{scheme}_{what}" in NAMES, f"{scheme}_{what}"
    assert f"republicise_{scheme}" in NAMES
    assert f"{scheme}_total_alarm" in NAMES or f"{scheme}_total_alarm_a" in NAMES


def test_every_clause_that_is_cited_stands_in_the_register():
    register, _ = statutes.read((Path(__file__).parents[4] / "bpmn" / statutes.FILE).read_bytes())
    cited = {row.get("clause") for row in read("bounds")}
    cited |= {one["clause"] for row in read("conflicts") for one in row["alternatives"]}
    unknown = [each for clause in cited for each in ids.split(clause) if register.find(each) is None]
    assert unknown == []
