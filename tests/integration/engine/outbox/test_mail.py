"""Mail that really goes out: one digest a person, retries, crashes, two processes at once."""

from __future__ import annotations

import socket

import pytest

from engine import clock
from engine.actors import SYSTEM
from engine.database import db
from engine.errors import Conflict, Refused
from engine.journal.queries import verify
from engine.outbox import digest, distribution, mail, queries
from engine.outbox import operations as outbox
from engine.transactions import scratch
from registers.areas import operations as areas
from tests.support.together import at_once

pytestmark = pytest.mark.mail


def test_a_digest_is_one_mail_and_names_nobody(office, wall, channel, listener, monkeypatch):
    channel()
    monkeypatch.setattr(digest.standing, "answer", lambda _session, _account: ["超期 2 项", "临近期限 1 项"])
    office.send("高仁低保2026-0002 家访 剩 1 天", to=[office.wang], instance_id=None)
    office.send("高仁低保2026-0003 督办单", kind="order", to=[office.wang], sender=office.chen)
    office.send("高仁低保2026-0004 催办", kind="urge", to=[office.wang])
    outbox.deliver()
    assert listener.letters == []
    wall.to("2026-03-11 08:30")
    assert outbox.deliver() == 1
    (letter,) = listener.letters
    assert letter["To"] == "wang@example.cn"
    assert letter["From"] == "doudi@gaoren.example.cn"
    assert letter["Subject"] == "[兜底] 您有 3 条消息"
    text = letter.get_content()
    assert text.index("【督办】") < text.index("【催办】") < text.index("【期限提醒】")
    assert "超期 2 项" in text
    assert "https://doudi.example.cn/desk/messages" in text
    whole = text + str(letter["Subject"]) + str(letter["To"])
    for kept_in in ("马德福", "陈建国", "王晓芳", "家的初审意见"):
        assert kept_in not in whole
    assert office.states("mail") == ["sent"] * 3
    assert outbox.deliver() == 0


def test_a_number_in_a_subject_never_leaves(office, wall, channel, listener):
    channel()
    office.send(
        "高仁低保2026-0002 640221196503102219 13995201234 6217001234567890123\r\nBcc: x@y.cn",
        to=[office.wang],
        urgent=True,
    )
    outbox.deliver()
    (letter,) = listener.letters
    assert letter["Bcc"] is None
    for text in (letter.get_content(), str(letter["Subject"])):
        assert "高仁低保2026-0002" in text
        for number in ("640221196503102219", "13995201234", "6217001234567890123"):
            assert number not in text


def test_what_is_urgent_goes_at_once(office, channel, listener):
    channel()
    office.send("急", urgent=True, to=[office.wang])
    office.send("不急", to=[office.wang])
    outbox.deliver()
    assert [str(each["Subject"]) for each in listener.letters] == ["[兜底] 急"]
    assert sorted(office.states("mail")) == ["sent", "waiting"]


def test_a_rest_day_lets_only_the_urgent_out(office, wall, channel, listener):
    channel()
    office.send("周五的", to=[office.wang])
    outbox.deliver()
    wall.to("2026-03-14 09:00")  # Saturday: the digest of Wednesday was missed, the machine was off.
    office.send("周六的急事", urgent=True, to=[office.wang])
    office.send("周六的", to=[office.wang])
    outbox.deliver()
    assert [str(each["Subject"]) for each in listener.letters] == ["[兜底] 周六的急事"]
    wall.to("2026-03-16 08:31")
    outbox.deliver()
    assert [str(each["Subject"]) for each in listener.letters][1:] == ["[兜底] 您有 2 条消息"]


def test_a_listener_that_refuses_is_asked_again_later_and_later(office, wall, channel, listener):
    channel()
    listener.refuse = "450 4.2.1 mailbox busy"
    office.send("急", urgent=True, to=[office.wang])
    outbox.deliver()
    waits = []
    for _ in range(6):
        (copy,) = office.copies("mail")
        assert "450 4.2.1 mailbox busy" in copy.error
        waits.append(round((copy.not_before - wall.now).total_seconds() / 60))
        assert outbox.deliver() == 0  # Not before its time.
        wall.now = copy.not_before
        assert outbox.deliver() == 1
    assert waits == [1, 5, 15, 60, 120, 240]
    listener.refuse = ""
    wall.on(hours=8)
    wall.to("2026-03-12 10:00")
    outbox.deliver()
    assert [str(each["Subject"]) for each in listener.letters] == ["[兜底] 急"]
    (copy,) = office.copies("mail")
    assert (copy.state, copy.error, copy.attempts) == ("sent", None, 8)


def test_after_eight_tries_somebody_must_look_at_it(office, wall, channel, listener):
    channel()
    areas.register(SYSTEM, [("pingluo", "平罗县")])
    listener.refuse = "550 no such mailbox"
    office.send("急", urgent=True, to=[office.wang])
    for _ in range(12):
        outbox.deliver()
        wall.on(hours=9)
    ((copy, message),) = queries.failed(office.session)
    assert (copy.state, copy.attempts, message.subject) == ("failed", 8, "急")
    assert "不收这个收件地址" in copy.error
    assert queries.backlog(office.session, clock.wall())["failed"] == 1
    with pytest.raises(Refused):
        outbox.try_again(office.wang)
    listener.refuse = ""
    assert outbox.try_again(office.wu, [copy.id]) == 1
    with pytest.raises(Conflict):
        outbox.try_again(office.wu, [copy.id])
    outbox.deliver()
    assert len(listener.letters) == 1
    assert office.states("mail") == ["sent"]
    assert verify(office.session).ok


def test_nobody_listening_costs_one_try_for_all(office, channel, wall):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    channel(DOUDI_SMTP=f"smtp://127.0.0.1:{port}")
    office.send("急", urgent=True, to=[office.wang, office.chen])
    assert outbox.deliver() == 3  # One message made into copies, two mails tried.
    assert all("连不上邮件服务器" in each.error for each in office.copies("mail"))


def test_one_refused_recipient_does_not_keep_the_others_waiting(office, channel, listener):
    channel()

    async def only_chen(_server, _session, envelope, address, _options):
        if address.startswith("wang"):
            return "550 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    listener.handle_RCPT = only_chen
    office.send("急", urgent=True, to=[office.wang, office.chen])
    outbox.deliver()
    assert [each["To"] for each in listener.letters] == ["chen@example.cn"]
    assert {each.name: each.state for each in office.copies("mail")} == {"王晓芳": "waiting", "陈建国": "sent"}


def test_nothing_is_sent_inside_a_transaction(office, channel, listener, monkeypatch):
    channel()
    open_then = []
    real = mail._connected

    def watched(smtp):
        open_then.append(db.session().in_transaction())
        return real(smtp)

    monkeypatch.setattr(mail, "_connected", watched)
    office.send("急", urgent=True, to=[office.wang])
    outbox.deliver()
    assert open_then == [False]
    assert len(listener.letters) == 1


def test_many_at_once_send_each_mail_once(app, office, channel, listener):
    channel()
    people = [office.person(f"p{number}", f"第{number}人", "clerk", f"p{number}@example.cn") for number in range(12)]
    for number in range(4):
        office.send(f"急{number}", urgent=True, to=people)
    office.session.rollback()
    results = at_once(app, *[outbox.deliver] * 4)
    assert not [each for each in results if isinstance(each, Exception)], results
    while outbox.deliver():
        pass
    assert set(office.states("mail")) == {"sent"}
    per_person = {}
    for letter in listener.letters:
        per_person.setdefault(letter["To"], []).append(letter["Message-ID"])
    assert len(per_person) == 12
    told = sum(text.count("· （紧急）急") for text in listener.texts())
    assert told == 48


def test_processes_that_claim_at_once_split_the_people_not_the_digests(app, office, channel, listener):
    channel()
    people = [office.person(f"p{number}", f"第{number}人", "clerk", f"p{number}@example.cn") for number in range(12)]
    for number in range(4):
        office.send(f"急{number}", urgent=True, to=people)
    with scratch() as session:
        distribution.distribute(session, clock.wall(), 100)
    office.session.rollback()
    at_once(app, *[outbox.deliver] * 4)
    while outbox.deliver():
        pass
    assert len(listener.letters) == 12  # Each person one mail with all four.
    assert all(text.count("· （紧急）急") == 4 for text in listener.texts())


def test_a_process_that_dies_before_the_outcome_sends_the_same_again(office, wall, channel, listener, monkeypatch):
    channel()
    office.send("一", urgent=True, to=[office.wang])
    office.send("二", urgent=True, to=[office.wang])

    def dies(*_given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_note", dies)
        with pytest.raises(KeyboardInterrupt):
            outbox.deliver()
    assert len(listener.letters) == 1
    assert outbox.deliver() == 0  # The claim still holds.
    office.send("三", urgent=True, to=[office.wang])
    wall.on(minutes=5)
    while outbox.deliver():
        pass
    first, *rest = [(each["Message-ID"], str(each["Subject"])) for each in listener.letters]
    # What may have gone out before is the same once more and known by its id; what came later is a mail of its own.
    assert first in rest
    assert sorted(subject for _, subject in rest) == sorted([first[1], "[兜底] 三"])
    assert office.states("mail") == ["sent"] * 3


def test_what_kills_every_process_ends_as_failed(office, wall, channel, monkeypatch):
    channel()
    office.send("一", urgent=True, to=[office.wang])

    def dies(*_given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mail, "send", dies)
        for _ in range(8):
            with pytest.raises(KeyboardInterrupt):
                outbox.deliver()
            wall.on(minutes=5)
    outbox.deliver()
    ((copy, _),) = queries.failed(office.session)
    assert "中断" in copy.error


def test_the_sender_is_not_mailed_their_own_words(office, channel):
    channel()
    office.send(role="director", sender=office.chen)
    with scratch() as session:
        distribution.distribute(session, clock.wall(), 100)
    assert office.states("mail") == []


def test_an_address_that_was_taken_away_is_said(office, channel, wall):
    from registers.accounts import operations as accounts

    channel()
    office.send(to=[office.wang])
    outbox.deliver()
    accounts.set_email(office.wang, office.wang.id, "")
    wall.to("2026-03-11 09:00")
    outbox.deliver()
    ((copy, _),) = queries.failed(office.session)
    assert copy.error == "这个账号没有邮箱地址，或已停用。"
