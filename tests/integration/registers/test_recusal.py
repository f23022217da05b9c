"""Who is kin of a household keeps out of its case, and what else the veto says of duties."""

from __future__ import annotations

import pytest

from engine.actors import SYSTEM, Actor
from engine.errors import Conflict, Invalid, Refused
from engine.rules.veto import Question, Verdict, veto
from registers.cases import operations as cases
from registers.cases.models import Case
from registers.filings import operations as filings
from registers.filings import queries as filed
from registers.filings.rules import BARRED, kin_keep_out


def ask(town, verb, actor, instance, item=None):
    return veto.ask(town.session, Question(verb, actor, instance=instance, item=item))


def declared(town, instance, *names):
    relatives = [{"name": name, "relation": "sibling", "post": "调查员"} for name in names]
    town.submit(instance, "declare_relatives", {"related": bool(relatives), "relatives": relatives})
    return town.call("filings.declare", instance)["filed"]


@pytest.fixture
def kin(town):
    """A clerk whose relative is the head of a registered household; a clerk and a director who are not kin."""
    home = town.family()
    relative, director = town.person("relative", "clerk"), town.person("director", "director")
    town.person("stranger", "clerk")
    filings.register_kin(
        director,
        account_id=relative.id,
        post="窗口受理员",
        relative_name=home.head.name,
        id_number=home.head.id_number.lower(),
        relation="parent",
    )
    return town.registered(home)


@pytest.mark.parametrize("verb", sorted(BARRED))
def test_kin_in_the_register_are_barred_from_everything(town, kin, verb):
    answer = kin_keep_out(town.session, Question(verb, town.actors["relative"], instance=kin))
    assert (answer.verdict, answer.clause) == (Verdict.FORBID, "mca-2021-57:11")
    assert answer.reason.startswith("您与本户存在近亲属关系，依规回避")


def test_kin_are_refused_though_their_role_would_allow_it(town, kin):
    item = town.item(kin, "check_completeness")
    assert ask(town, "claim", town.actors["relative"], kin, item).clause == "mca-2021-57:11"


def test_who_is_not_kin_may(town, kin):
    item = town.item(kin, "check_completeness")
    assert ask(town, "claim", town.actors["stranger"], kin, item)
    assert ask(town, "view", town.actors["stranger"], kin)


def test_a_relative_who_left_the_household_no_longer_bars(town, kin):
    town.submit(kin, "fill_application", town.application(town.family(seed=2)))
    town.call("households.register", kin)
    assert ask(town, "view", town.actors["relative"], kin)


def test_the_objection_to_a_relatives_case_is_barred_too(town, kin):
    child = town.instance("objection", parent_id=kin.id)
    assert ask(town, "view", town.actors["relative"], child).verdict is Verdict.FORBID


def test_the_register_makes_a_case_filed_whatever_was_declared(town, kin):
    assert declared(town, kin) is True
    assert [each.source for each in filed.of_case(town.session, kin.id)] == ["register"]
    assert town.session.get(Case, kin.id).filed


def test_nobody_handles_their_own_household(town):
    home = town.family()
    own = town.person("own", "clerk", id_number=home.others[0][0].id_number)
    instance = town.registered(home)
    assert ask(town, "view", own, instance).verdict is Verdict.FORBID
    assert declared(town, instance) is True
    assert [each.source for each in filed.of_case(town.session, instance.id)] == ["self"]


def test_without_relatives_a_case_is_not_filed(town):
    assert declared(town, town.registered()) is False


def test_a_declared_cadre_without_an_account_makes_it_filed(town):
    assert declared(town, town.registered(), "某村干部") is True


def test_a_namesake_is_unknown_until_cleared_up(town):
    first, second = town.person("a", "clerk", name="马玉花"), town.person("b", "investigator", name="马玉花")
    director = town.person("director", "director")
    instance = town.registered()
    assert declared(town, instance, "马玉花") is True
    both = filed.of_case(town.session, instance.id)
    assert {each.account_id for each in both} == {first.id, second.id}
    assert ask(town, "view", first, instance).verdict is Verdict.UNKNOWN
    assert ask(town, "view", second, instance).verdict is Verdict.UNKNOWN
    by_account = {each.account_id: each.id for each in both}
    filings.clarify(director, by_account[first.id], related=False, reason="同名，经户籍核实不是一人")
    filings.clarify(director, by_account[second.id], related=True, reason="本人承认")
    assert ask(town, "view", first, instance)
    assert ask(town, "view", second, instance).verdict is Verdict.FORBID
    with pytest.raises(Conflict):
        filings.clarify(director, by_account[first.id], related=True, reason="再查")


def test_nobody_clears_up_their_own_filing(town):
    director = town.person("director", "director", name="马玉花")
    instance = town.registered()
    declared(town, instance, "马玉花")
    (filing,) = filed.of_case(town.session, instance.id)
    with pytest.raises(Refused):
        filings.clarify(director, filing.id, related=False, reason="不是我")


def test_the_rule_costs_one_statement(town, kin, statements):
    with statements.counted() as count:
        kin_keep_out(town.session, Question("view", town.actors["stranger"], instance=kin))
    assert len(count.sql) == 1, count


def test_a_wrong_id_number_would_never_match_and_is_refused(town):
    director = town.person("director", "director")
    with pytest.raises(Invalid):
        filings.register_kin(
            director, staff_name="某村干部", post="村主任", relative_name="某", id_number="123", relation="child"
        )


def test_a_clerk_cannot_register_kin(town):
    with pytest.raises(Refused):
        filings.register_kin(
            town.person("clerk", "clerk"),
            staff_name="某村干部",
            post="村主任",
            relative_name="某",
            id_number=town.family().head.id_number,
            relation="child",
        )


def test_kin_do_not_take_the_application(town):
    home = town.family()
    clerk = town.person("clerk", "clerk", id_number=home.head.id_number)
    with pytest.raises(Refused, match="依规回避"):
        cases.apply("dibao", clerk, township="pingluo/gaoren", values=town.application(home))


def test_an_application_starts_in_the_village_of_its_form(town):
    clerk = town.person("clerk", "clerk")
    given = town.application(village="shazao")
    instance = cases.apply("dibao", clerk, township="pingluo/gaoren", values=given)
    assert instance.area == "pingluo/gaoren/shazao"
    assert town.session.get(Case, instance.id).number == "高仁低保2026-0001"
    with pytest.raises(Invalid):
        cases.apply("dibao", clerk, township="pingluo/gaoren", values=town.application(village="elsewhere"))


# Duties that know nothing of assistance


def test_role_and_area_decide_who_may_claim(town):
    instance = town.registered()
    item = town.item(instance, "check_completeness")
    assert ask(town, "claim", town.person("here", "clerk"), instance, item)
    assert not ask(town, "claim", town.person("there", "clerk", "pingluo/other"), instance, item)
    assert not ask(town, "claim", town.person("other", "investigator"), instance, item)
    assert not ask(town, "claim", town.person("near", "clerk", "pingluo/gao"), instance, item)


@pytest.mark.parametrize("valid", [True, False])
def test_an_investigator_does_not_give_the_opinion(town, valid):
    both = town.person("both", "director")
    instance = town.registered()
    town.sign(town.item(instance, "home_visit"), both, valid)
    item = town.item(instance, "opinion")
    assert not ask(town, "claim", both, instance, item)
    assert not ask(town, "complete", both, instance, item)
    assert ask(town, "complete", town.person("other", "director"), instance, item)


def test_one_person_is_not_two(town):
    one = town.person("one", "investigator")
    instance = town.registered()
    item = town.item(instance, "home_visit")
    town.sign(item, one)
    assert "另一人" in ask(town, "claim", one, instance, item).reason
    assert ask(town, "claim", town.person("two", "investigator"), instance, item)


@pytest.mark.parametrize(
    ("role", "area", "verb", "allowed"),
    [
        ("admin", "pingluo", "view", False),
        ("admin", "pingluo", "retry", True),
        ("admin", "elsewhere", "retry", False),
        ("clerk", "pingluo/gaoren", "retry", False),
        ("county_review", "pingluo", "view", True),
        ("county_review", "elsewhere", "view", False),
        ("village", "pingluo/gaoren/hongliu", "view", True),
        ("village", "pingluo/gaoren/shazao", "view", False),
        ("village", "pingluo/gaoren/hongliu", "unmask", False),
        ("owner", "pingluo", "deploy", True),
        ("clerk", "pingluo/gaoren", "deploy", False),
        ("director", "pingluo/gaoren", "see_overdue", True),
        ("clerk", "pingluo/gaoren", "see_overdue", False),
        ("clerk", "pingluo/gaoren", "no_such_verb", False),
    ],
)
def test_what_a_role_may(town, role, area, verb, allowed):
    actor = town.person("somebody", role, area)
    assert bool(ask(town, verb, actor, town.registered())) is allowed


def test_the_village_does_not_see_who_objects(town):
    parent = town.registered()
    child = town.instance("objection", parent_id=parent.id)
    assert not ask(town, "view", town.person("cadre", "village", "pingluo/gaoren/hongliu"), child)
    assert ask(town, "view", town.person("director", "director"), child)


def test_a_visitor_may_nothing_and_the_system_what_it_must(town):
    visitor = Actor(None, "访客")
    assert not veto.ask(town.session, Question("deploy", visitor))
    assert not veto.ask(town.session, Question("manage_accounts", visitor))
    assert veto.ask(town.session, Question("deploy", SYSTEM))
