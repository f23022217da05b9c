"""What people work from: one statement a list, the most pressing first."""

from __future__ import annotations

from datetime import date

import pytest

from engine import clock
from engine.errors import NotFound, Refused
from engine.journal.verbs import SENTENCES, Verb
from registers.cases import queries as cases
from registers.cases.inbox import inbox
from registers.cases.page import sentence
from registers.households import operations as households


def due(day):
    return clock.end_of(date.fromisoformat(day))


def test_the_inbox_is_four_statements_sorted_by_due_date(town, statements):
    clerk, other = town.person("clerk", "clerk"), town.person("other", "clerk")
    instance = town.registered()
    town.item(instance, "declare_relatives", due_at=None)
    town.item(instance, "check_completeness", due_at=due("2026-03-20"))
    town.item(instance, "draft_notice", due_at=due("2026-03-12"), warn_at=clock.instant(date(2026, 3, 10)))
    town.item(instance, "submit_dossier", holder_id=clerk.id, holder_name=clerk.name)
    town.item(instance, "deliver_refusal", holder_id=other.id, holder_name=other.name)
    town.item(instance, "opinion")
    town.item(instance, "receive_corrections", state="completed")
    with statements.counted() as count:
        found = inbox(town.session, clerk)
    assert len(count.sql) == 4, count  # Which complaints are kept from them is one of them.
    assert [each.name for each in found.mine] == ["上报审核材料"]
    assert [each.name for each in found.claimable] == ["拟定公示内容", "核对申请材料", "近亲属关系申明"]
    first = found.claimable[0]
    assert (first.number, first.village, first.stage) == ("高仁低保2026-0001", "红柳村", "测试环节")
    assert first.light(clock.now()) == "yellow"


def test_an_area_is_not_a_prefix(town):
    town.item(town.registered(), "check_completeness")
    assert inbox(town.session, town.person("near", "clerk", "pingluo/gao")).claimable == []
    assert len(inbox(town.session, town.person("above", "clerk", "pingluo")).claimable) == 1


def test_what_i_signed_is_no_longer_offered_to_me(town):
    one, two = town.person("one", "investigator"), town.person("two", "investigator")
    item = town.item(town.registered(), "home_visit")
    town.sign(item, one)
    assert inbox(town.session, one).claimable == []
    assert len(inbox(town.session, two).claimable) == 1


def test_an_item_whose_case_has_no_household_yet_is_not_lost(town):
    town.item(town.instance(), "check_completeness")
    (found,) = inbox(town.session, town.person("clerk", "clerk")).claimable
    assert (found.number, found.village) == ("", "红柳村")


def test_without_a_grant_there_is_nothing(town):
    town.item(town.registered(), "check_completeness")
    nobody = town.person("nobody", "owner")
    assert inbox(town.session, nobody).claimable == []
    assert cases.search(town.session, nobody, "高仁") == []


def test_a_search_finds_by_number_name_and_whole_id_number(town):
    home = town.family()
    instance = town.registered(home)
    clerk = town.person("clerk", "clerk")
    for text in ("2026-0001", home.head.name[:2], home.head.id_number, home.others[0][0].id_number.lower()):
        assert [each.instance_id for each in cases.search(town.session, clerk, text)] == [instance.id], text
    for text in ("", "%", "_", home.head.id_number[:17], "没有的名字"):
        assert cases.search(town.session, clerk, text) == [], text
    assert cases.search(town.session, town.person("far", "clerk", "pingluo/other"), home.head.id_number) == []


def test_unmasking_leaves_a_trace_and_needs_a_duty(town):
    home = town.family()
    instance = town.registered(home)
    clerk, cadre = town.person("clerk", "clerk"), town.person("cadre", "village", instance.area)
    member = cases.case_page(town.session, instance.id).members[0]
    with pytest.raises(Refused):
        households.unmask_person(cadre, instance.id, member.id)
    assert households.unmask_person(clerk, instance.id, member.id) == home.head.id_number
    assert households.unmask_contact(clerk, instance.id, "phone") == home.phone
    with pytest.raises(NotFound):
        households.unmask_contact(clerk, instance.id, "address")
    said = [each.text for each in cases.case_page(town.session, instance.id).history]
    assert said == [f"查看了 {home.head.name}身份证号 的完整号码", "查看了 联系电话 的完整号码"]


def test_a_member_of_another_household_is_not_unmasked_through_this_case(town):
    clerk = town.person("clerk", "clerk")
    here, there = town.registered(), town.registered(town.family(seed=2))
    stranger = cases.case_page(town.session, there.id).members[0]
    with pytest.raises(NotFound):
        households.unmask_person(clerk, here.id, stranger.id)


def test_no_case_is_not_found(town):
    with pytest.raises(NotFound):
        cases.case_page(town.session, 999)


@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_has_a_sentence_that_bears_missing_words(verb):
    assert verb in SENTENCES
    assert sentence(verb.value, None)
