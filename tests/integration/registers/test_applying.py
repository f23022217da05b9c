"""Who may be on an application: nobody twice, nobody who is helped already, no kin of whoever takes it in."""

from __future__ import annotations

import pytest

from engine import clock
from engine.actors import SYSTEM
from engine.parameters import operations as parameters
from engine.rules.veto import Question, veto
from registers.benefits.models import Benefit
from registers.cases import applying
from registers.cases.models import Case
from registers.households import changes

TOWNSHIP = "pingluo/gaoren"


@pytest.fixture
def clerk(town):
    return town.person("clerk", "clerk")


def may(town, clerk, home, process="dibao", element="fill_application", alone=False, **changed):
    """What the rules say when this is handed in for a new case of the process."""
    instance = town.instance("dibao")
    instance.process_id = process
    item = town.item(instance, "fill_application")
    item.element_id = element
    values = town.application(home, **changed)
    if alone:
        values.pop("members")
    facts = {"flow": {}, "values": values, "starting": True}
    with town.session.no_autoflush:
        answer = veto.ask(town.session, Question("hand_in", clerk, instance=instance, item=item, facts=facts))
    town.session.rollback()
    return answer


def benefit(town, instance, scheme="dibao", person_id=None, **more):
    case = town.session.get(Case, instance.id)
    town.session.add(Benefit(
        household_id=case.household_id, person_id=person_id, scheme=scheme, area=instance.area, amount=1,
        from_month="2026-01", instance_id=instance.id, created_at=clock.now(), **more,
    ))  # fmt: skip
    instance.status, instance.ended_at = "completed", clock.now()
    town.session.commit()


def test_nobody_is_in_two_open_cases_of_a_kind(town, clerk):
    home = town.family(1, 3)
    number = town.session.get(Case, town.registered(home).id).number
    answer = may(town, clerk, home)
    assert number in answer.reason
    assert answer.reason.startswith(home.head.name), "whoever is first in the household is named, on every database"
    assert may(town, clerk, town.family(5))


def test_a_member_of_an_open_case_is_on_no_excluding_application(town, clerk):
    home = town.family(1, 3)
    town.registered(home)
    other = town.family(6)
    other.others = [home.others[0]]
    for process in ("tekun", "hardship", "marginal"):
        assert "改办其他救助" in may(town, clerk, other, process).reason
    for process in ("temporary_relief", "elderly_allowance"):
        assert may(town, clerk, other, process), process


def test_which_schemes_exclude_one_another_is_a_dated_parameter(town, clerk):
    assert applying.excluded_by(town.session, "dibao") == {"tekun", "hardship", "marginal"}
    assert applying.excluded_by(town.session, "temporary_relief") == set()
    parameters.set_value(SYSTEM, "exclusive_schemes", "dibao,temporary_relief", clock.today(), "测试")
    home = town.family(1, 3)
    town.registered(home)
    assert not may(town, clerk, home, "temporary_relief")
    assert may(town, clerk, home, "tekun")


def test_who_left_is_free(town, clerk):
    home = town.family(1, 3)
    instance = town.registered(home)
    household = town.session.get(Case, instance.id).household_id
    child = next(each for each in changes.living(town.session, household) if each.relation == "child")
    changes.leave(town.session, child, clock.today())
    town.session.commit()
    other = town.family(6)
    other.others = [next(each for each in home.others if each[0].id_number == child.id_number)]
    assert may(town, clerk, other)


def test_what_somebody_receives_they_do_not_apply_for(town, clerk):
    home = town.family(1, 3)
    instance = town.registered(home)
    benefit(town, instance)
    answer = may(town, clerk, home)
    assert "已经享受" in answer.reason
    assert town.session.get(Case, instance.id).number in answer.reason


def test_a_poorer_household_goes_from_marginal_to_dibao(town, clerk):
    home = town.family(1, 3)
    benefit(town, town.registered(home), "marginal")
    assert may(town, clerk, home)


def test_nobody_is_counted_in_two_households(town, clerk):
    home = town.family(1, 3)
    benefit(town, town.registered(home), "marginal")
    other = town.family(6)
    other.others = [home.others[0]]
    assert "在另一户享受" in may(town, clerk, other).reason


def test_a_grant_that_was_paid_once_bars_nothing(town, clerk):
    home = town.family(1, 3)
    benefit(town, town.registered(home), "dibao", one_off=True)
    assert may(town, clerk, home)


def test_an_allowance_is_each_persons_own(town, clerk):
    home = town.family(1, 3)
    instance = town.registered(home)
    household = town.session.get(Case, instance.id).household_id
    head, other, *_ = changes.living(town.session, household)
    benefit(town, instance, "elderly_allowance", head.id)
    assert not may(town, clerk, home, "elderly_allowance", "apply_elderly", alone=True)
    assert may(town, clerk, home, "elderly_allowance", "apply_elderly", alone=True, name=other.name,
               id_number=other.id_number)  # fmt: skip


def test_other_tasks_are_not_asked(town, clerk):
    home = town.family(1, 3)
    town.registered(home)
    assert may(town, clerk, home, element="check_completeness")


def test_nobody_is_counted_twice_in_a_household(town, clerk):
    home = town.family(1, 3)
    home.others.append(home.others[0])
    answer = may(town, clerk, home)
    assert "填了两次" in answer.reason
    assert home.others[0][0].name in answer.reason
    home.others[-1:] = [(home.head, "spouse")]
    assert "填了两次" in may(town, clerk, home).reason


def test_an_application_is_for_the_village_of_its_case(town, clerk):
    home = town.family(1, 3)
    other = next(each for each in ("hongliu", "shazao", "huyang") if each != home.village)
    assert "公示会贴错地方" in may(town, clerk, home, village=other).reason
    assert may(town, clerk, home)


def test_the_dead_are_on_no_application(town, clerk):
    home = town.family(1, 3)
    instance = town.registered(home)
    household = town.session.get(Case, instance.id).household_id
    head = next(each for each in changes.living(town.session, household) if each.relation == "head")
    head.died_on = clock.today()
    town.session.commit()
    other = town.family(6)
    other.others = [(home.head, "parent")]
    assert "已登记死亡" in may(town, clerk, other, "temporary_relief").reason
