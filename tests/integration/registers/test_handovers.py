"""Handing over the work of somebody who leaves: piece by piece, nothing lost, nothing to whom it must not go."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine import clock
from engine.clocks.models import Clock
from engine.errors import Conflict, Invalid, Refused
from engine.journal.models import JournalEntry
from engine.outbox.models import Copy, Message
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime.models import WorkItem
from engine.runtime.signers.models import Round, Signer
from registers.handovers import operations, queries
from registers.standins import operations as standins
from registers.supervision import operations as supervision
from registers.supervision.models import Order
from registers.talk import operations as talk
from tests.support.leading import Led, at

NOON = "2026-03-02 12:00"


@pytest.fixture
def led(session):
    """A director holds the survey of one case, has an order to answer and is asked something."""
    made = Led(session)
    with at(NOON):
        runtime.claim(made.items(made.case)["arrange_survey"].id, made.people["director"])
        supervision.order(
            made.case.id, made.people["head"], to_id=made.people["director"].id, text="本周内安排调查", reply="3wd"
        )
        talk.ask(made.case.id, made.people["clerk"], to_id=made.people["director"].id, text="什么时候去")
    return made


def there(led, reader="deputy"):
    led.session.rollback()
    led.session.expire_all()
    return queries.holdings(led.session, led.people["director"].id, led.people[reader])


def given(led, to, actor="deputy", kinds=("item", "order"), reason="调到县里"):
    chosen = [each for each in there(led) if each.kind in kinds]
    with at(NOON):
        return operations.hand_over(
            chosen, led.people[actor], leaver=led.people["director"], to=led.people[to] if to else None, reason=reason
        )


def test_everything_that_hangs_on_somebody_is_listed(led):
    with at(NOON):
        days = {"first_on": date(2026, 3, 9), "last_on": date(2026, 3, 10)}
        ids = {"absent_id": led.people["director"].id, "account_id": led.people["director2"].id}
        standins.name(led.people["director"], **ids, **days, reason="开会")
        wanted = Signer(account_id=led.people["director"].id, name="测", position=1)
        led.session.add(
            Round(
                work_item_id=led.items(led.case)["arrange_survey"].id, instance_id=led.case.id, place="before",
                mode="all", needed=1, reason="请看", asked_by="测", asked_at=clock.now(), signers=[wanted],
            )
        )  # fmt: skip
        led.session.commit()
    assert [each.kind for each in there(led)] == ["item", "order", "question", "signer", "clock", "stand_in"]
    assert "马" not in "".join(each.what for each in there(led) if each.kind == "item")


def test_each_is_handed_over_in_its_own_act_with_its_own_result(led):
    results = given(led, "director2")
    assert [(each.holding.kind, each.done) for each in results] == [("item", True), ("order", True)]
    item = led.session.get(WorkItem, results[0].holding.key, populate_existing=True)
    order = led.session.scalars(select(Order).execution_options(populate_existing=True)).one()
    clock = led.session.get(Clock, order.clock_id, populate_existing=True)
    assert item.holder_name == order.to_name == "丁凤霞"
    assert clock.holder_id == led.people["director2"].id
    verbs = led.session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id.desc()).limit(2)).all()
    assert set(verbs) == {"leader:item:assigned", "leader:order:handed_over"}
    assert [each.kind for each in there(led)] == ["question"]
    with at(NOON):
        supervision.reply(order.id, led.people["director2"], "已安排")


def test_what_the_taker_may_not_do_goes_to_the_pool_and_the_director_is_told(led):
    led.make_kin("director2")
    item, order = given(led, "director2")
    assert item.done
    assert "放回待领" in item.words
    assert not order.done
    assert "不能办理这件办件" in order.words
    assert led.session.get(WorkItem, item.holding.key, populate_existing=True).holder_id is None
    told = led.session.scalars(
        select(Copy.name).join(Message).where(Message.kind == "assign", Message.subject.contains("放回待领"))
    ).all()
    assert told == ["陈建国"]  # the other director is kin
    assert led.session.scalars(select(Order)).one().to_name == "陈建国"


def test_to_nobody_is_the_pool_but_an_order_needs_an_answer(led):
    item, order = given(led, None)
    assert (item.done, order.done) == (True, False)
    assert led.session.get(WorkItem, item.holding.key, populate_existing=True).holder_id is None


def test_who_may_not_assign_hands_over_nothing(led):
    item, order = given(led, "director2", actor="admin")
    assert (item.done, order.done) == (False, False)
    assert led.session.get(WorkItem, item.holding.key, populate_existing=True).holder_name == "陈建国"


def test_a_piece_that_was_done_meanwhile_says_so(led):
    chosen = [each for each in there(led) if each.kind == "item"]
    with at(NOON):
        led.sign(led.case, "arrange_survey", "director", plan=led.plan)
        (result,) = operations.hand_over(
            chosen, led.people["deputy"], leaver=led.people["director"], to=led.people["director2"], reason="调岗"
        )
    assert not result.done
    assert "办结" in result.words


def test_a_reason_is_needed_and_the_leaver_takes_nothing(led):
    with pytest.raises(Invalid):
        given(led, "director2", reason=" ")
    with pytest.raises(Invalid):
        given(led, "director")


def test_who_hands_over(led):
    leaver = {"leaver": led.people["clerk"]}

    def may(username, facts=leaver):
        return bool(veto.ask(led.session, Question("hand_over", led.people[username], facts=facts)))

    assert all(may(each) for each in ("director", "deputy", "head", "admin", "decide"))
    assert not any(may(each) for each in ("clerk", "clerk2", "investigator", "secretary", "review", "owner"))
    assert not may("director", {"leaver": led.people["director"]})
    assert not may("director", {"leaver": led.people["check"]})  # of the county


def test_confidential_cases_are_not_on_the_list_of_who_may_not_know(led):
    led.again(led.case).seen_by = ",director,"
    led.session.commit()
    assert there(led, "deputy") == []
    assert [each.kind for each in there(led, "director2")][:1] == ["item"]


def test_the_order_is_only_readdressed_from_who_has_it(led):
    (order,) = [each for each in there(led) if each.kind == "order"]
    with at(NOON):
        ids = {"to_id": led.people["director2"].id, "from_id": led.people["director"].id}
        with pytest.raises(Refused):
            supervision.readdress(order.key, led.people["clerk"], **ids, reason="调岗")
        with pytest.raises(Conflict):
            supervision.readdress(order.key, led.people["deputy"], **{**ids, "from_id": 1}, reason="调岗")
