"""Extension properties."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Model
from tests.support.linting import faults, problems


def visit(**properties: str | None) -> list[tuple[str, str]]:
    return faults(Model().start().user("visit", **properties).end())


def test_lane_gives_role_and_area() -> None:
    model = Model().start().user("visit", role=None, area=None).end().lane("visit", role="clerk", area="township")
    assert faults(model) == []


def test_user_task_without_a_role_is_refused() -> None:
    assert visit(role=None) == [("role-missing", "visit")]


def test_unknown_role_is_refused_with_the_one_that_was_meant() -> None:
    (problem,) = problems(Model().start().user("visit", role="clerck").end())
    assert problem.rule == "role-unknown"
    assert "“clerk”" in problem.message


def test_user_task_without_an_area_or_with_a_strange_one_is_refused() -> None:
    assert visit(area=None) == [("area-missing", "visit")]
    assert visit(area="town") == [("area-unknown", "visit")]


@pytest.mark.parametrize("due", ["3", "P7D", "3 days", "3 wd", "9999wd", "03d", ""])
def test_due_that_is_no_length_is_refused(due: str) -> None:
    assert visit(due=due) == [("length", "visit")]


def test_due_may_be_an_expression() -> None:
    assert visit(due="parameters.visit_limit") == []
    assert visit(due="parameters.") == [("feel", "visit")]


def test_warning_without_a_due_date_is_refused() -> None:
    assert visit(due=None, warn="1wd") == [("due-missing", "visit")]
    assert visit(due=None, ladder="head@0") == [("due-missing", "visit")]


@pytest.mark.parametrize("ladder", ["director", "director@soon", "director@1wd", "@0", ""])
def test_ladder_that_nobody_can_climb_is_refused(ladder: str) -> None:
    assert visit(ladder=ladder) == [("ladder", "visit")]


def test_ladder_to_an_unknown_role_is_refused() -> None:
    assert visit(ladder="boss@0") == [("role-unknown", "visit")]


@pytest.mark.parametrize("people", ["0", "two", "-1", "100", "1.5", ""])
def test_number_of_people_that_is_none_is_refused(people: str) -> None:
    assert visit(people=people) == [("people", "visit")]


def test_separation_from_a_task_that_is_not_there_is_refused() -> None:
    assert visit(separate="opinion") == [("separate-unknown", "visit")]
    assert visit(separate="visit") == [("separate-unknown", "visit")]


@pytest.mark.parametrize(
    "clock",
    ["begin total 3wd", "satisfy", "start Total 3wd", "pause total", "satisfy total now", "start total 3wd extend"],
)
def test_clock_that_cannot_be_read_is_refused(clock: str) -> None:
    assert visit(clock=clock) == [("clock", "visit")]


def test_clock_with_a_length_that_is_none_is_refused() -> None:
    assert visit(clock="start total 30; satisfy total") == [("length", "visit")]


def test_clock_that_is_satisfied_but_never_started_is_refused() -> None:
    assert visit(clock="satisfy total") == [("clock-unknown", "visit")]
    assert visit(clock="start total 30wd; satisfy total") == []


def test_clock_without_a_length_anywhere_is_refused() -> None:
    assert visit(clock="start total; satisfy total") == [("clock-length", "visit")]


def test_clock_that_is_paused_for_good_is_refused() -> None:
    assert visit(clock="start total 30wd; pause total publicity; satisfy total") == [("clock-resume", "visit")]
    assert visit(clock="start total 30wd; pause total publicity; resume total; satisfy total") == []


def test_condition_of_a_clock_is_read_as_an_expression() -> None:
    assert visit(clock="start total 30wd when 1 +; satisfy total") == [("feel", "visit")]


def test_timer_without_a_wait_is_refused() -> None:
    assert faults(Model().start().user("visit").timer("week", None).end()) == [("wait-missing", "week")]
    assert faults(Model().start().user("visit").timer("week", "P7D").end()) == [("length", "week")]


def test_user_task_without_a_clause_is_refused() -> None:
    assert visit(clause=None) == [("clause-missing", "visit")]


@pytest.mark.parametrize("clause", ["第15条", "mca 57:15", "mca-2021-57:15;16"])
def test_clause_that_is_none_is_refused(clause: str) -> None:
    assert visit(clause=clause) == [("clause", "visit")]


def test_unknown_property_is_refused_with_the_one_that_was_meant() -> None:
    (problem,) = problems(Model().start().user("visit", claus="x:1").end())
    assert (problem.rule, problem.element) == ("property-unknown", "visit")
    assert "“clause”" in problem.message


def test_property_in_the_wrong_place_is_refused() -> None:
    model = Model().start(properties={"role": "clerk"}).user("visit").end()
    assert faults(model) == [("property-misplaced", "begun")]


def test_property_that_stands_twice_is_refused() -> None:
    twice = '<spiffworkflow:properties><spiffworkflow:property name="clause" value="a:1"/>'
    twice += '<spiffworkflow:property name="clause" value="a:2"/></spiffworkflow:properties>'
    assert faults(Model().start(extension=twice).user("visit").end()) == [("property-twice", "begun")]
