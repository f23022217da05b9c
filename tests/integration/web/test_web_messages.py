"""The messages' page, the count in the head, the channels' page, addresses of accounts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.journal.models import JournalEntry
from engine.outbox import operations as outbox
from engine.outbox import queries, settings
from engine.outbox.models import Copy, Robot
from engine.transactions import scratch
from registers.accounts.models import Account
from web.cli.doctor import Amiss, channels

URL = "https://oapi.dingtalk.com/robot/send?access_token=abc123token"


def text(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def send(session, township):
    """`send("clerk", subject, …)` gives the id of the copy."""

    def make(*usernames, subject="高仁低保2026-0001 催办", **given):
        plain = {"kind": "urge", "body": "请今天办理。", "sender": township.people["director"], "now": clock.now()}
        with scratch() as writing:
            people = [township.people[each] for each in usernames]
            message = outbox.enqueue(writing, subject=subject, to=people, **{**plain, **given})
            writing.flush()
            return writing.scalar(select(Copy.id).where(Copy.message_id == message.id).order_by(Copy.id))

    return make


def robot_form(**changed):
    form = {"kind": "dingtalk", "name": "民政工作群", "area": "pingluo/gaoren", "url": URL, "secret": "SECdoudi"}
    return {**form, "kinds": ["urge", "rung"], "digest": "1", **changed}


def test_a_message_is_counted_opened_and_read(visit, send):
    visitor = visit("clerk")
    copy = send("clerk")
    page = text(visitor.get("/desk/messages"))
    assert '<span class="dd-unread">1<' in page
    assert "高仁低保2026-0001 催办" in page
    assert "未读" in page
    opened = visitor.get(f"/desk/messages/{copy}")
    assert "请今天办理。" in text(opened)
    page = text(visitor.get("/desk/messages"))
    assert "dd-unread" not in page
    assert "今天" in page


def test_somebody_elses_message_is_not_there(visit, send, session):
    copy = send("clerk")
    visitor = visit("director")
    assert visitor.get(f"/desk/messages/{copy}").status_code == 404
    visitor.get("/desk/messages")
    assert visitor.post(f"/desk/messages/{copy}/answer", {"answer": "替他答"}).status_code == 404
    session.rollback()
    kept = session.get(Copy, copy, populate_existing=True)
    assert (kept.read_at, kept.answer) == (None, None)


def test_an_answer_reaches_the_sender(visit, send):
    copy = send("clerk")
    visitor = visit("clerk")
    visitor.get(f"/desk/messages/{copy}")
    refused = visitor.post(f"/desk/messages/{copy}/answer", {"answer": " "})
    assert refused.status_code == 422
    assert "回复请写 1 到 500 个字" in text(refused)
    long = "长" * 501
    assert long in text(visitor.post(f"/desk/messages/{copy}/answer", {"answer": long}))
    assert visitor.post(f"/desk/messages/{copy}/answer", {"answer": "今天下午<b>入户</b>"}).status_code == 302
    assert "今天下午&lt;b&gt;入户&lt;/b&gt;" in text(visitor.get(f"/desk/messages/{copy}"))
    assert visitor.post(f"/desk/messages/{copy}/answer", {"answer": "再答"}).status_code == 409
    assert "回复：高仁低保2026-0001 催办" in text(visit("director").get("/desk/messages"))


def test_an_expired_token_keeps_the_answer(visit, send):
    copy = send("clerk")
    visitor = visit("clerk")
    visitor.get(f"/desk/messages/{copy}")
    answer = visitor.post(f"/desk/messages/{copy}/answer", {"answer": "写了一半的话"}, token="stale")
    assert answer.status_code == 400
    assert "写了一半的话" in text(answer)


@pytest.mark.parametrize("path", ["/desk/messages/read", "/admin/channels/again", "/admin/channels/robots"])
def test_nothing_changes_without_a_token(visit, send, session, path):
    send("admin")
    visitor = visit("admin")
    assert visitor.post(path, robot_form(copy="all"), token="stale").status_code == 400
    session.rollback()
    assert session.scalar(select(Copy.read_at)) is None
    assert session.scalar(select(Robot.id)) is None


def test_everything_is_read_at_once(visit, send, session, township):
    for _ in range(3):
        send("clerk", "director")
    visitor = visit("clerk")
    visitor.get("/desk/messages")
    visitor.post("/desk/messages/read")
    assert "已把 3 条消息标为已读" in text(visitor.get("/desk/messages"))
    assert queries.unread(session, township.people["director"].id) == 3


def test_the_list_is_filtered_and_turned(visit, send):
    for number in range(31):
        send("clerk", subject=f"第{number:02d}条", kind="rung" if number else "urge")
    visitor = visit("clerk")
    page = text(visitor.get("/desk/messages"))
    assert "第30条" in page
    assert "第00条" not in page
    assert "第00条" in text(visitor.get("/desk/messages?page=2"))
    found = text(visitor.get("/desk/messages?kind=urge&unread=1"))
    assert "第00条" in found
    assert "第30条" not in found
    for odd in ("?page=-3", "?page=x", "?page=999999999999999999999", "?kind=<b>", "?unread=2"):
        assert visitor.get(f"/desk/messages{odd}").status_code == 200


def test_the_count_says_when_something_new_is_there(visit, send):
    visitor = visit("clerk")
    answer = visitor.get("/desk/messages/unread?had=0")
    assert "HX-Trigger" not in answer.headers
    send("clerk")
    answer = visitor.get("/desk/messages/unread?had=0")
    assert answer.headers["HX-Trigger"] == "messages-changed"
    assert "had=1" in text(answer)
    assert visit().get("/desk/messages/unread").status_code == 302


def test_asking_for_the_count_keeps_no_session_alive(visit, send, monkeypatch):
    visitor = visit("clerk")
    real, moved = clock.wall, timedelta()
    monkeypatch.setattr(clock, "wall", lambda: real() + moved)
    for minutes in (10, 20, 29):
        moved = timedelta(minutes=minutes)
        answer = visitor.get("/desk/messages/unread", headers={"X-Polling": "1", "HX-Request": "true"})
        assert answer.status_code == 200
    moved = timedelta(minutes=31)
    answer = visitor.get("/desk/messages/unread", headers={"X-Polling": "1", "HX-Request": "true"})
    assert answer.status_code == 401


def test_the_count_costs_one_statement_a_page(visit, statements, township):
    visitor = visit("clerk")
    visitor.get("/parameters")
    with statements.counted() as count:
        visitor.get("/desk/messages/1")
    asked = [sql for sql in count.sql if "count(*)" in sql and "message_copy" in sql]
    assert len(asked) == 1, count


def test_the_case_says_who_was_told_and_what_they_said(visit, township, plan, send, session):
    case = township.apply(plan)
    copy = send("clerk", "investigator", instance_id=case.id, subject="高仁低保2026-0001 催办受理")
    visitor = visit("clerk")
    visitor.get(f"/desk/messages/{copy}")
    visitor.post(f"/desk/messages/{copy}/answer", {"answer": "材料还差户口簿"})
    page = text(visit("director").get(f"/cases/{case.id}?tab=history"))
    assert "催办与提醒记录" in page
    assert re.search(r"王晓芳</strong>.*已读", page)
    assert re.search(r"张志强</strong>.*未读", page)
    assert "回复：材料还差户口簿" in page
    assert "回复了消息“高仁低保2026-0001 催办受理”" in page


def test_the_channels_are_the_administrators(visit, township):
    assert visit("clerk").get("/admin/channels").status_code == 403
    page = text(visit("admin").get("/admin/channels"))
    assert "未启用：没有设置邮件服务器" in page
    assert "08:30" in page
    visitor = visit("director")
    visitor.get("/desk/")
    for path in ("/admin/channels/again", "/admin/channels/robots"):
        assert visitor.post(path, robot_form(copy="all")).status_code == 403


def test_a_robots_address_is_never_shown_again(visit, township, session):
    visitor = visit("admin")
    visitor.get("/admin/channels")
    assert visitor.post("/admin/channels/robots", robot_form()).status_code == 302
    robot = session.scalar(select(Robot))
    shown = [text(visitor.get("/admin/channels")), text(visitor.get(f"/admin/channels/robots/{robot.id}"))]
    refused = visitor.post(f"/admin/channels/robots/{robot.id}", robot_form(name="", secret="SECother"))
    assert refused.status_code == 422
    shown.append(text(refused))
    for page in shown:
        assert "oapi.dingtalk.com/…oken" in page
        for secret in ("abc123token", "SECdoudi", "SECother"):
            assert secret not in page
    assert visitor.get("/admin/channels/robots/99").status_code == 404


def test_a_wrong_robot_says_so_at_its_fields(visit, township):
    visitor = visit("admin")
    visitor.get("/admin/channels")
    answer = visitor.post("/admin/channels/robots", robot_form(url="https://evil.example/?x=1", kinds=[], area=""))
    assert answer.status_code == 422
    page = text(answer)
    for message in ("钉钉机器人的地址应以 https://oapi.dingtalk.com/ 开头。", "请选择地区。", "请至少选择一种消息。"):
        assert message in page
    assert 'value="民政工作群"' in page


def test_a_test_that_fails_says_why(app, visit, township, session, monkeypatch):
    visitor = visit("admin")
    visitor.get("/admin/channels")
    visitor.post("/admin/channels/robots", robot_form())
    monkeypatch.setattr("engine.outbox.robots.send", lambda *_given: "机器人地址 10 秒没有回答。")
    visitor.post(f"/admin/channels/robots/{session.scalar(select(Robot.id))}/test")
    assert "测试消息没有发出：机器人地址 10 秒没有回答。" in text(visitor.get("/admin/channels"))


def test_what_failed_is_listed_and_tried_again(visit, township, send, session):
    send("clerk")
    with scratch() as writing:
        copy = writing.scalar(select(Copy))
        for number in range(2):
            writing.add(
                Copy(
                    message_id=copy.message_id,
                    channel="mail",
                    account_id=100 + number,
                    robot_id=0,
                    attempts=8,
                    name="王晓芳",
                    state="failed",
                    error="邮件服务器不收这个收件地址：550。",
                )
            )
    visitor = visit("admin")
    page = text(visitor.get("/admin/channels"))
    assert "邮件服务器不收这个收件地址：550。" in page
    one = session.scalar(select(Copy.id).where(Copy.state == "failed").order_by(Copy.id))
    visitor.post("/admin/channels/again", {"copy": one})
    session.rollback()
    assert session.get(Copy, one, populate_existing=True).state == "waiting"
    visitor.post("/admin/channels/again", {"copy": "all"})
    assert visitor.post("/admin/channels/again", {"copy": "all"}).status_code == 409
    assert visitor.post("/admin/channels/again", {"copy": "x"}).status_code == 404
    session.rollback()
    again = session.scalars(select(JournalEntry).where(JournalEntry.verb == "admin:messages:retried")).all()
    assert [each.after for each in again] == [{"count": 1}, {"count": 1}]


def test_a_wrong_mail_setting_is_said_not_fatal(app, visit, township):
    settings.use({"DOUDI_SMTP": "smtp://u:geheim@mail.example.cn", "DOUDI_MAIL_FROM": "a@b.cn"})
    page = text(visit("admin").get("/admin/channels"))
    assert "不加密地发出去" in page
    assert "geheim" not in page


def test_my_own_address(visit, township, session):
    visitor = visit("clerk")
    assert "我的账号" in text(visitor.get("/account/password"))
    refused = visitor.post("/account/email", {"email": "wang@"})
    assert refused.status_code == 422
    assert 'value="wang@"' in text(refused)
    for wrong in ("a@b.cn\r\nBcc: c@d.cn", "王@example.cn", "a b@example.cn", "x" * 120 + "@b.cn", "<a@b.cn>"):
        assert visitor.post("/account/email", {"email": wrong}).status_code == 422
    assert visitor.post("/account/email", {"email": " wang@example.cn "}).status_code == 302
    session.rollback()
    mine = session.scalar(select(Account).where(Account.username == "clerk").execution_options(populate_existing=True))
    assert mine.email == "wang@example.cn"
    entry = session.scalars(select(JournalEntry).where(JournalEntry.verb == "account:email:set")).one()
    assert (entry.before, entry.after) == ({"set": False}, {"username": "clerk", "set": True})
    visitor.post("/account/email", {"email": ""})
    session.rollback()
    assert session.get(Account, mine.id, populate_existing=True).email is None


def test_an_administrator_sets_anybodys_address_and_nobody_else_does(visit, township, session):
    clerk = township.people["clerk"].id
    visitor = visit("admin")
    visitor.get("/admin/accounts")
    refused = visitor.post(f"/admin/accounts/{clerk}/email", {"email": "kaputt"})
    assert refused.status_code == 422
    assert 'value="kaputt"' in text(refused)
    assert visitor.post(f"/admin/accounts/{clerk}/email", {"email": "wang@example.cn"}).status_code == 302
    assert "wang@example.cn" in text(visitor.get("/admin/accounts"))
    assert visitor.post("/admin/accounts/9999/email", {"email": "a@b.cn"}).status_code == 404
    other = visit("director")
    other.get("/desk/")
    assert other.post(f"/admin/accounts/{clerk}/email", {"email": "evil@example.cn"}).status_code == 403
    session.rollback()
    assert session.get(Account, clerk, populate_existing=True).email == "wang@example.cn"


def test_the_doctor_names_what_was_not_sent_and_what_is_set_wrongly(app, send, session):
    assert "消息只在系统内送达" in channels(app)
    copy = send("clerk")
    with scratch() as writing:
        writing.get(Copy, copy).state = "failed"
    with pytest.raises(Amiss, match="1条消息没有发出"):
        channels(app)
    settings.use({"DOUDI_SMTP": "mail.example.cn"})
    with pytest.raises(Amiss, match="DOUDI_SMTP"):
        channels(app)
