"""The register of clauses: read with every fault named, cited in words, judged on a day; the shipped one is whole."""

from __future__ import annotations

import ast
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.parameters.seed import entries
from engine.statutes import ids
from engine.statutes.register import Statutes, read

ROOT = Path(__file__).parents[4]
SHIPPED, _faults = read((ROOT / "bpmn" / "statutes.json").read_bytes())

LAW = {
    "title": "测试办法",
    "number": "测发〔2021〕1号",
    "status": "现行",
    "from": "2021-07-01",
    "to": None,
    "source": "测试",
    "coverage": "全文",
}
ARTICLE = {"label": "第15条", "gist": "三个工作日内启动。"}


def register(
    law: dict[str, Any] | None = None, article: dict[str, Any] | None = None, **more: Any
) -> tuple[Statutes, list[str]]:
    given = {
        "instruments": {"law-2021": {**LAW, **(law or {})}},
        "clauses": {"law-2021:15": {**ARTICLE, **(article or {})}},
    }
    for part, entries_ in more.items():
        given[part].update(entries_)
    found, faults = read(json.dumps(given, ensure_ascii=False).encode())
    return found, [f"{fault.id}: {fault.message}" for fault in faults]


def test_a_clause_is_cited_with_its_instrument_and_a_stranger_is_not_dropped() -> None:
    known, faults = register()
    assert faults == []
    titles = [each.title for each in known.read("law-2021:15, law-2021:16,test:9,other")]
    assert titles == [
        "《测试办法》（测发〔2021〕1号） 第15条",
        "《测试办法》（测发〔2021〕1号） 第16条",
        "test 第9条",
        "other",
    ]
    assert known.read(None) == known.read("") == []


def test_clauses_of_one_instrument_are_cited_together() -> None:
    known, _ = register(clauses={"law-2021:16": {"label": "第16条", "gist": "两人调查。"}})
    assert known.cite("law-2021:15,test:9,law-2021:16") == "《测试办法》（测发〔2021〕1号）第15条、第16条；test 第9条"


def test_an_instrument_is_cited_as_a_whole_only_when_nobody_has_read_its_articles() -> None:
    known, _ = register()
    assert known.find("law-2021") is None
    known, _ = register({"whole": "据报道，三天内办结。"})
    found = known.find("law-2021")
    assert found is not None
    assert (found.title, found.gist) == ("《测试办法》（测发〔2021〕1号）", "据报道，三天内办结。")


@pytest.mark.parametrize(
    ("law", "article", "day", "lapse"),
    [
        ({}, {}, date(2021, 6, 30), "2021-07-01起才施行"),
        ({}, {}, date(2021, 7, 1), None),
        ({"to": "2025-12-31"}, {}, date(2025, 12, 31), None),
        ({"to": "2025-12-31"}, {}, date(2026, 1, 1), "2025-12-31后已不再施行"),
        ({"to": "2025-12-31"}, {"to": "2030-01-01"}, date(2026, 1, 1), "2025-12-31后已不再施行"),
        ({}, {"from": "2024-01-01"}, date(2023, 12, 31), "2024-01-01起才施行"),
        ({"status": "草案", "from": None}, {}, date(2026, 1, 1), "只是草案，不能作依据"),
        ({"from": None}, {}, date(1990, 1, 1), None),
    ],
)
def test_a_clause_holds_no_longer_than_it_and_its_instrument_say(
    law: dict[str, Any], article: dict[str, Any], day: date, lapse: str | None
) -> None:
    known, faults = register(law, article)
    assert faults == []
    assert known.clauses["law-2021:15"].lapse(day) == lapse


@pytest.mark.parametrize(
    ("law", "article", "fault"),
    [
        ({"status": "有效"}, {}, "law-2021: status 只能是现行、废止、草案"),
        ({"status": "废止"}, {}, "law-2021: 已废止的文件应写明最后一天（to）"),
        ({"title": ""}, {}, "law-2021: “title”应是文字，不能为空，最长500个字"),
        ({"from": "2021-7-1"}, {}, "law-2021: “from”应写成 2021-07-01"),
        ({"to": "2020-01-01"}, {}, "law-2021: 终止日早于起始日"),
        ({"articles": "x"}, {}, "law-2021: 不认识的项“articles”"),
        ({}, {"gist": None}, "law-2021:15: 请写明 gist"),
    ],
)
def test_each_fault_is_named_with_its_entry(law: dict[str, Any], article: dict[str, Any], fault: str) -> None:
    _, faults = register(law, article)
    assert any(each.startswith(fault) for each in faults), faults


def test_a_clause_of_an_unknown_instrument_is_a_fault() -> None:
    _, faults = register(clauses={"gone-2020:1": ARTICLE, "law-2021": ARTICLE})
    assert "gone-2020:1: 没有文件“gone-2020”，请先在 instruments 里登记" in faults
    assert any(each.startswith("law-2021: 条款的标识") for each in faults)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b'{"instruments": 1, "clauses": {}}', b"\xff", b'{"instruments": {}}']
)
def test_what_is_no_register_is_one_fault_and_never_raises(data: bytes) -> None:
    found, faults = read(data)
    assert not found.clauses
    assert len(faults) == 1


def test_clauses_are_found_in_texts_and_times_of_day_are_not() -> None:
    said = "依据 mca-2021-57:19。自12:30起，见 plan:2.1.1a 和 mca-2021-57:19，https://example.cn:80/a"
    assert ids.cited(said) == ["mca-2021-57:19", "plan:2.1.1a"]


# The shipped register


def test_the_shipped_register_has_no_fault() -> None:
    assert _faults == []


def test_everything_that_the_plan_asks_stands_in_it() -> None:
    """一, 二(一)1 to 二(三)3, 三(一) to 三(五); what asks for several things also by each of them."""
    plan = {clause.partition(":")[2] for clause in SHIPPED.clauses if clause.startswith("plan:")}
    tasks = {f"2.{part}.{number}" for part, most in ((1, 3), (2, 4), (3, 3)) for number in range(1, most + 1)}
    assert {"1", "2", *tasks, *(f"3.{number}" for number in range(1, 6))} <= plan
    for each in plan:
        if each[-1].isalpha():
            assert each[:-1] in plan
            assert each[-1] == "a" or f"{each[:-1]}{chr(ord(each[-1]) - 1)}" in plan


def test_every_clause_has_a_gist_in_our_words_that_a_person_reads_at_once() -> None:
    for clause in SHIPPED.citable.values():
        assert 6 <= len(clause.gist) <= 120, clause.id
        assert clause.gist.endswith("。"), clause.id


def test_what_parameters_rest_on_stands_in_it_and_holds_today() -> None:
    for entry in entries():
        for clause in SHIPPED.read(entry.clause):
            assert clause.instrument is not None, (entry.name, clause.id)
            assert clause.lapse(date(2026, 11, 1)) is None, (entry.name, clause.id)


def test_what_the_program_cites_by_itself_stands_in_it() -> None:
    """Clauses in the source: refusals of rules, entries of the journal."""
    cited: dict[str, str] = {}
    for room in ("engine", "registers", "timers", "web"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 120:
                    whole = ids.CLAUSE.fullmatch(node.value.partition(",")[0])
                    if whole and ":" in node.value and re.fullmatch(r"[a-z0-9:.,-]+", node.value):
                        cited |= dict.fromkeys(ids.split(node.value), str(path.relative_to(ROOT)))
    known = {each.partition(":")[0] for each in SHIPPED.clauses}
    ours = {clause: path for clause, path in cited.items() if clause.partition(":")[0] in known or "-20" in clause}
    assert "mca-2021-57:11" in ours
    assert {clause: path for clause, path in ours.items() if SHIPPED.find(clause) is None} == {}
