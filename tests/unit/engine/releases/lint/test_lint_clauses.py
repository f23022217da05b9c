"""Clauses: whatever decides names one, and each is known and in force on the day of deploying."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from engine.releases.lint import lint
from engine.runtime.services import Services
from tests.support.bpmn import Model, files, form
from tests.support.dmn import table
from tests.support.linting import _nothing, problems

STATUTES = {
    "instruments": {
        "test": {
            "title": "测试办法",
            "status": "现行",
            "source": "x",
            "coverage": "全文",
            "from": "2021-07-01",
            "to": None,
        },
        "old-2012": {
            "title": "旧办法",
            "status": "废止",
            "source": "x",
            "coverage": "全文",
            "from": None,
            "to": "2021-06-30",
        },
        "draft-2026": {"title": "草案", "status": "草案", "source": "x", "coverage": "全文", "whole": "还没有通过。"},
        "news-2026": {
            "title": "新意见",
            "status": "现行",
            "source": "x",
            "coverage": "据报道",
            "whole": "三天内办结。",
        },
    },
    "clauses": {
        "test:1": {"label": "第1条", "gist": "要做。"},
        "test:2": {"label": "第2条", "gist": "新要求。", "from": "2026-07-01"},
        "old-2012:31": {"label": "第31条", "gist": "每月10日前。"},
    },
}
DAY = date(2026, 3, 2)


def release(model: Model, **more: bytes) -> dict[str, bytes]:
    return {**files(model), "statutes.json": json.dumps(STATUTES).encode(), **more}


def found(given: dict[str, bytes], **more: Any) -> list[tuple[str, str]]:
    clause_rules = ("clause", "clause-missing", "clause-unknown", "clause-expired", "statutes")
    return sorted(
        (p.rule, p.element) for p in problems(given, on=more.pop("on", DAY), **more) if p.rule in clause_rules
    )


def drawing(clause: str | None = "test:1") -> Model:
    return Model().start().user("visit", clause=clause).end()


def test_known_clauses_are_right_and_each_stranger_is_named() -> None:
    assert found(release(drawing("test:1,news-2026"))) == []
    given = problems(release(drawing("test:1,test:9")), on=DAY)
    (problem,) = [each for each in given if each.rule == "clause-unknown"]
    assert problem.element == "visit"
    assert "test:9" in problem.message
    assert "是不是" in problem.message


def test_without_a_register_a_single_drawing_is_asked_for_its_clauses_only() -> None:
    assert found(files(drawing("anything-2021:5"))) == []
    assert found(files(drawing(None))) == [("clause-missing", "visit")]
    assert found(files(drawing("57号第5条"))) == [("clause", "visit")]


def test_an_instrument_that_was_read_is_cited_by_its_article() -> None:
    (problem,) = [each for each in problems(release(drawing("test")), on=DAY) if each.rule == "clause-unknown"]
    assert "要写到哪一条（例如 test:1）" in problem.message


def test_a_clause_must_be_in_force_on_the_day_of_deploying() -> None:
    assert found(release(drawing("old-2012:31"))) == [("clause-expired", "visit")]
    assert found(release(drawing("draft-2026"))) == [("clause-expired", "visit")]
    assert found(release(drawing("test:2"))) == [("clause-expired", "visit")]
    assert found(release(drawing("test:2")), on=date(2026, 7, 1)) == []
    assert found(release(drawing()), on=date(2021, 6, 30)) == [("clause-expired", "visit")]


def test_clauses_of_lanes_flows_and_processes_are_looked_at_too() -> None:
    model = drawing().lane("visit", clause="gone-2020:1")
    assert ("clause-unknown", "lane_0") in found(release(model))


def registry() -> Services:
    known = Services()
    known.service("people.decide", "决定", repeat="bars return")(_nothing)
    known.service("people.note", "登记")(_nothing)
    return known


def test_whatever_decides_or_waits_names_its_clause() -> None:
    bare = Model().start().user("visit").service("decide", "people.decide").service("note", "people.note")
    bare.rule("judge", "d").timer("waiting").end()
    given = release(bare, **{"d.dmn": table(["n"], [(["1"], ["true"])], key="d")})
    expected = [("clause-missing", each) for each in ("decide", "judge", "waiting")]
    assert found(given, services=registry()) == expected
    without = {path: data for path, data in given.items() if path != "statutes.json"}
    assert found(without, services=registry()) == []


def test_legal_clocks_and_grounds_name_their_clause() -> None:
    clocks = {
        "total": {"title": "全程", "length": "30wd", "clause": "test:9"},
        "visit": {"title": "入户", "length": "3wd"},
        "inside": {"title": "内部", "length": "3wd", "kind": "service"},
    }
    grounds = {
        "rich": {"title": "超标", "text": "超标。", "clause": "old-2012:31"},
        "other": {"title": "其他", "text": "x"},
    }
    given = release(
        drawing(), **{"clocks.json": json.dumps(clocks).encode(), "grounds.json": json.dumps(grounds).encode()}
    )
    assert found(given) == [
        ("clause-expired", "rich"),
        ("clause-missing", "other"),
        ("clause-missing", "visit"),
        ("clause-unknown", "total"),
    ]


def test_what_letters_forms_and_decisions_cite_is_known() -> None:
    letter = "{#\ntitle: 通知\nmark: 测\n#}<p>依据 test-2020:5。会议 14:30 开始，test:1。</p>".encode()
    note = form({"type": "text", "text": "见 old-2012:31", "id": "t"}, {"type": "textfield", "key": "n", "label": "n"})
    given = release(drawing(), **{"notices/letter.html": letter, "forms/more.form": note})
    assert found(given) == [("clause-expired", "forms/more.form"), ("clause-unknown", "notices/letter.html")]


def test_what_parameters_rest_on_is_known() -> None:
    cited = [("limit", "test:1"), ("payday", "old-2012:31"), ("ratio", "gone-2020:1"), ("free", "")]
    assert found(release(drawing()), cited=cited) == [("clause-expired", "payday"), ("clause-unknown", "ratio")]


def test_a_fault_of_the_register_is_a_problem_of_its_file() -> None:
    broken = {**STATUTES, "clauses": {**STATUTES["clauses"], "gone-2020:1": {"label": "1", "gist": "x"}}}
    given = {**files(drawing()), "statutes.json": json.dumps(broken).encode()}
    assert found(given) == [("statutes", "gone-2020:1")]


def test_two_registers_are_refused() -> None:
    given = {**release(drawing()), "more/statutes.json": json.dumps(STATUTES).encode()}
    reports = lint(given, registry(), on=DAY)
    assert [p.rule for report in reports for p in report.problems if report.file == "more/statutes.json"] == [
        "file-twice"
    ]
