"""The pages of parameters: the list, one over the years, the conflicts, proposing with a preview, deciding."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.parameters import operations, queries
from engine.parameters.models import ParameterProposal
from tests.support.proposing import NAME, NOW, House

LIST = "/registers/parameters"
FORM = f"{LIST}/{NAME}/propose"
GIVEN = {
    "value": "600",
    "valid_from": "2026-04-01",
    "source": "宁民发〔2026〕12号",
    "reason": "自治区提高标准",
}


def text(answer: Any) -> str:
    """What a person reads: without tags, spaces folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())


def hidden(answer: Any) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.get_data(as_text=True))
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


@pytest.fixture
def house(session, at):
    at(f"{NOW:%Y-%m-%d %H:%M}")
    made = House(session)
    made.at = at
    return made


@pytest.fixture
def owner(house, visit):
    visitor = visit("owner")
    visitor.get(FORM)
    return visitor


def waiting(session) -> list[ParameterProposal]:
    session.rollback()
    return list(session.scalars(select(ParameterProposal).order_by(ParameterProposal.id)))


def test_the_list_shows_what_holds_today_by_topic(owner):
    said = text(owner.get(LIST))
    assert "标准与金额" in said
    assert "农村低保标准（每人每月） dibao_standard_rural 560 元/月 2026-01-01 起" in said
    assert "公示期 publicity_length" not in said, "another topic"
    assert "公示期 publicity_length 7 日" in text(owner.get(f"{LIST}?topic=publicity"))
    assert "须由平罗县民政局确认" in said
    assert "460 元/月" not in said, "what is past is on the page of the one"


@pytest.mark.parametrize("words", ["公示期", "publicity_length", "57号 第19条", "7 日"])
def test_a_search_looks_at_names_values_and_clauses(owner, words):
    assert "publicity_length" in text(owner.get(f"{LIST}?q={words}"))


def test_a_search_that_finds_nothing_and_the_old_address(owner):
    assert "没有找到参数" in text(owner.get(f"{LIST}?q=%3Cscript%3E"))
    moved = owner.get("/parameters?q=x")
    assert (moved.status_code, moved.location) == (308, f"{LIST}?q=x")


def test_what_must_be_asked_is_listed_by_itself(owner):
    said = text(owner.get(f"{LIST}?ask=1"))
    assert "tekun_care_full" in said
    assert "虚构，须替换" in said
    assert "dibao_standard_rural 560" not in said


def test_one_over_the_years(owner):
    said = text(owner.get(f"{LIST}/{NAME}"))
    for fact in ("560 元/月", "510 元/月", "460 元/月", "增 50 元，+9.8%", "中卫市民政局", "转引", "设计建议", "现行"):
        assert fact in said
    assert owner.get(f"{LIST}/nothing_here").status_code == 404
    assert owner.get(f"{LIST}/{NAME}%00").status_code in (400, 404)


def test_one_that_answers_a_conflict_says_so(owner):
    said = text(owner.get(f"{LIST}/near_relative_set"))
    assert "政策分歧第 5 条" in said
    assert "N 民法典所列近亲属 民法典第1045条" in said


def test_the_conflicts_with_their_answers(owner):
    said = text(owner.get(f"{LIST}/conflicts"))
    assert said.count("影响：") == 14
    assert "G 扩大范围 现行" in said
    assert "特困全程时限（B模式）：30 个工作日" in said


@pytest.mark.parametrize("username", ["clerk", "head", "county", "discipline", "director"])
def test_who_may_only_look(house, visit, username):
    visitor = visit(username)
    assert visitor.get(LIST).status_code == 200
    assert "提出修改" not in text(visitor.get(f"{LIST}/{NAME}"))
    assert visitor.get(FORM).status_code == 403
    assert visitor.post(FORM, {**GIVEN, "do": "send"}).status_code == 403


def test_nobody_looks_without_signing_in(house, visit):
    stranger = visit()
    for path in (LIST, FORM, f"{LIST}/conflicts", f"{LIST}/proposals"):
        assert stranger.get(path).status_code == 302


def test_a_proposal_is_seen_before_it_is_made(owner, house, session):
    house.case()
    house.case(accepted=False)
    seen = owner.post(FORM, {**GIVEN, "do": "look", "key": "abc"})
    said = text(seen)
    assert seen.status_code == 200
    assert "原值 560 元/月" in said
    assert "2026-01-01 至 2026-03-31 560 元/月" in said
    assert "1 件已受理的在办办件 不受影响" in said
    assert "1 件还没有受理" in said
    assert waiting(session) == []
    kept = hidden(seen)
    assert kept["key"] == "abc"
    done = owner.post(FORM, {**kept, "do": "send"})
    (made,) = waiting(session)
    assert done.location.endswith(f"/proposals/{made.id}")
    assert (made.value, str(made.valid_from), made.status) == ("600", "2026-04-01", "open")
    owner.post(FORM, {**kept, "do": "send"})
    assert len(waiting(session)) == 1, "pressed twice"
    assert "有修改待确认" in text(owner.get(LIST))


def test_going_back_keeps_what_was_typed(owner):
    seen = owner.post(FORM, {**GIVEN, "do": "back"})
    page = seen.get_data(as_text=True)
    assert 'value="600"' in page
    assert "宁民发〔2026〕12号" in page


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(owner, session):
    wrong = owner.post(FORM, {**GIVEN, "value": "六百", "valid_from": "2026-13-01", "source": "", "do": "look"})
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "有 3 处要改" in text(wrong)
    for field in ("value-wrong", "valid_from-wrong", "source-wrong"):
        assert f'id="{field}"' in page
    assert 'value="六百"' in page
    assert "自治区提高标准" in page
    assert waiting(session) == []


def test_a_doubt_is_ticked_or_nothing_is_proposed(owner, session):
    falls = {**GIVEN, "value": "500"}
    seen = owner.post(FORM, {**falls, "do": "look"})
    assert "比原来低" in text(seen)
    refused = owner.post(FORM, {**falls, "do": "send"})
    assert refused.status_code == 422
    assert "没有勾选" in text(refused)
    assert waiting(session) == []
    assert owner.post(FORM, {**falls, "accepted": "falls", "do": "send"}).status_code == 303
    assert waiting(session)[0].accepted == ["falls"]


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("publicity_length", {"amount": "10", "length_unit": "d"}, "10d"),
        ("publicity_length", {"amount": " 9 ", "length_unit": "d"}, "9d"),
        ("republicise_dibao", {"value": "true"}, True),
        ("near_relative_set", {"value": "N"}, "N"),
        ("dibao_single_person", {"value": ["major_illness", "clergy"]}, "major_illness,clergy"),
        ("payday", {"value": "12"}, 12),
        ("marginal_factor", {"value": "1.5"}, None),
        ("court_name", {"value": "平罗县人民法院"}, "平罗县人民法院"),
    ],
)
def test_each_unit_has_its_own_control(owner, session, name, given, value):
    path = f"{LIST}/{name}/propose"
    assert owner.get(path).status_code == 200
    more = {key: GIVEN[key] for key in ("valid_from", "source", "reason")}
    answer = owner.post(path, {**more, **given, "do": "send"})
    made = waiting(session)
    assert [each.value for each in made] == ([value] if value is not None else [])
    assert answer.status_code == (303 if value is not None else 422)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("publicity_length", {"amount": "x", "length_unit": "d"}),
        ("publicity_length", {"amount": "7", "length_unit": "; drop"}),
        ("dibao_mode", {"value": "C"}),
        ("dibao_single_person", {"value": ["rocket"]}),
        ("dibao_single_person", {}),
        ("republicise_dibao", {}),
        ("payday", {"value": "nan"}),
        ("dibao_standard_rural", {"value": "9" * 40}),
    ],
)
def test_no_control_takes_what_it_does_not_offer(owner, session, name, given):
    more = {key: GIVEN[key] for key in ("valid_from", "source", "reason")}
    answer = owner.post(f"{LIST}/{name}/propose", {**more, **given, "do": "send"})
    assert answer.status_code == 422
    assert "value-wrong" in answer.get_data(as_text=True)
    assert waiting(session) == []


def test_what_people_write_is_shown_as_text(owner, house, visit):
    owner.post(FORM, {**GIVEN, "reason": "<script>alert(1)</script>", "do": "send"})
    page = visit("head").get(f"{LIST}/proposals/1").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_head_confirms_and_the_page_says_who_did(owner, house, visit, session):
    owner.post(FORM, {**GIVEN, "do": "send"})
    own = text(owner.get(f"{LIST}/proposals/1"))
    assert "确认之前可以撤回" in own
    assert "退回的理由" not in own
    head = visit("head")
    assert "核对" in text(head.get(f"{LIST}/proposals"))
    head.get(f"{LIST}/proposals/1")
    unticked = head.post(f"{LIST}/proposals/1/confirm")
    assert unticked.status_code == 422
    assert "请先核对来源文件" in text(unticked)
    assert waiting(session)[0].status == "open"
    assert head.post(f"{LIST}/proposals/1/confirm", {"checked": "yes"}).status_code == 303
    assert head.post(f"{LIST}/proposals/1/confirm", {"checked": "yes"}).status_code == 303, "pressed twice"
    said = text(head.get(f"{LIST}/{NAME}"))
    assert "测owner 提出，测head" in said.replace("测owner提出", "测owner 提出")
    assert "600 元/月" in said
    assert "将来" in said
    session.rollback()
    assert queries.on(session, date(2026, 4, 1))[NAME] == 60000


def test_sending_back_needs_a_reason_and_keeps_what_was_typed(owner, house, visit, session):
    owner.post(FORM, {**GIVEN, "do": "send"})
    head = visit("head")
    head.get(f"{LIST}/proposals/1")
    empty = head.post(f"{LIST}/proposals/1/refuse", {"remark": " "})
    assert empty.status_code == 422
    assert "请写明为什么退回" in text(empty)
    long = head.post(f"{LIST}/proposals/1/refuse", {"remark": "长" * 501})
    assert "长" * 501 in long.get_data(as_text=True)
    assert head.post(f"{LIST}/proposals/1/refuse", {"remark": "文号不对"}).status_code == 303
    assert "文号不对" in text(owner.get(f"{LIST}/proposals/1"))
    assert "已退回" in text(owner.get(f"{LIST}/proposals"))


def test_its_own_proposer_neither_confirms_nor_sends_it_back(owner, house, session):
    owner.post(FORM, {**GIVEN, "do": "send"})
    for verb in ("confirm", "refuse"):
        answer = owner.post(f"{LIST}/proposals/1/{verb}", {"checked": "yes", "remark": "不"})
        assert answer.status_code == 403
    assert waiting(session)[0].status == "open"
    assert owner.post(f"{LIST}/proposals/1/withdraw").status_code == 303
    assert waiting(session)[0].status == "withdrawn"


def test_somebody_else_was_quicker(owner, house, visit, session):
    owner.post(FORM, {**GIVEN, "do": "send"})
    head = visit("head")
    head.get(f"{LIST}/proposals/1")
    operations.confirm(1, house.county)
    late = head.post(f"{LIST}/proposals/1/refuse", {"remark": "我正要退回"})
    assert late.status_code == 409
    assert "已确认" in text(late)
    assert "我正要退回" in late.get_data(as_text=True), "what was typed is still there"


def test_a_waiting_proposal_whose_day_has_come_says_that_it_cannot_be_confirmed(owner, house, visit):
    owner.post(FORM, {**GIVEN, "do": "send"})
    house.at("2026-04-02 09:00")
    head = visit("head")
    said = text(head.get(f"{LIST}/proposals/1"))
    assert "提出之后情况有变" in said
    assert "我已核对来源" not in said
    assert head.post(f"{LIST}/proposals/1/confirm", {"checked": "yes"}).status_code == 409


def test_a_correction_says_which_cases_it_touches(owner, house):
    house.case()
    house.case(decided=True)
    house.case(decided=True, status="completed")
    said = text(owner.post(FORM, {**GIVEN, "valid_from": "2026-01-01", "value": "570", "do": "look"}))
    assert "2 件已按原值作出决定， 不受影响" in said
    assert "1 件在办办件的受理日在更正的期间内" in said
    assert "告知乡纪委" in said


def test_strange_addresses(owner, session):
    for path in ("proposals/4711", "proposals/99999999999", "nothing/propose"):
        assert owner.get(f"{LIST}/{path}").status_code == 404
    assert owner.post(f"{LIST}/proposals/4711/confirm", {"checked": "yes"}).status_code == 404
    assert owner.post(f"{LIST}/proposals/1/delete").status_code in (404, 405)
    assert session.scalar(select(func.count()).select_from(ParameterProposal)) == 0


def test_a_page_that_lay_too_long_keeps_what_was_typed(owner, session):
    late = owner.post(FORM, {**GIVEN, "do": "send"}, token="old")
    assert late.status_code == 400
    assert "宁民发〔2026〕12号" in late.get_data(as_text=True)
    assert waiting(session) == []


def test_a_value_that_nothing_reads_says_so(owner):
    loud = "没有流程或系统读"
    unread = "topup_average_rural"
    assert loud in text(owner.get(f"{LIST}/{unread}"))
    assert loud in text(owner.post(f"{LIST}/{unread}/propose", {**GIVEN, "value": "400", "do": "look"}))
    for name in ("dibao_mode", "payday"):
        assert loud not in text(owner.get(f"{LIST}/{name}")), name
