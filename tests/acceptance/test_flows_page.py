"""docs/flows.md says what is so: made anew from the drawings and the stories, and without an empty cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.releases.loaded import load
from engine.releases.operations import read
from registers import install
from registers.scenarios import table
from tests.support.township import MODELS

install()


@pytest.fixture(scope="module")
def release():
    return load("", read(MODELS))


@pytest.fixture(scope="module")
def found(release, report):
    return table.table(release, report.told, (MODELS / table.PLAN).read_bytes())


def test_every_clause_and_every_timer_is_carried_and_proved(found):
    assert table.faults(found) == []
    assert not [row.id for row in (*found.clauses, *found.timers) if row.empty]


def test_the_page_is_as_it_is_made_anew(release, found):
    """Stale: run `doudi scenarios --flows docs/flows.md`."""
    kept = (Path(__file__).parents[2] / "docs" / "flows.md").read_text(encoding="utf-8")
    assert kept == table.page(release, found)
