"""The page that gives the event log away: who sees it, what is wrong at its fields, the file, the entry."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from engine import clock
from engine.journal.models import JournalEntry
from registers.demonstration.acts import Plan
from tests.support.township import Township

pytestmark = pytest.mark.sqlite
ADDRESS = "/models/events"


@pytest.fixture
def case(township: Township, plan: Plan):
    return township.apply(plan)


def given(**more):
    today = clock.today().isoformat()
    return {"first": today, "last": today, "form": "xes", **more}


def test_the_file_comes_with_a_name_and_an_entry(visit, case, session):
    owner = visit("owner")
    assert "过程数据" in owner.get("/models").text
    assert 'name="form"' in owner.get(ADDRESS).text
    with owner.post(ADDRESS, given()) as xes:
        assert xes.headers["Content-Disposition"].startswith("attachment")
        assert xes.headers["Content-Disposition"].endswith(".xes")
        assert len(etree.fromstring(xes.data).findall("{*}trace")) == 1
    with owner.post(ADDRESS, given(form="json")) as ocel:
        assert json.loads(ocel.data)["events"]
    verbs = [each.after["form"] for each in session.query(JournalEntry).filter_by(verb="actor:events:exported")]
    assert verbs == ["XES", "OCEL 2.0"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("first", {"first": "2026-13-01"}),
        ("last", {"last": ""}),
        ("last", {"last": "2020-01-01"}),
        ("form", {"form": "exe"}),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(visit, case, session, field, wrong):
    answer = visit("owner").post(ADDRESS, given(**wrong))
    assert answer.status_code == 422
    assert f'id="wrong-{field}"' in answer.text
    if field != "form":
        assert f'value="{wrong[field]}"' in answer.text
    assert session.query(JournalEntry).filter_by(verb="actor:events:exported").count() == 0


def test_it_is_not_for_everybody(visit, case):
    clerk = visit("clerk")
    assert "过程数据" not in clerk.get("/models").text
    assert clerk.get(ADDRESS).status_code == clerk.post(ADDRESS, given()).status_code == 403
