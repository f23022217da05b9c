"""A value is changed by two people: proposing, confirming, sending back, withdrawing, and what stands in the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.actors import SYSTEM, Actor, Grant
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal import queries as journal
from engine.journal.models import JournalEntry
from engine.parameters import operations, queries
from engine.parameters.models import Parameter, ParameterProposal
from engine.releases.loaded import pack
from registers.areas import operations as areas
from registers.demonstration.people import id_number
from tests.support.proposing import NAME, NOW, TOWNSHIP, House
from tests.support.standing import stand
from tests.support.together import at_once

MODELS = Path(__file__).parents[4] / "bpmn"


@pytest.fixture
def house(session, at):
    at(f"{NOW:%Y-%m-%d %H:%M}")
    made = House(session)
    made.at = at
    return made


def propose(house, *given, **more):
    return house.propose(*given, **more)


def value(house, *given, **more):
    return house.value(*given, **more)


def subjects(house, who):
    return house.subjects(who)


def problems(error):
    return {each["field"]: each["message"] for each in error.value.data["problems"]}


def test_two_people_change_a_value_from_its_day_on(house):
    made = propose(house)
    assert value(house, "2026-04-01") == 56000, "a proposal changes nothing"
    assert any("请确认政策参数" in each for each in subjects(house, house.head))
    done = operations.confirm(made.id, house.head)
    assert (done.status, done.decided_by) == ("confirmed", "测head")
    assert [value(house, day) for day in ("2026-03-31", "2026-04-01", "2030-01-01")] == [56000, 60000, 60000]
    rows = queries.timeline(house.session, NAME)
    assert (rows[-1].set_by, rows[-1].confirmed_by, rows[-1].confidence) == ("测owner", "测head", "set")
    assert rows[-1].clause == "sc-649:10", "the clause of the value before, when none is named"
    assert str(rows[-2].valid_to) == "2026-03-31"
    assert any("已确认" in each for each in subjects(house, house.owner))
    verbs = house.session.scalars(select(JournalEntry.verb).where(JournalEntry.stream == "parameters")).all()
    assert verbs[-2:] == ["owner:parameter:proposed", "leader:parameter:confirmed"]
    assert journal.verify(house.session).ok


def test_a_value_with_a_last_day_gives_way_to_the_one_before(house):
    operations.confirm(propose(house, valid_to="2026-06-30").id, house.county)
    assert [value(house, day) for day in ("2026-04-01", "2026-06-30", "2026-07-01")] == [60000, 60000, 56000]


def test_nobody_confirms_what_they_proposed_themselves_not_even_with_a_second_account(house):
    both = house.person("both", "owner", "head")
    made = propose(house, by=both)
    for act_ in (operations.confirm, lambda key, who: operations.refuse(key, who, "不")):
        with pytest.raises(Refused, match="另一人"):
            act_(made.id, both)
    number = id_number(date(1980, 5, 6), 17, True)  # a synthetic one
    one = house.person("one", "admin", id_number=number)
    two = house.person("two", "head", id_number=number)
    other = propose(house, key="k2", by=one, valid_from="2026-05-01")
    with pytest.raises(Refused, match="另一人"):
        operations.confirm(other.id, two)
    assert value(house, "2026-05-01") == 56000


@pytest.mark.parametrize("who", ["head", "county", "clerk", "discipline"])
def test_who_may_not_propose(house, who):
    with pytest.raises(Refused, match="不能提出修改政策参数"):
        propose(house, by=getattr(house, who))


@pytest.mark.parametrize("who", ["admin", "clerk", "discipline"])
def test_who_may_not_confirm_nor_send_back(house, who):
    made = propose(house)
    for act_ in (operations.confirm, lambda key, actor_: operations.refuse(key, actor_, "不")):
        with pytest.raises(Refused, match="不能确认政策参数"):
            act_(made.id, getattr(house, who))


def test_the_installation_does_neither_and_people_do_not_set_alone(house):
    with pytest.raises(Refused, match="系统不能代办"):
        propose(house, by=SYSTEM)
    made = propose(house)
    with pytest.raises(Refused, match="系统不能代办"):
        operations.confirm(made.id, SYSTEM)
    for who in (house.owner, house.admin, house.head):
        with pytest.raises(Refused, match="另一人确认"):
            operations.set_value(who, NAME, "1", date(2026, 5, 1), "我说的")
    visitor = Actor(None, "访客", (Grant("owner", TOWNSHIP),))
    with pytest.raises(Refused):
        propose(house, by=visitor, key="k9")


def test_where_townships_share_an_installation_the_county_confirms(house):
    areas.register(SYSTEM, [("pingluo/toudaoqiao", "头闸镇")])
    made = propose(house)
    with pytest.raises(Refused, match="管辖全部乡镇"):
        operations.confirm(made.id, house.head)
    assert operations.confirm(made.id, house.county).status == "confirmed"


def test_sent_back_with_a_reason_nothing_changes_and_it_may_be_proposed_anew(house):
    made = propose(house)
    with pytest.raises(Invalid) as wrong:
        operations.refuse(made.id, house.head, "  ")
    assert "为什么退回" in problems(wrong)["remark"]
    operations.refuse(made.id, house.head, "文号不对")
    assert value(house, "2026-04-01") == 56000
    assert any("已退回" in each for each in subjects(house, house.owner))
    with pytest.raises(Conflict, match="已退回"):
        operations.confirm(made.id, house.county)
    assert propose(house, key="k2").status == "open"


def test_only_its_proposer_withdraws(house):
    made = propose(house)
    with pytest.raises(Refused, match="提出人"):
        operations.withdraw(made.id, house.admin)
    assert operations.withdraw(made.id, house.owner).status == "withdrawn"
    assert operations.withdraw(made.id, house.owner).status == "withdrawn"
    with pytest.raises(Conflict, match="已撤回"):
        operations.confirm(made.id, house.head)


def test_pressed_twice_it_is_done_once(house):
    first, second = propose(house), propose(house)
    assert first.id == second.id
    operations.confirm(first.id, house.head)
    operations.confirm(first.id, house.head)
    assert len([row for row in queries.timeline(house.session, NAME) if str(row.valid_from) == "2026-04-01"]) == 1
    entries = select(func.count()).select_from(JournalEntry).where(JournalEntry.verb.like("%parameter:%"))
    assert house.session.scalar(entries) == 2
    with pytest.raises(Conflict, match="由别人提交"):
        propose(house, by=house.admin)
    with pytest.raises(Conflict, match="已确认"):
        operations.confirm(first.id, house.county)


def test_one_day_has_one_proposal_waiting(house):
    propose(house)
    with pytest.raises(Conflict, match="测owner已经提出"):
        propose(house, key="k2", by=house.admin, value="610")
    assert propose(house, key="k3", by=house.admin, value="610", valid_from="2026-05-01").status == "open"


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"value": "abc"}, "value", "金额"),
        ({"value": "560"}, "value", "没有改动"),
        ({"value": "1e9"}, "value", "金额"),
        ({"valid_from": "2026-02-30"}, "valid_from", "存在"),
        ({"valid_from": ""}, "valid_from", "日期"),
        ({"valid_from": "2062-04-01"}, "valid_from", "太远"),
        ({"valid_from": "1026-04-01"}, "valid_from", "太远"),
        ({"valid_to": "2026-03-31"}, "valid_to", "早于"),
        ({"valid_to": "x"}, "valid_to", "日期"),
        ({"source": " "}, "source", "来源"),
        ({"source": "通"}, "source", "来源"),
        ({"source": "长" * 501}, "source", "最多500"),
        ({"reason": ""}, "reason", "为什么"),
        ({"clause": "第15条"}, "clause", "mca-2021-57:15"),
        ({"name": "dibao_mode", "value": "C"}, "value", "可选的范围"),
        ({"name": "payday", "value": "31"}, "value", "不超过 28"),
        ({"name": "confirm_limit", "value": "10"}, "value", "期限"),
        ({"name": "republicise_dibao", "value": ""}, "value", "是"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(house, given, field, told):
    with pytest.raises(Invalid) as wrong:
        propose(house, **given)
    assert told in problems(wrong)[field]
    assert house.session.scalar(select(func.count()).select_from(ParameterProposal)) == 0


def test_a_clause_must_stand_in_the_register_of_the_release(house):
    assert propose(house, clause="nobody-2020:1").status == "open", "without a release nobody knows"
    files = {"statutes.json": MODELS.joinpath("statutes.json").read_bytes()}
    stand(house.session, "s" * 64, pack(files))
    with pytest.raises(Invalid) as wrong:
        propose(house, key="k2", valid_from="2026-05-01", clause="mca-2021-57:19，nobody-2020:1")
    assert problems(wrong) == {"clause": "条款登记中没有“nobody-2020:1”，请核对，或先请流程负责人登记这一条。"}
    made = propose(house, key="k3", valid_from="2026-05-01", clause="mca-2021-57:19")
    assert made.clause == "mca-2021-57:19"


def test_everything_that_is_wrong_is_said_at_once(house):
    with pytest.raises(Invalid) as wrong:
        propose(house, value="x", valid_from="y", source="", reason="")
    assert set(problems(wrong)) == {"value", "valid_from", "source", "reason"}


def test_an_unknown_name(house):
    with pytest.raises(NotFound):
        propose(house, name="nothing")
    with pytest.raises(NotFound):
        operations.confirm(4711, house.head)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"value": "550"}, "falls"),
        ({"value": "5600"}, "jumps"),
        ({"name": "publicity_length", "value": "3d"}, "law"),
        ({"name": "publicity_length", "value": "7wd"}, "unit"),
        ({"valid_from": "2026-03-02"}, "correction"),
        ({"valid_from": "2026-01-01"}, "correction"),
    ],
)
def test_a_doubt_wants_a_tick_of_its_own(house, given, code):
    with pytest.raises(Invalid) as wrong:
        propose(house, **given)
    assert set(problems(wrong)) == {f"accepted.{code}"}
    made = propose(house, **given, accepted=(code,))
    assert made.accepted == [code]
    assert made.correction is (code == "correction")


def test_the_discipline_office_hears_of_what_goes_beyond_the_rules_and_of_corrections(house):
    made = propose(house, name="publicity_length", value="3d", accepted=("law",))
    operations.confirm(made.id, house.head)
    told = subjects(house, house.discipline)
    assert len(told) == 2
    assert all("超出现行规定" in each for each in told)
    propose(house, key="k2", valid_from="2026-01-01", value="570", accepted=("correction",))
    assert "更正" in subjects(house, house.discipline)[-1]
    propose(house, key="k3", value="600")
    assert len(subjects(house, house.discipline)) == 3
    assert not any(name in each for each in told for name in ("测owner", "测head")), "subjects may leave the house"


def test_a_day_that_came_while_a_proposal_waited_is_no_plain_change_any_more(house):
    made = propose(house)
    house.at("2026-04-01 00:00")
    with pytest.raises(Conflict, match="更正"):
        operations.confirm(made.id, house.head)
    assert value(house, "2026-04-01") == 56000
    operations.refuse(made.id, house.head, "已过生效日期")


def test_a_proposal_rests_on_the_value_that_its_proposer_saw(house):
    later = propose(house, valid_from="2026-06-01", value="620")
    sooner = propose(house, key="k2", value="600")
    operations.confirm(sooner.id, house.head)
    with pytest.raises(Conflict, match=r"560 元/月.*600 元/月"):
        operations.confirm(later.id, house.head)


def test_what_was_confirmed_for_later_is_replaced_only_knowingly(house):
    operations.confirm(propose(house).id, house.head)
    with pytest.raises(Invalid) as wrong:
        propose(house, key="k2", value="610")
    assert set(problems(wrong)) == {"accepted.replaces"}
    operations.confirm(propose(house, key="k3", value="610", accepted=("replaces",)).id, house.head)
    assert [value(house, day) for day in ("2026-03-31", "2026-04-01")] == [56000, 61000]
    (gone,) = queries.voided(house.session, NAME)
    assert gone.value == "600"


def test_a_correction_stands_beside_the_value_that_it_replaces(house):
    made = propose(house, valid_from="2026-01-01", value="570", accepted=("correction",))
    operations.confirm(made.id, house.county)
    assert [value(house, day) for day in ("2025-12-31", "2026-02-01")] == [51000, 57000]
    house.at("2026-03-03 11:00")
    again = propose(house, key="k2", valid_from="2026-02-01", value="580", accepted=("correction",))
    operations.confirm(again.id, house.county)
    assert [value(house, day) for day in ("2026-01-31", "2026-02-01")] == [57000, 58000]
    gone = [(row.value, str(row.valid_from), row.confirmed_by) for row in queries.voided(house.session, NAME)]
    assert gone == [("570", "2026-01-01", "测county"), ("560", "2026-01-01", None)]
    rows = queries.timeline(house.session, NAME)
    assert [(row.value, str(row.valid_from), str(row.valid_to or "")) for row in rows[-2:]] == [
        ("570", "2026-01-01", "2026-01-31"),
        ("580", "2026-02-01", ""),
    ]
    assert rows[-2].proposal_id == made.id, "what remains of a value keeps where it came from"


def test_the_installation_sets_values_as_before(house):
    operations.set_value(SYSTEM, "dibao_mode", "A", date(2026, 3, 2), "测试")
    assert value(house, "2026-03-02", name="dibao_mode") == "A"
    assert value(house, "2026-03-01", name="dibao_mode") == "B"
    with pytest.raises(Invalid, match="已经有一个值"):
        operations.set_value(SYSTEM, "dibao_mode", "B", date(2026, 3, 2), "测试")


def test_loading_again_overwrites_nothing_that_people_set(house):
    assert operations.load(SYSTEM) == 0
    made = propose(house, valid_from="2026-01-01", value="570", accepted=("correction",))
    operations.confirm(made.id, house.county)
    assert operations.load(SYSTEM) == 0
    assert value(house, "2026-02-01") == 57000
    house.session.query(Parameter).filter_by(name="payday").delete()
    house.session.commit()
    assert operations.load(SYSTEM) == 1


def test_two_who_confirm_at_one_instant(house, app):
    made = propose(house)
    one, two = at_once(
        app, lambda: operations.confirm(made.id, house.head), lambda: operations.confirm(made.id, house.county)
    )
    assert sorted(isinstance(each, Conflict) for each in (one, two)) == [False, True]
    assert len(queries.timeline(house.session, NAME)) == 5


def test_two_who_propose_for_one_day_at_one_instant(house, app):
    results = at_once(app, lambda: propose(house), lambda: propose(house, key="k2", by=house.admin, value="610"))
    assert sorted(isinstance(each, Conflict) for each in results) == [False, True]
