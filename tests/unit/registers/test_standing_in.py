"""A stand-in is judged twice: as the person that they are, and by what the one who is away might do."""

from __future__ import annotations

from typing import Any

import pytest

from engine.actors import Actor, Grant
from engine.people import directory
from engine.rules.veto import ABSTAIN, Question, Veto, allow, forbid
from registers.standins.rules import upward

AREA = "pingluo/gaoren"
ZHANG = Actor(1, "张三", (Grant("clerk", AREA),))
WANG = Actor(3, "王五", (Grant("director", AREA),))
LI = Actor(2, "李四", (Grant("investigator", AREA),))


class Session:
    """No database is asked."""

    info: dict[str, Any] = {}  # noqa: RUF012 -- nothing writes to it here


@pytest.fixture
def veto():
    """Clerks may; whoever is barred by id may not."""
    made, barred, hidden = Veto(), set(), set()

    @made.register
    def role(_session, question):
        return allow() if question.actor.holds("clerk", AREA) else forbid("由窗口受理员办理。")

    @made.register
    def bars(_session, question):
        if question.actor.id in hidden:
            return forbid("没有这件。", hidden=True)
        return forbid("您须回避。") if question.actor.id in barred else ABSTAIN

    made.barred, made.hidden = barred, hidden
    return made


def ask(veto, actor, **facts):
    return veto.ask(Session(), Question("claim", actor, facts=facts))


def test_the_lent_grant_allows_and_the_answer_says_in_whose_stead(veto):
    assert not ask(veto, LI)
    answer = ask(veto, LI.standing_in((ZHANG,)))
    assert answer
    assert answer.stead == ZHANG


def test_what_ones_own_grants_allow_is_ones_own_act(veto):
    both = Actor(2, "李四", (Grant("clerk", AREA),)).standing_in((ZHANG,))
    assert ask(veto, both).stead is None
    assert ask(veto, both, in_stead_of=1).stead == ZHANG


def test_the_stand_in_is_barred_as_the_person_that_they_are(veto):
    veto.barred.add(LI.id)
    answer = ask(veto, LI.standing_in((ZHANG,)))
    assert not answer
    assert answer.reason == "您须回避。"


def test_what_bars_the_absent_bars_whoever_acts_in_their_stead(veto):
    veto.barred.add(ZHANG.id)
    answer = ask(veto, LI.standing_in((ZHANG,)))
    assert not answer
    assert "张三本人不能办" in answer.reason
    assert "须回避" not in answer.reason  # why is not the stand-in's to know
    own = Actor(2, "李四", (Grant("clerk", AREA),)).standing_in((ZHANG,))
    assert ask(veto, own).stead is None  # by grants of their own they may


def test_another_lender_who_is_free_will_do(veto):
    other = Actor(4, "赵六", (Grant("clerk", AREA),))
    veto.barred.add(ZHANG.id)
    assert ask(veto, LI.standing_in((ZHANG, other))).stead == other


def test_what_is_hidden_from_the_absent_gives_the_answer_of_a_stranger(veto):
    veto.hidden.add(ZHANG.id)
    assert ask(veto, LI.standing_in((ZHANG,))) == ask(veto, LI)
    veto.hidden.add(LI.id)
    assert ask(veto, LI.standing_in((ZHANG,))).hidden


def test_a_lender_who_has_not_the_role_changes_nothing(veto):
    answer = ask(veto, LI.standing_in((WANG,)))
    assert answer.reason == "由窗口受理员办理。"


def test_an_item_taken_over_is_done_in_that_ones_stead(veto, monkeypatch):
    monkeypatch.setattr(directory, "kept_for", lambda _session, _item, _id: ZHANG.id)
    own = Actor(2, "李四", (Grant("clerk", AREA),)).standing_in((ZHANG,))
    held = type("Item", (), {"holder_id": 2})()
    assert veto.ask(Session(), Question("complete", own, item=held)).stead == ZHANG
    free = type("Item", (), {"holder_id": None})()
    assert veto.ask(Session(), Question("claim", own, item=free)).stead is None


def test_names_grants_and_nothing_lent_on():
    stands = LI.standing_in((ZHANG,))
    assert stands.holds("clerk", AREA)
    assert stands.own() == LI
    assert stands.instead_of(ZHANG).name == "李四（替张三）"
    assert stands.beside(ZHANG).lenders == ()
    assert not stands.own().holds("clerk")


def test_who_is_above_whom():
    assert upward("secretary") == ["director", "deputy", "head", "discipline"]
    assert upward("head") == ["discipline"]
    assert "county_decide" in upward("county_review")
