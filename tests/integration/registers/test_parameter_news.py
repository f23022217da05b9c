"""Who hears of a change of parameters, and which cases it touches."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine import clock
from engine.outbox.models import Message
from engine.parameters import operations
from engine.parameters import queries as parameters
from registers.assessments.models import Assessment
from registers.parameters import queries
from tests.support.proposing import NAME, NOW, House

FIRST, LAST = date(2026, 1, 1), None


@pytest.fixture
def house(session, at):
    at(f"{NOW:%Y-%m-%d %H:%M}")
    return House(session)


def assess(house, case, **read):
    house.session.add(
        Assessment(
            instance_id=case.id,
            figures={},
            parameters=read,
            decisions={},
            release_id=case.release_id,
            made_at=clock.now(),
        )
    )
    house.session.commit()


def test_a_plain_change_touches_no_accepted_case(house):
    house.case()
    house.case(decided=True)
    house.case(accepted=False)
    house.case(status="completed", decided=True)
    found = queries.touched(house.session, NAME, date(2026, 4, 1), LAST, clock.today())
    assert (found.kept, found.unaccepted, found.read_anew, found.decided) == (2, 1, 0, 0)


def test_a_correction_tells_apart_what_is_decided_and_what_is_not(house):
    open_, decided = house.case(), house.case(decided=True)
    house.case(status="completed", decided=True)
    house.case(accepted=False)
    for case in (open_, decided):
        assess(house, case, **{NAME: 56000})
    found = queries.touched(house.session, NAME, FIRST, LAST, clock.today())
    assert (found.kept, found.unaccepted, found.read_anew, found.assessed, found.decided) == (1, 1, 1, 1, 2)
    elsewhere = queries.touched(house.session, NAME, FIRST, date(2026, 2, 1), clock.today())
    assert (elsewhere.kept, elsewhere.read_anew, elsewhere.decided) == (2, 0, 0)


def test_a_correction_goes_to_the_desks_whose_cases_rest_on_the_old_value(house):
    touched, other, decided = house.case(), house.case(), house.case(decided=True)
    assess(house, touched, **{NAME: 56000})
    assess(house, other, dibao_standard_urban=74000)
    assess(house, decided, **{NAME: 56000})
    made = house.propose(value="570", valid_from="2026-01-01", accepted=("correction",))
    operations.confirm(made.id, house.head)
    told = house.session.scalars(select(Message).where(Message.instance_id.is_not(None))).all()
    assert [each.instance_id for each in told] == [touched.id]
    assert "请退回重新核算" in told[0].subject
    assert house.subjects(house.director) == [told[0].subject]


def test_the_latest_assessment_counts(house):
    case = house.case()
    assess(house, case, **{NAME: 56000})
    assess(house, case, dibao_standard_urban=74000)
    assert queries.assessed(house.session, NAME, FIRST, LAST) == []


def test_who_hears_of_what(house):
    made = house.propose()
    assert all(len(house.subjects(each)) == 1 for each in (house.head, house.deputy, house.county))
    assert house.subjects(house.owner) == house.subjects(house.clerk) == house.subjects(house.discipline) == []
    operations.refuse(made.id, house.head, "文号不对")
    assert "已退回" in house.subjects(house.owner)[0]
    again = house.propose(key="k2")
    operations.withdraw(again.id, house.owner)
    assert "已撤回" in house.subjects(house.head)[-1]


def test_no_subject_names_a_person(house):
    made = house.propose(name="publicity_length", value="3d", accepted=("law",))
    operations.confirm(made.id, house.head)
    names = [each.name for each in (house.owner, house.head)]
    for subject in house.session.scalars(select(Message.subject)):
        assert not any(name in subject for name in names)


def test_a_decision_keeps_the_values_that_it_was_made_on(town):
    instance = town.registered()
    assert instance.parameters_kept is None
    person = town.person("decider", "county_decide", area="pingluo")
    town.submit(instance, "county_decide", {"decision": "refuse", "grounds": ["income"], "reasons": "超标"}, person)
    flow = {"members": 2, "rural": True, "income_per_head": 60000, "assets_per_head": 0, "eligible": False}
    town.call("benefits.refuse", instance, flow)
    kept = parameters.of(town.session, instance)
    assert kept == parameters.on(town.session, clock.today())
    assert kept[NAME] == 56000
