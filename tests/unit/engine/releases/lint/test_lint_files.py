"""Files of all sorts: nothing raises, nothing hangs, everything is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.releases.lint import RULES
from engine.releases.lint.paths import lint_paths
from engine.releases.lint.report import Problem
from tests.support import pace
from tests.support.bpmn import Model, files, form
from tests.support.linting import faults, problems, services

ROOT = Path(__file__).parents[5]
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def test_every_rule_is_in_the_book_and_no_other() -> None:
    book = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([a-z-]+)` \|", book, re.M)
    assert sorted(named) == sorted(RULES)


def test_shipped_models_have_no_problem() -> None:
    from registers import install

    install()
    assert [problem for report in lint_paths([ROOT / "bpmn"]) for problem in report.problems] == []


@pytest.mark.parametrize(
    "data",
    [b"", b"  ", b"\0\1\2", b"{}", b"<a", b"\xff\xfe<\0a\0", "<文".encode("gbk"), b"<a>" * 5000, b"\x89PNG\r\n\x1a\n"],
)
def test_file_that_is_no_xml_is_said_to_be_unreadable(data: bytes) -> None:
    assert ("unreadable", "a.bpmn") in faults({"a.bpmn": data})


def test_file_of_another_kind_is_refused() -> None:
    assert faults({"a.bpmn": b"<html/>"}) == [("not-bpmn", "a.bpmn")]
    assert faults({"a.dmn": b"<html/>"}) == [("not-dmn", "a.dmn")]
    assert faults({"a.exe": b""}) == [("file-kind", "a.exe")]
    assert faults({"a.form": b"[]"}) == [("form-content", "a")]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_file_in_another_encoding_is_read_and_refused(encoding: str) -> None:
    text = Model().start().user("visit", name="入户调查").end().xml().decode().replace("UTF-8", encoding)
    assert faults(files() | {"p.bpmn": text.encode(encoding)}) == [("encoding", "p.bpmn")]


def test_strangers_prefixes_do_not_matter() -> None:
    data = Model().start().user("visit").end().xml().replace(b"bpmn:", b"m:").replace(b"xmlns:bpmn=", b"xmlns:m=")
    assert faults(files() | {"p.bpmn": data}) == []


def test_twenty_thousand_elements_are_refused_in_time() -> None:
    body = "".join(
        f'<task id="t{n}"/><sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(10000)
    )
    data = f'<definitions xmlns="{BPMN}"><process id="p">{body}</process></definitions>'.encode()
    assert _seconds({"a.bpmn": data}) < 2
    body *= 4
    assert ("too-large", "a.bpmn") in faults(
        {"a.bpmn": f'<definitions xmlns="{BPMN}"><process id="p">{body}</process></definitions>'.encode()}
    )


def test_thousands_of_costly_expressions_are_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model().start().user("visit").xor("asked").end(default=True)
    for number in range(1500):
        nested = "(" * 200 + f"ok and {number} > 1" + ")" * 200
        model.at("asked").end(f"e_{number}", when=nested)
    release = files(model)
    assert _seconds(release) < 2
    monkeypatch.setattr("engine.releases.lint.release.SECONDS", 0.05)
    assert ("too-large", "p.bpmn") in faults(release)


def test_form_of_costly_expressions_is_refused_in_time() -> None:
    fields = []
    for number in range(200):
        check = {"check": f"{number} " + "? " * 300, "message": "x"}
        fields.append({"type": "textfield", "key": f"k{number}", "label": "x", "properties": check})
    release = {"a.form": form(*fields)}
    assert _seconds(release) < 2
    assert faults(release) == [("too-large", "a.form")]


def test_thousand_processes_that_call_each_other_end_in_time() -> None:
    body = "".join(
        f'<process id="p{n}"><startEvent id="s{n}"/>'
        f'<callActivity id="c{n}" calledElement="p{(n + 1) % 1000}"/></process>'
        for n in range(1000)
    )
    assert _seconds({"a.bpmn": f'<definitions xmlns="{BPMN}">{body}</definitions>'.encode()}) < 2


def test_a_dense_tangle_of_gateways_ends_in_time() -> None:
    body = "".join(f'<parallelGateway id="g{n}"/><exclusiveGateway id="x{n}"/>' for n in range(60))
    body += "".join(
        f'<sequenceFlow id="f{a}_{b}" sourceRef="g{a}" targetRef="x{b}"/>'
        f'<sequenceFlow id="h{a}_{b}" sourceRef="x{b}" targetRef="g{a}"/>'
        for a in range(60)
        for b in range(60)
    )
    body += '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="g0"/><endEvent id="e"/>'
    body += '<sequenceFlow id="g" sourceRef="x59" targetRef="e"/>'
    data = f'<definitions xmlns="{BPMN}"><process id="p">{body}</process></definitions>'.encode()
    assert _seconds({"a.bpmn": data}) < 2


def test_names_of_megabytes_are_cut() -> None:
    data = f'<definitions xmlns="{BPMN}"><process id="{"x" * 1_000_000}"/></definitions>'.encode()
    assert all(len(p.message) < 600 and len(p.element) < 600 for p in problems({"a.bpmn": data}))


def test_engine_that_refuses_is_the_last_problem() -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("no")

    def recurse(_: object) -> None:
        raise RecursionError

    release = files(Model().start().user("visit").end())
    assert faults(release, parse=refuse) == [("engine", "p.bpmn")]
    assert faults(release, parse=recurse) == [("engine", "p.bpmn")]


def test_engine_is_not_asked_about_a_drawing_that_is_wrong_anyway() -> None:
    asked = []
    release = files(Model().start("Start").user("visit").end())
    assert faults(release, parse=asked.append) == [("id-reserved", "Start")]
    assert asked == []


def test_engine_agrees_with_a_model_that_the_lint_passes() -> None:
    from engine.spiff.parser import parse

    model = Model().start().user("a").xor("asked").end(default=True).at("asked").timer("week", when="ok").end("later")
    assert faults(model, parse=parse) == []


def test_fault_of_the_lint_itself_is_a_problem_and_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.releases import lint as linting
    from engine.releases.lint import ids

    linting.DRAWINGS.clear()  # The same drawing may have been looked at before.
    monkeypatch.setattr(ids, "check", lambda *_: 1 / 0)
    assert faults(Model().start().user("visit").end()) == [("lint-fault", "p.bpmn")]


def test_paths_folder_is_one_release_and_a_file_is_one_of_its_own(tmp_path: Path) -> None:
    for name, data in files(Model().start().user("visit").end()).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert all(report.ok for report in lint_paths([tmp_path], services))
    (report,) = lint_paths([tmp_path / "p.bpmn"], services)
    assert [problem.rule for problem in report.problems] == ["form-unknown"]


def test_paths_that_are_missing_or_too_large_are_problems(tmp_path: Path) -> None:
    large = tmp_path / "large.bpmn"
    with large.open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    found = lint_paths([tmp_path / "gone.bpmn", large], services)
    assert [report.problems[0].rule for report in found] == ["unreadable", "too-large"]


def _seconds(release: dict[str, bytes]) -> float:
    found: list[Problem] = []
    taken = pace.seconds(lambda: found.extend(problems(release)))
    assert not [each for each in found if each.rule == "lint-fault"]
    return taken
