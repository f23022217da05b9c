"""The shipped models' stories all end as they must, and together take every sequence flow."""

from __future__ import annotations

import pytest

from engine.actors import SYSTEM
from engine.parameters import operations as parameters
from engine.releases import operations as releases
from registers.scenarios import run as scenarios
from tests.support.township import MODELS


@pytest.mark.sqlite
def test_every_story_ends_as_it_must_and_every_flow_is_taken(session):
    parameters.load(SYSTEM)
    releases.deploy(releases.read(MODELS), SYSTEM)
    report = scenarios.run(session)
    assert [(told.scenario.name, told.problems) for told in report.told if told.problems] == []
    assert report.missing == {}
    assert set(report.coverage) == {"application", "approval", "dibao", "objection", "publicity", "verification"}
