"""What was found is remembered by content: the same answer again, and never a stale one."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.releases import lint as linting
from engine.releases.lint import variables
from engine.releases.operations import judge, read
from registers import install

MODELS = Path(__file__).parents[5] / "bpmn"
TABLE = next(path.relative_to(MODELS).as_posix() for path in MODELS.rglob("dibao_amount.dmn"))


@pytest.fixture
def files(monkeypatch):
    install()
    linting.DRAWINGS.clear()
    linting.TABLES.clear()
    monkeypatch.setattr("engine.releases.operations._sound", {})
    yield read(MODELS)
    linting.DRAWINGS.clear()
    linting.TABLES.clear()


def told(files):
    return {report.file: [(each.element, each.rule) for each in report.problems] for report in judge(files)}


def test_another_row_walks_no_drawing_again_but_another_output_does(files, monkeypatch):
    assert not any(told(files).values())
    walked = []
    monkeypatch.setattr(variables, "check", lambda _release, model: walked.append(model.file) or iter(()))
    row = files[TABLE].replace(b"560", b"561") if b"560" in files[TABLE] else files[TABLE] + b" "
    told({**files, TABLE: row})
    assert not walked, "what a drawing sees of the table is as it was"
    renamed = files[TABLE].replace(b'name="amount"', b'name="sum_of_money"')
    assert renamed != files[TABLE]
    told({**files, TABLE: renamed})
    assert walked, "a drawing that reads the old name must be looked at again"


def test_a_fault_that_is_mended_is_gone_and_one_that_comes_back_is_found(files):
    broken = {**files, TABLE: files[TABLE].replace(b"</decisionTable>", b"", 1)}
    good, bad = told(files)[TABLE], told(broken)[TABLE]
    assert not good
    assert bad
    assert told(files)[TABLE] == good
    assert told(broken)[TABLE] == bad


def test_what_was_not_looked_at_to_the_end_is_not_kept(files, monkeypatch):
    def fails(_release, _model):
        raise RuntimeError("mitten")
        yield

    with monkeypatch.context() as patched:
        patched.setattr(variables, "check", fails)
        assert any(rule == "lint-fault" for problems in told(files).values() for _, rule in problems)
    assert not any(told(files).values())
