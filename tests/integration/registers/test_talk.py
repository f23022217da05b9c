"""Asking a colleague without moving anything; remarks; what happens when somebody may see the case no more."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text

from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.outbox.models import Copy, Message
from engine.runtime import operations as runtime
from engine.runtime.models import WorkItem
from registers.accounts import queries as accounts
from registers.standins import operations as standins
from registers.talk import operations as talk
from registers.talk import queries
from registers.talk.models import Remark
from tests.support.leading import Led, at

NOON = "2026-03-02 12:00"
SECRET = "这家的存款是不是又核对过一次"


@pytest.fixture
def led(session):
    return Led(session)


def now(led, username):
    led.session.rollback()
    led.session.expire_all()
    return accounts.active(led.session, led.people[username].id)


def ask(led, by="clerk", to="investigator", words=SECRET):
    return talk.ask(led.case.id, now(led, by), to_id=led.people[to].id, text=words)


def test_a_question_moves_nothing_and_its_answer_returns(led):
    with at(NOON):
        before = {key: (each.holder_id, each.due_at, each.version) for key, each in led.items(led.case).items()}
        made = ask(led)
        assert {key: (e.holder_id, e.due_at, e.version) for key, e in led.items(led.case).items()} == before
        (waiting,) = queries.to_answer(led.session, now(led, "investigator"))
        assert waiting.it.text == SECRET
        assert [each.it.id for each in queries.asked_by(led.session, now(led, "clerk"))] == [made.id]
        led.sign(led.case, "arrange_survey", "director", plan=led.plan)  # it stops nothing
        talk.answer(made.id, now(led, "investigator"), "核对过，没有变化")
        assert queries.to_answer(led.session, now(led, "investigator")) == []
        assert queries.asked_by(led.session, now(led, "clerk")) == []
        (said,) = queries.of_case(led.session, led.case.id)
        assert [each.text for each in said.answers] == ["核对过，没有变化"]
        with pytest.raises(Conflict):
            talk.answer(made.id, now(led, "investigator"), "再答一次")
    told = led.session.execute(
        select(Copy.name, Message.subject, Message.body).join(Message).where(Message.kind == "talk").order_by(Copy.id)
    ).all()
    assert [each[0] for each in told] == ["张志强", "王晓芳"]


def test_the_words_are_neither_in_the_journal_nor_in_a_message_nor_readable_in_the_database(led):
    with at(NOON):
        made = ask(led)
        talk.strike(made.id, now(led, "clerk"), "写错了人")
    entries = led.session.scalars(select(JournalEntry).where(JournalEntry.verb.in_(
        ("actor:question:asked", "actor:talk:struck")
    ))).all()  # fmt: skip
    assert len(entries) == 2
    for each in entries:
        assert SECRET not in f"{each.after}{each.reason}{each.before}"
        assert "写错了人" not in f"{each.after}{each.reason}"
    for message in led.session.scalars(select(Message).where(Message.kind == "talk")):
        assert SECRET not in message.subject + message.body
    raw = led.session.execute(text("SELECT text FROM remark")).scalar_one()
    assert SECRET.encode() not in bytes(raw)


def test_kin_are_neither_offered_nor_asked_and_who_becomes_kin_sees_no_more(led):
    led.make_kin("investigator2")
    with at(NOON):
        offered = {each.name for each in queries.colleagues(led.session, now(led, "clerk"), led.again(led.case))}
        assert "马文斌" not in offered
        assert "张志强" in offered
        assert "王晓芳" not in offered  # oneself
        assert "吴小军" not in offered  # the administrator sees no case
        with pytest.raises(Invalid) as refused:
            ask(led, to="investigator2")
        assert refused.value.problems[0]["field"] == "to_id"
        made = ask(led)
    led.make_kin("investigator")
    with at(NOON):
        assert queries.to_answer(led.session, now(led, "investigator")) == []
        with pytest.raises(Refused):
            talk.answer(made.id, now(led, "investigator"), "我来答")
        talk.withdraw(made.id, now(led, "clerk"))
    led.make_kin("clerk")
    with at(NOON):
        assert queries.asked_by(led.session, now(led, "clerk")) == []
        with pytest.raises(Refused):
            talk.say(led.case.id, now(led, "clerk"), "插一句")


def test_only_the_asker_takes_back_and_only_while_it_waits(led):
    with at(NOON):
        made = ask(led)
        with pytest.raises(Refused):
            talk.withdraw(made.id, now(led, "director"))
        talk.withdraw(made.id, now(led, "clerk"))
        with pytest.raises(Conflict):
            talk.withdraw(made.id, now(led, "clerk"))
        with pytest.raises(Conflict, match="已经撤回"):
            talk.answer(made.id, now(led, "investigator"), "晚了")


def test_only_whoever_is_asked_answers_or_their_stand_in(led):
    with at(NOON):
        made = ask(led)
        with pytest.raises(Refused):
            talk.answer(made.id, now(led, "director"), "我替他答")
        days = {"first_on": date(2026, 3, 2), "last_on": date(2026, 3, 3)}
        ids = {"absent_id": led.people["investigator"].id, "account_id": led.people["clerk2"].id}
        standins.name(now(led, "investigator"), **ids, **days, reason="培训")
        (waiting,) = queries.to_answer(led.session, now(led, "clerk2"))
        assert waiting.stead.name == "张志强"
        answer = talk.answer(made.id, now(led, "clerk2"), "查过了")
    assert answer.by_name == "李雪梅（替张志强）"


def test_a_stand_in_answers_nothing_about_the_kin_of_who_is_away(led):
    with at(NOON):
        made = ask(led)
        days = {"first_on": date(2026, 3, 2), "last_on": date(2026, 3, 3)}
        ids = {"absent_id": led.people["investigator"].id, "account_id": led.people["clerk2"].id}
        standins.name(now(led, "investigator"), **ids, **days, reason="培训")
    led.make_kin("investigator")
    with at(NOON):
        assert queries.to_answer(led.session, now(led, "clerk2")) == []
        with pytest.raises(Refused):
            talk.answer(made.id, now(led, "clerk2"), "查过了")


def test_striking_out_is_for_the_author_within_the_day(led):
    with at(NOON):
        made = talk.say(led.case.id, now(led, "clerk"), "电话打不通")
        with pytest.raises(Refused):
            talk.strike(made.id, now(led, "director"), "不合适")
        with pytest.raises(Invalid):
            talk.strike(made.id, now(led, "clerk"), "  ")
    with at("2026-03-03 00:00"), pytest.raises(Conflict, match="当天"):
        talk.strike(made.id, now(led, "clerk"), "打错了")
    with at("2026-03-02 23:59"):
        talk.strike(made.id, now(led, "clerk"), "打错了")
        with pytest.raises(Conflict):
            talk.strike(made.id, now(led, "clerk"), "再划一次")
    kept = led.session.get(Remark, made.id, populate_existing=True)
    assert (kept.text, kept.struck_reason) == ("电话打不通", "打错了")


def test_a_question_whose_answer_is_struck_out_waits_again(led):
    with at(NOON):
        made = ask(led)
        answer = talk.answer(made.id, now(led, "investigator"), "答错了的")
        talk.strike(answer.id, now(led, "investigator"), "看错了办件")
        assert len(queries.to_answer(led.session, now(led, "investigator"))) == 1
        talk.answer(made.id, now(led, "investigator"), "这才对")
        assert queries.to_answer(led.session, now(led, "investigator")) == []


def test_a_confidential_case_is_talked_of_among_those_who_may_know(led):
    with at(NOON):
        led.again(led.case).seen_by = ",clerk,director,"
        led.session.commit()
        offered = {each.name for each in queries.colleagues(led.session, now(led, "clerk"), led.again(led.case))}
        assert offered == {"李雪梅", "陈建国", "丁凤霞"}
        with pytest.raises(Invalid):
            ask(led)
        with pytest.raises(NotFound):
            talk.say(led.case.id, now(led, "investigator"), "听说……")


def test_what_is_wrong_writes_nothing(led):
    with at(NOON):
        for given in ({"text": ""}, {"text": "长" * 1001}):
            with pytest.raises(Invalid):
                talk.say(led.case.id, now(led, "clerk"), **given)
        with pytest.raises(Invalid):
            ask(led, to="clerk")
        with pytest.raises(NotFound):
            talk.say(999, now(led, "clerk"), "没有这件")
        with pytest.raises(NotFound):
            talk.say(led.case.id, now(led, "clerk"), "别的环节", item_id=9999)
        with pytest.raises(NotFound):
            talk.answer(999, now(led, "clerk"), "没有")
        remark = talk.say(led.case.id, now(led, "clerk"), "留言")
        with pytest.raises(NotFound):
            talk.answer(remark.id, now(led, "investigator"), "答留言")
    assert len(led.session.scalars(select(Remark)).all()) == 1


def test_an_item_in_somebodys_hands_stays_there(led):
    with at(NOON):
        item = led.items(led.case)["arrange_survey"]
        runtime.claim(item.id, led.people["director"])
        talk.ask(led.case.id, now(led, "director"), to_id=led.people["clerk"].id, text="还缺什么", item_id=item.id)
    kept = led.session.get(WorkItem, item.id, populate_existing=True)
    assert kept.holder_name == "陈建国"
