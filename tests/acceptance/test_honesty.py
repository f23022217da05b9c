"""What a dishonest or careless hand would try, on the shipped models."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from engine import clock
from engine.errors import Refused
from engine.releases.lint import lint
from engine.releases.operations import read
from engine.rules.veto import Question, veto
from engine.runtime.services import services
from registers import install
from registers.demonstration.acts import Plan
from registers.filings import operations as filings
from registers.households.models import Person
from tests.support.township import MODELS, START, Township, family_of_three


@pytest.fixture
def township(session):
    return Township(session)


def plan(family=None) -> Plan:
    return Plan(family or family_of_three(), Random(1))  # noqa: S311 -- synthetic people


def test_a_family_cannot_be_in_two_open_cases(township):
    """A second application would change the household that the first is being judged on."""
    with clock.at(START):
        case = township.apply(plan())
        with pytest.raises(Refused, match="不能重复登记"):
            township.apply(plan(), clerk="clerk2")
    assert township.again(case).status == "running"


def test_a_child_cannot_be_counted_in_two_open_families(township):
    other = family_of_three()
    other = replace(other, head=other.others[0][0], others=[other.others[1]])
    with clock.at(START):
        township.apply(plan())
        with pytest.raises(Refused, match="不能重复登记"):
            township.apply(plan(other))


def test_recusal_does_not_end_when_the_relative_leaves_the_household(township, session):
    """Somebody related to a member stays away from the case, whatever is later said of who lives there."""
    ours = plan()
    child = ours.family.others[1][0]
    with clock.at(START):
        case = township.apply(ours)
        director = township.people["director"]
        filings.register_kin(
            township.people["discipline"],
            account_id=director.id,
            post="民生服务中心主任",
            relative_name=child.name,
            id_number=child.id_number,
            relation="grandchild",
        )
        left = session.query(Person).filter(Person.name == child.name).one()
        left.left_on = clock.today()
        session.commit()
        answer = veto.ask(session, Question("view", director, instance=township.again(case)))
    assert not answer
    assert "回避" in answer.reason


def test_a_drawing_that_goes_round_the_home_visit_does_not_deploy():
    """A process owner cannot break the law: a way to the confirmation without two people at the door is refused."""
    install()
    files = read(MODELS)
    drawing = files["verification.bpmn"].decode()
    # The visit becomes a task that nobody signs.
    start = drawing.index('<bpmn:userTask id="home_visit"')
    end = drawing.index("</bpmn:userTask>", start) + len("</bpmn:userTask>")
    task = drawing[start:end].replace("userTask", "manualTask")
    files["verification.bpmn"] = (drawing[:start] + task + drawing[end:]).encode()
    rules = {p.rule for report in lint(files, services) for p in report.problems}
    assert "step-skipped" in rules
