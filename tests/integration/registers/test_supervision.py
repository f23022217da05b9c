"""Urging, orders of supervised handling, giving work to somebody else."""

from __future__ import annotations

from datetime import date

import pytest

from engine import clock
from engine.errors import Conflict, Invalid, Refused
from engine.journal.models import JournalEntry
from engine.journal.queries import verify
from engine.runtime import operations as runtime
from registers.supervision import operations as supervision
from tests.support.leading import Led, at
from timers import firing


@pytest.fixture
def led(session) -> Led:
    return Led(session)


def fields(refusal) -> list[str]:
    return [each["field"] for each in refusal.value.problems]


def test_urging_reaches_who_has_it_in_hand(led):
    item = led.items(led.case)["arrange_survey"]
    with at("2026-03-04 09:00"):
        runtime.claim(item.id, led.people["director"])
        message = supervision.urge(item.id, led.people["head"], "群众催问了")
    assert led.copies(message.id) == ["陈建国"]
    assert (message.subject, message.body) == ("高仁低保2026-0001：请尽快办理“安排家庭经济状况调查”", "群众催问了")


def test_what_nobody_took_is_urged_of_all_who_may(led):
    led.make_kin("director2")
    with at("2026-03-04 09:00"):
        message = supervision.urge(led.items(led.case)["arrange_survey"].id, led.people["head"])
    assert led.copies(message.id) == ["陈建国"]


def test_the_same_leader_urges_once_a_day(led):
    item = led.items(led.case)["arrange_survey"]
    with at("2026-03-04 09:00"):
        supervision.urge(item.id, led.people["head"])
        with pytest.raises(Conflict, match="今天已经催办过"):
            supervision.urge(item.id, led.people["head"])
        supervision.urge(item.id, led.people["deputy"])
    with at("2026-03-05 09:00"):
        supervision.urge(item.id, led.people["head"])
    assert len(led.messages("urge")) == 3


def test_what_is_done_is_not_urged(led):
    item = led.items(led.case)["arrange_survey"]
    with at("2026-03-04 09:00"):
        led.sign(led.case, "arrange_survey", "director", plan=led.plan)
        with pytest.raises(Conflict, match="已经办结"):
            supervision.urge(item.id, led.people["head"])


@pytest.mark.parametrize("username", ["clerk", "investigator", "admin", "owner", "check"])
def test_who_does_not_lead_may_not_urge(led, username):
    with at("2026-03-04 09:00"), pytest.raises(Refused):
        supervision.urge(led.items(led.case)["arrange_survey"].id, led.people[username])


@pytest.fixture
def order(led):
    with at("2026-03-06 09:00"):
        return supervision.order(
            led.case.id,
            led.people["head"],
            to_id=led.people["director"].id,
            text="请说明为何未按期安排调查",
            reply="3wd",
        )


def test_an_order_is_numbered_and_has_a_clock_of_the_case(led, order):
    assert order.number == "高仁民救督〔2026〕1号"
    reply = led.clock(f"reply_{order.id}")
    assert (reply.kind, reply.due_at) == ("service", clock.end_of(date(2026, 3, 11)))
    assert reply.ladder
    (message,) = led.messages("order")
    assert message.subject == "高仁低保2026-0001：督办单高仁民救督〔2026〕1号，请在2026-03-11前答复"


def test_the_answer_meets_the_deadline_and_goes_to_the_issuer(led, order):
    with at("2026-03-09 09:00"):
        with pytest.raises(Refused, match="本人答复"):
            supervision.reply(order.id, led.people["director2"], "代为答复")
        supervision.reply(order.id, led.people["director"], "已安排，明日入户")
        with pytest.raises(Conflict, match="已经答复过"):
            supervision.reply(order.id, led.people["director"], "再答")
    assert led.clock(f"reply_{order.id}").ending == "satisfied"
    (answer,) = led.messages("reply")
    assert answer.body == "已安排，明日入户"
    with at("2026-03-10 09:00"):
        with pytest.raises(Refused):
            supervision.close(order.id, led.people["clerk"])
        closed = supervision.close(order.id, led.people["head"])
    assert closed.closed_by == "何少华"
    verbs = [entry.verb for entry in led.session.query(JournalEntry).filter(JournalEntry.verb.contains(":order:"))]
    assert verbs == ["leader:order:issued", "actor:order:replied", "leader:order:closed"]
    assert verify(led.session).ok


def test_an_order_that_is_not_answered_climbs(led, order):
    with at("2026-03-16 09:00"):
        firing.fire_due()
    mine = [each for each in led.rungs("clock") if each.subject_id == led.clock(f"reply_{order.id}").id]
    assert [each.step for each in mine] == ["holder@-1wd", "deputy@0", "head@+1wd", "discipline@+3wd"]
    with at("2026-03-17 09:00"):
        with pytest.raises(Invalid) as refusal:
            supervision.close(order.id, led.people["head"])
        assert fields(refusal) == ["remark"]
        supervision.close(order.id, led.people["head"], "改由纪委约谈")
    assert led.clock(f"reply_{order.id}").ending == "lapsed"


def test_the_number_of_orders_has_no_gap(led, order):
    with at("2026-03-07 09:00"):
        with pytest.raises(Invalid):
            supervision.order(led.case.id, led.people["head"], to_id=99999, text="请说明", reply="3wd")
        second = supervision.order(led.case.id, led.people["head"], to_id=led.people["clerk"].id, text="请说明")
    assert second.number == "高仁民救督〔2026〕2号"


def test_the_same_order_waits_for_its_reply_once(led, order):
    same = {"to_id": order.to_id, "text": f" {order.text}"}
    with at("2026-03-07 09:00"):
        with pytest.raises(Conflict, match="1号已经发给"):
            supervision.order(led.case.id, led.people["head"], **same)
        supervision.reply(order.id, led.people["director"], "已安排")
        assert supervision.order(led.case.id, led.people["head"], **same).number == "高仁民救督〔2026〕2号"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "长" * 1001}, "text"),
        ({"reply": "soon"}, "reply"),
        ({"reply": "0wd"}, "reply"),
        ({"reply": "1m"}, "reply"),
        ({"reply": "31d"}, "reply"),
        ({"to_id": 0}, "to_id"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(led, given, field):
    given = {"to_id": led.people["director"].id, "text": "请说明", "reply": "3wd", **given}
    with at("2026-03-06 09:00"), pytest.raises(Invalid) as refusal:
        supervision.order(led.case.id, led.people["head"], **given)
    assert fields(refusal) == [field]


def test_an_order_goes_to_nobody_with_a_conflict_and_to_nobody_oneself(led):
    led.make_kin("director")
    with at("2026-03-06 09:00"):
        for username, message in (("director", "近亲属"), ("head", "不能签发给自己")):
            with pytest.raises(Invalid, match=message):
                supervision.order(led.case.id, led.people["head"], to_id=led.people[username].id, text="请说明")


def test_a_leader_gives_work_to_somebody_who_may_do_it(led):
    item = led.items(led.case)["arrange_survey"]
    with at("2026-03-04 09:00"):
        runtime.claim(item.id, led.people["director"])
        with pytest.raises(Invalid):
            runtime.assign(item.id, led.people["head"], led.people["director2"], " ")
        with pytest.raises(Refused, match="不能改派给王晓芳"):
            runtime.assign(item.id, led.people["head"], led.people["clerk"], "主任外出")
        runtime.assign(item.id, led.people["head"], led.people["director2"], "主任外出")
        with pytest.raises(Conflict, match="已经在丁凤霞手中"):
            runtime.assign(item.id, led.people["head"], led.people["director2"], "主任外出")
    (message,) = led.messages("assign")
    assert led.copies(message.id) == ["丁凤霞", "陈建国"]
    assert led.items(led.case)["arrange_survey"].holder_name == "丁凤霞"


def test_work_is_not_given_to_kin(led):
    led.make_kin("director2")
    with at("2026-03-04 09:00"), pytest.raises(Refused, match="近亲属"):
        runtime.assign(
            led.items(led.case)["arrange_survey"].id, led.people["head"], led.people["director2"], "主任外出"
        )
