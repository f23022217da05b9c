"""The table of clauses, timers, elements and stories: what is missing in it is said; what it refers to is there."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.releases.loaded import LoadedRelease, load
from engine.releases.operations import read
from registers import install
from registers.scenarios import table
from registers.scenarios.run import Told
from registers.scenarios.table import Table

install()

ROOT = Path(__file__).parents[3]
MODELS = ROOT / "bpmn"
PLAN = json.loads((MODELS / table.PLAN).read_bytes())
#: policy.md, Appendix A.
TIMERS = [
    "L-START", "L-DATA", "L-RECHK", "L-PUB", "T-PUB", "T-END-PUB", "L-CONF", "L-REFUSE", "T-REFUSE", "L-TOTAL-B",
    "L-TOTAL-A", "L-TOTAL-X", "T-SURV", "T-CONF", "T-REDO", "T-ENDOBJ", "T-REASSESS", "R-YEAR", "R-HALF", "R-DEATH",
    "R-FADE", "G-TOTAL", "S-TOTAL", "S-VALID", "E-FAST", "K-NEW", "X-NOTE", "X-RETURN", "X-DONE", "X-EXT", "X-REVIEW",
    "X-RECHECK", "X-ASK", "N-REAL-1", "N-REAL-2", "H-DISPATCH", "A-RECON", "A-SUIT", "O-LIST", "M-PAY",
]  # fmt: skip


@pytest.fixture(scope="module")
def release() -> LoadedRelease:
    return load("", read(MODELS))


def told(file: str, *elements: str, acts: tuple[str, ...] = ()) -> Told:
    process = file.partition("/")[0]
    pairs = frozenset(tuple(each.split("/", 1)) for each in elements)
    return Told(file, file, process, "done", (), pairs, acts=acts)  # type: ignore[arg-type]


def made(release: LoadedRelease, stories: list[Told], **plan: Any) -> Table:
    given = {"clauses": {}, "timers": {}} | plan
    return table.table(release, stories, json.dumps(given).encode())


def row(found: Table, key: str) -> table.Row:
    (one,) = [each for each in (*found.clauses, *found.timers) if each.id == key]
    return one


def test_a_clause_is_carried_by_the_elements_that_name_it_and_by_those_of_the_plan(release: LoadedRelease) -> None:
    stories = [told("dibao/a.yaml", "application/accept_case"), told("x/b.yaml", "dibao/fill_application")]
    found = made(release, stories, clauses={"plan:2.3.2": {"elements": ["dibao/fill_application"]}})
    one = row(found, "plan:2.3.2")
    assert ("application", "accept_case") in one.elements
    assert one.elements[-1] == ("dibao", "fill_application")
    assert set(one.stories) == {"dibao/a.yaml", "x/b.yaml"}


def test_what_asks_for_several_things_has_a_row_for_each(release: LoadedRelease) -> None:
    keys = {each.id for each in made(release, []).clauses}
    assert {"plan:2.1.1a", "plan:2.1.1b", "plan:2.1.1c", "plan:2.3.2", "plan:3.5"} <= keys
    assert "plan:2.1.1" not in keys


def test_a_timer_is_carried_by_what_starts_its_clock_and_proved_by_a_story(release: LoadedRelease) -> None:
    story = told("dibao/a.yaml", "application/accept_case", "verification/arrange_survey")
    found = made(release, [story], timers={"L-START": {"title": "启动"}, "L-DATA": {"title": "核对"}})
    assert row(found, "L-START").elements == (("application", "accept_case"),)
    assert row(found, "L-DATA").stories == ("dibao/a.yaml",)


def test_the_fewest_stories_are_named_and_what_none_passes_is_said(release: LoadedRelease) -> None:
    elements = ["dibao/fill_application", "application/accept_case", "approval/county_visit"]
    stories = [
        told("a/one.yaml", elements[0]),
        told("b/both.yaml", *elements[:2]),
        told("c/two.yaml", elements[1]),
    ]
    one = row(made(release, stories, clauses={"plan:3.1": {"elements": elements}}), "plan:3.1")
    assert one.stories == ("b/both.yaml",)
    assert one.unproved == (("approval", "county_visit"),)


def test_only_stories_in_which_an_act_was_done_prove_a_row_that_asks_for_it(release: LoadedRelease) -> None:
    stories = [
        told("a/plain.yaml", "dibao/fill_application"),
        told("b/more.yaml", "dibao/fill_application", acts=("extend",)),
    ]
    entry = {"elements": ["dibao/fill_application"], "act": "extend"}
    assert row(made(release, stories, clauses={"plan:3.1": entry}), "plan:3.1").stories == ("b/more.yaml",)


def test_empty_cells_and_strangers_are_faults(release: LoadedRelease) -> None:
    plan = {
        "plan:3.1": {"elements": ["dibao/gone", "gone/x"]},
        "plan:9.9": {},
        "plan:3.2": {"elements": ["dibao/fill_application"]},
    }
    faults = table.faults(made(release, [], clauses=plan, timers={"Z-NONE": {"title": "没有"}}))
    assert "plan:3.1：没有“dibao/gone”这个环节" in faults
    assert "plan:3.1：没有任何环节或台账落实它" in faults
    assert "plan:3.2：没有情景走过它的环节" in faults
    assert "plan:9.9：方案里没有这一条" in faults
    assert "Z-NONE：没有任何环节或台账落实它" in faults
    assert any(each.startswith("L-START：时限目录里的编号没有登记") for each in faults)


def test_the_page_shows_every_row_with_its_elements_and_stories(release: LoadedRelease) -> None:
    entry = {
        "elements": ["dibao/fill_application"],
        "elsewhere": [{"what": "角色", "where": "engine/actors.py", "proof": "t.py::x"}],
    }
    found = made(release, [told("dibao/a.yaml", "dibao/fill_application")], clauses={"plan:3.2": entry})
    line = next(each for each in table.page(release, found).splitlines() if "三（二）" in each)
    assert "最低生活保障·填写救助申请 `dibao/fill_application`<br>角色 `engine/actors.py`" in line
    assert line.endswith("| `dibao/a.yaml`<br>`t.py::x` |")


# The shipped data


def test_every_clause_of_the_plan_and_every_timer_of_the_catalogue_has_its_row(release: LoadedRelease) -> None:
    assert list(PLAN["timers"]) == TIMERS
    rows = {each.id for each in made(release, []).clauses}
    assert set(PLAN["clauses"]) == rows
    assert made(release, [], **PLAN).problems == ()


@pytest.mark.parametrize(
    "each",
    [each for part in PLAN.values() for entry in part.values() for each in entry.get("elsewhere", ())],
    ids=lambda each: each["proof"],
)
def test_what_is_no_step_stands_where_it_is_said_to_and_its_test_is_there(each: dict[str, str]) -> None:
    assert (ROOT / each["where"]).is_file()
    path, _, name = each["proof"].partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_kept_page_has_no_empty_cell_and_names_stories_that_are_there() -> None:
    text = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| **")]
    assert len(rows) == len(PLAN["clauses"]) + len(PLAN["timers"])
    assert [cells[0] for cells in rows if not all(cell.strip() for cell in cells)] == []
    for story in set(re.findall(r"`([a-z_]+/[a-z0-9_]+\.yaml)`", text)):
        assert (MODELS / "scenarios" / story).is_file(), story
