"""The shipped models' stories all go as they are written, and together take every sequence flow."""

from __future__ import annotations

import pytest

from tests.support.township import MODELS
from web import trials


@pytest.fixture(scope="module")
def report():
    return trials.run(MODELS)


def test_every_story_goes_as_it_is_written(report):
    assert report.problems == ()
    assert [(told.file, told.problems) for told in report.told if told.problems] == []


def test_together_they_take_every_flow_of_every_process(report):
    assert report.missing == {}
