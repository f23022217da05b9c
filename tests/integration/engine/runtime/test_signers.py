"""Colleagues who sign before and after; an item given on and lent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from engine.actors import Actor, Grant
from engine.errors import Conflict, Invalid, Refused
from engine.journal.queries import verify
from engine.people import directory
from engine.rules.veto import ABSTAIN, allow, forbid, veto
from engine.runtime import operations
from engine.runtime import queries as reading
from engine.runtime.hands import operations as hands
from engine.runtime.models import Signature, WorkItem
from engine.runtime.returns import operations as returns
from engine.runtime.signers import operations as signers
from engine.runtime.signers import queries, rounds
from tests.support.together import at_once

STEPS = "start s; user a; user b; user c; end e\n s > a > b > c > e"


@pytest.fixture
def office(world, monkeypatch):
    """Three more colleagues."""
    for number, name in enumerate(("王五", "赵六", "孙七"), start=903):
        setattr(world, name, Actor(number, name, (Grant("clerk", "pingluo/gaoren"),)))
    people = {each.id: each for each in (world.zhang, world.li, world.王五, world.赵六, world.孙七)}
    monkeypatch.setattr(directory, "actor", lambda _session, key: people.get(key))
    world.deploy(main=STEPS)
    world.case = world.start()
    operations.claim(world.items(world.case)["b"].id, world.zhang)
    return world


def item(office) -> WorkItem:
    return office.items(office.case)["b"]


def ask(office, *people, **more):
    more.setdefault("reason", "请看一下金额")
    return signers.ask(item(office).id, office.zhang, people, **more)


def sign(office, round_, who, agree=True, opinion=""):
    office.session.refresh(round_)
    row = next(each for each in round_.signers if each.account_id == who.id and each.state == "waiting")
    return signers.opine(row.id, who, agree=agree, opinion=opinion)


def hand_in(office, **values):
    return operations.complete(item(office).id, office.zhang, values={"note": "好", "ok": True, **values})


def over(office) -> bool:
    return "b" not in office.items(office.case)


def test_who_is_asked_first_signs_before_it_is_handed_in(office):
    made = ask(office, office.王五, office.赵六)
    with pytest.raises(Conflict, match="王五、赵六"):
        hand_in(office)
    assert [row[0].name for row in queries.asked_of(office.session, office.王五.id)] == ["王五"]
    sign(office, made, office.赵六)
    with pytest.raises(Conflict, match="王五会签"):
        hand_in(office)
    assert not over(office)
    sign(office, made, office.王五, opinion="可以")
    assert not over(office), "the holder hands it in, not the signers"
    hand_in(office)
    assert over(office)
    assert verify(office.session).ok


def test_one_after_another_has_an_order(office):
    made = ask(office, office.王五, office.赵六, mode="order")
    assert not queries.asked_of(office.session, office.赵六.id)
    with pytest.raises(Conflict, match="轮到王五"):
        sign(office, made, office.赵六)
    sign(office, made, office.王五)
    sign(office, made, office.赵六)
    hand_in(office)
    assert over(office)


@pytest.mark.parametrize(("mode", "needed", "enough"), [("any", None, 1), ("quorum", 2, 2)])
def test_so_many_are_enough(office, mode, needed, enough):
    made = ask(office, office.王五, office.赵六, office.孙七, mode=mode, needed=needed)
    for who in (office.孙七, office.王五)[:enough]:
        with pytest.raises(Conflict):
            hand_in(office)
        sign(office, made, who)
    hand_in(office)
    assert over(office)


def test_who_signs_afterwards_ends_the_step(office):
    made = ask(office, office.王五, office.赵六, place="after")
    with pytest.raises(Conflict, match="还没有提交"):
        sign(office, made, office.王五)
    assert not hand_in(office).finished
    assert not over(office)
    with pytest.raises(Conflict, match="正在等会签"):
        hand_in(office)
    with pytest.raises(Conflict, match="正在等会签"):
        operations.unclaim(item(office).id, office.zhang)
    assert sign(office, made, office.王五) is None
    outcome = sign(office, made, office.赵六)
    assert outcome.finished
    assert over(office)
    assert office.case.flow == {"ok": True}


def test_an_objection_afterwards_brings_it_back_and_wants_an_answer(office):
    made = ask(office, office.王五, place="after")
    hand_in(office, note="一千元")
    with pytest.raises(Invalid) as empty:
        sign(office, made, office.王五, agree=False)
    assert empty.value.problems[0]["field"] == "opinion"
    sign(office, made, office.王五, agree=False, opinion="应当是七百八十元")
    with pytest.raises(Conflict, match="王五对“b”有不同意见"):
        hand_in(office, note="七百八十元")
    signers.answer(made.id, office.zhang, "采纳，已改。")
    hand_in(office, note="七百八十元")
    assert over(office)


def test_agreement_to_something_else_counts_no_more(office):
    made = ask(office, office.王五, office.赵六, place="after")
    hand_in(office, note="一千元")
    sign(office, made, office.王五)
    returns.withdraw_signature(item(office).id, office.zhang)
    hand_in(office, note="两千元")
    sign(office, made, office.赵六)
    assert not over(office)
    sign(office, made, office.王五)
    assert over(office)


def test_somebody_is_put_in_anothers_place_in_the_middle_and_somebody_taken_out(office):
    made = ask(office, office.王五, office.赵六, place="after", mode="order")
    hand_in(office)
    sign(office, made, office.王五)
    row = next(each for each in made.signers if each.name == "赵六")
    with pytest.raises(Invalid):
        signers.replace(row.id, office.zhang, office.王五, "换人")
    signers.replace(row.id, office.zhang, office.孙七, "赵六请假")
    with pytest.raises(Conflict):
        signers.opine(row.id, office.赵六, agree=True)
    office.session.refresh(made)
    row = next(each for each in made.signers if each.name == "孙七")
    outcome = signers.remove(row.id, office.zhang, "不用再签")
    assert outcome.finished, "who is left has signed"
    assert over(office)


def test_only_who_may_is_asked(office, monkeypatch):
    def no_kin(_session, question):
        return forbid("近亲属回避") if question.verb == "sign" and question.actor.name == "王五" else ABSTAIN

    monkeypatch.setattr(veto, "_rules", [no_kin, lambda _session, _question: allow()])
    with pytest.raises(Refused, match="不能请王五会签：近亲属回避"):
        ask(office, office.赵六, office.王五)
    for wrong, field in (
        ({"mode": "quorum", "needed": 3}, "needed"),
        ({"mode": "most"}, "mode"),
        ({"place": "never"}, "place"),
        ({"reason": " "}, "reason"),
    ):
        with pytest.raises(Invalid) as found:
            ask(office, office.赵六, office.孙七, **wrong)
        assert found.value.problems[0]["field"] == field
    with pytest.raises(Invalid):
        ask(office, office.zhang)
    assert not queries.asked_of(office.session, office.赵六.id)
    made = ask(office, office.孙七)
    with pytest.raises(Refused):
        signers.opine(made.signers[0].id, office.赵六, agree=True)


def test_who_must_recuse_themselves_meanwhile_asks_and_answers_nothing(office, monkeypatch):
    made = ask(office, office.王五)
    sign(office, made, office.王五, agree=False, opinion="少算一人")

    def no_kin(_session, question):
        return forbid("近亲属回避") if question.verb == "complete" and question.actor.name == "张三" else allow()

    monkeypatch.setattr(veto, "_rules", [no_kin])
    with pytest.raises(Refused, match="近亲属回避"):
        ask(office, office.赵六)
    with pytest.raises(Refused, match="近亲属回避"):
        signers.answer(made.id, office.zhang, "不采纳")
    with pytest.raises(Refused, match="近亲属回避"):
        hands.transfer(item(office).id, office.zhang, office.li, "推给别人")


def test_two_last_signatures_at_once_end_the_step_once(app, office):
    made = ask(office, office.王五, office.赵六, place="after")
    hand_in(office)
    rows = {each.name: each.id for each in made.signers}
    office.session.rollback()
    results = at_once(
        app,
        lambda: signers.opine(rows["王五"], office.王五, agree=True),
        lambda: signers.opine(rows["赵六"], office.赵六, agree=True),
        lambda: signers.opine(rows["赵六"], office.赵六, agree=True),
    )
    assert sum(bool(each and not isinstance(each, Exception)) for each in results) == 1, results
    assert over(office)
    assert set(office.items(office.case)) == {"c"}


STATES = st.lists(st.sampled_from(["agreed", "objected", "waiting", "removed"]), min_size=1, max_size=6)


@given(mode=st.sampled_from(list(rounds.MODES)), states=STATES, data=st.data())
def test_a_verdict_stands_whatever_who_is_left_says(mode, states, data):
    """What is decided stays decided, whichever way those who still wait would sign; what is open can go both ways."""
    kept = [each for each in states if each != "removed"]
    needed = data.draw(st.integers(1, len(kept))) if kept else 1
    now = rounds.verdict(mode, needed, states)
    all_agree = rounds.verdict(mode, needed, ["agreed" if each == "waiting" else each for each in states])
    all_object = rounds.verdict(mode, needed, ["objected" if each == "waiting" else each for each in states])
    if now == "open":
        assert (all_agree, all_object) == ("agreed", "objected")
    else:
        assert now in (all_agree, "agreed")
        assert now in (all_object, "objected")


# Giving on and lending


def test_what_is_lent_comes_back_to_be_handed_in(office):
    hands.delegate(item(office).id, office.zhang, office.li, "请填好入户情况")
    with pytest.raises(Conflict, match="李四认领"):
        hand_in(office)
    with pytest.raises(Conflict, match="委派给您"):
        hands.transfer(item(office).id, office.li, office.王五, "忙")
    with pytest.raises(Conflict, match="退还"):
        operations.unclaim(item(office).id, office.li)
    outcome = operations.complete(item(office).id, office.li, values={"note": "李四填的", "ok": True})
    assert not outcome.finished
    back = item(office)
    assert (back.holder_id, back.lent_by_id) == (office.zhang.id, None)
    assert reading.standing(office.session, back).values["note"] == "李四填的"
    did = office.session.scalars(select(Signature).where(Signature.actor_id == office.li.id)).one()
    assert not did.valid, "whoever filled it in did the work, but has not handed it in"
    hand_in(office, note="李四填的")
    assert over(office)


def test_what_is_lent_is_not_sent_back_by_who_only_fills_it_in(office):
    done = office.session.scalars(
        select(WorkItem).where(WorkItem.instance_id == office.case.id, WorkItem.state == "completed")
    ).one()
    hands.delegate(item(office).id, office.zhang, office.li, "请代填")
    with pytest.raises(Conflict, match="委派给您代填"):
        returns.send_back(item(office).id, office.li, to_item_id=done.id, reason="不会填")
    assert item(office).holder_id == office.li.id


def test_who_cannot_do_it_gives_it_back_and_the_owner_can_fetch_it(office):
    hands.delegate(item(office).id, office.zhang, office.li, "请代填")
    with pytest.raises(Conflict):
        hands.give_back(item(office).id, office.王五)
    hands.give_back(item(office).id, office.li, "不了解情况")
    assert item(office).holder_id == office.zhang.id
    hands.delegate(item(office).id, office.zhang, office.li, "请代填")
    hands.give_back(item(office).id, office.zhang)
    hand_in(office)
    assert over(office)


def test_what_is_given_on_is_theirs_with_its_date(office, monkeypatch):
    due = item(office).due_at
    hands.transfer(item(office).id, office.zhang, office.li, "调去包村")
    with pytest.raises(Conflict, match="不在您手中"):
        hands.transfer(item(office).id, office.zhang, office.王五, "又想起来")
    assert (item(office).holder_id, item(office).due_at) == (office.li.id, due)

    def no_kin(_session, question):
        return forbid("近亲属回避") if question.actor.name == "王五" else allow()

    monkeypatch.setattr(veto, "_rules", [no_kin])
    with pytest.raises(Refused, match="不能转办给王五：近亲属回避"):
        hands.transfer(item(office).id, office.li, office.王五, "有事")
