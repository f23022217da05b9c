"""Reading and answering: only one's own, once, and who was told stays visible."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, Invalid, NotFound
from engine.journal.models import JournalEntry
from engine.journal.queries import history, verify
from engine.outbox import operations as outbox
from engine.outbox import queries
from tests.support.together import at_once


def copy_of(office, person):
    office.session.rollback()
    return next(each for each in office.copies("app") if each.account_id == person.id)


def test_reading_is_noted_once_and_only_for_oneself(office, wall):
    office.send(to=[office.wang, office.chen])
    mine = copy_of(office, office.wang)
    assert outbox.read(office.chen.id, [mine.id]) == 0
    assert outbox.read(office.wang.id, [mine.id]) == 1
    first = copy_of(office, office.wang).read_at
    assert first == wall.now
    wall.on(hours=1)
    assert outbox.read(office.wang.id, [mine.id]) == 0
    assert copy_of(office, office.wang).read_at == first
    assert queries.unread(office.session, office.wang.id) == 0
    assert queries.unread(office.session, office.chen.id) == 1


def test_all_of_mine_are_read(office):
    for _ in range(3):
        office.send(to=[office.wang, office.chen])
    assert outbox.read(office.wang.id) == 3
    assert queries.unread(office.session, office.chen.id) == 3


def test_an_answer_stays_with_its_message_and_its_sender_is_told(office, session):
    message = office.send("高仁低保2026-0001 催办", kind="urge", to=[office.wang], sender=office.chen)
    mine = copy_of(office, office.wang)
    outbox.answer(mine.id, office.wang, "  今天下午入户。 ")
    (told,) = queries.told(session, [message.id])[message.id]
    assert (told.name, told.answer) == ("王晓芳", "今天下午入户。")
    assert told.read_at is not None
    ((_, reply),) = queries.inbox(session, office.chen.id)
    assert (reply.kind, reply.subject, reply.body) == ("reply", "回复：高仁低保2026-0001 催办", "今天下午入户。")
    entry = session.query(JournalEntry).filter_by(stream="messages").one()
    assert entry.after == {"subject": "高仁低保2026-0001 催办"}
    assert verify(session).ok
    with pytest.raises(Conflict):
        outbox.answer(mine.id, office.wang, "再说一遍")


@pytest.mark.parametrize("text", ["", "   ", "长" * 501])
def test_an_answer_has_words_but_not_too_many(office, text):
    office.send(to=[office.wang])
    with pytest.raises(Invalid):
        outbox.answer(copy_of(office, office.wang).id, office.wang, text)


def test_nobody_answers_for_another(office):
    office.send(to=[office.wang])
    with pytest.raises(NotFound):
        outbox.answer(copy_of(office, office.wang).id, office.chen, "我替他答")
    with pytest.raises(NotFound):
        outbox.answer(99, office.chen, "没有的")


def test_two_answers_at_once_are_one(app, office):
    office.send("催办", kind="urge", to=[office.wang], sender=office.chen)
    mine = copy_of(office, office.wang).id
    office.session.rollback()
    results = at_once(app, *[lambda: outbox.answer(mine, office.wang, "好")] * 4)
    assert sum(isinstance(each, Conflict) for each in results) == 3, results
    assert queries.unread(office.session, office.chen.id) == 1


def test_the_unread_come_first_then_the_newest(office):
    for number in range(4):
        office.send(f"第{number}条", to=[office.wang], kind="urge" if number == 3 else "rung")
    copies = {message.subject: copy.id for copy, message in queries.inbox(office.session, office.wang.id)}
    outbox.read(office.wang.id, [copies["第3条"]])

    def subjects(**given):
        office.session.rollback()
        return [message.subject for _, message in queries.inbox(office.session, office.wang.id, **given)]

    assert subjects() == ["第2条", "第1条", "第0条", "第3条"]
    assert subjects(kind="urge") == ["第3条"]
    assert subjects(only_unread=True, limit=2, skip=1) == ["第1条", "第0条"]


def test_who_was_told_is_one_statement_however_many(office, statements, channel):
    channel()
    ids = [office.send(f"第{number}条", to=[office.wang, office.chen]).id for number in range(20)]
    outbox.deliver()
    office.session.rollback()
    with statements.counted() as count:
        found = queries.told(office.session, ids)
    assert len(count.sql) == 1, count
    assert [(each.name, each.mail) for each in found[ids[0]]] == [("王晓芳", "waiting"), ("陈建国", "waiting")]
    assert queries.told(office.session, []) == {}


def test_the_unread_count_is_one_statement(office, statements):
    office.send(to=[office.wang])
    office.session.rollback()
    with statements.counted() as count:
        assert queries.unread(office.session, office.wang.id) == 1
    assert len(count.sql) == 1, count


def test_an_answer_about_a_case_stands_in_its_history(session, at, wall):
    from random import Random

    from registers.demonstration.acts import Plan
    from tests.support.township import START, Township, family_of_three

    at(f"{START:%Y-%m-%d %H:%M}")
    town = Township(session)
    case = town.apply(Plan(family_of_three(), Random(1)))  # noqa: S311 -- synthetic people
    from engine.outbox.operations import enqueue
    from engine.transactions import scratch

    with scratch() as writing:
        enqueue(
            writing,
            kind="urge",
            subject="催办",
            to=[town.people["clerk"]],
            instance_id=case.id,
            now=START,
            sender=town.people["director"],
        )
    ((mine, _),) = queries.inbox(session, town.people["clerk"].id, kind="urge")
    outbox.answer(mine.id, town.people["clerk"], "今天办")
    last = history(session, case.id)[-1]
    assert (last.verb, last.actor_name, last.after) == ("recipient:message:answered", "王晓芳", {"subject": "催办"})
    said = queries.about(session, case.id)
    assert [(each.message.subject, each.told[0].answer) for each in said] == [("催办", "今天办")]
    assert verify(session).ok
