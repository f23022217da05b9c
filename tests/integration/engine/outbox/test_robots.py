"""Group robots: what is posted, what is believed, where a post may go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from engine.errors import Invalid, NotFound, Refused
from engine.journal.models import JournalEntry
from engine.outbox import operations as outbox
from engine.outbox import queries
from engine.outbox.group import operations as group

SEND = "/robot/send?access_token=abc123token"


@pytest.fixture
def url(channel, robot_server):
    channel(DOUDI_SMTP="")
    return robot_server.origin + SEND


def test_a_dingtalk_post_is_signed_and_names_nobody(office, wall, url, robot_server):
    office.robot(url, secret="SECdoudi")
    office.send("高仁低保2026-0001 初审意见 超期 2 天", to=[office.wang], instance_id=None)
    office.send("催办 [点这里](http://evil.example) <@all> 640221196503102219", kind="urge", to=[office.wang])
    outbox.deliver()
    ((path, body),) = robot_server.posts
    asked = parse_qs(urlsplit(path).query)
    stamp = asked["timestamp"][0]
    assert stamp == str(int(wall.now.timestamp() * 1000))
    code = hmac.new(b"SECdoudi", f"{stamp}\nSECdoudi".encode(), hashlib.sha256).digest()
    assert asked["sign"] == [base64.b64encode(code).decode()]
    assert body["msgtype"] == "markdown"
    text = body["markdown"]["text"]
    assert text.index("催办") < text.index("期限提醒")
    assert "[高仁低保2026-0001 初审意见 超期 2 天](https://doudi.example.cn/desk/messages)" in text
    for kept_in in ("马德福", "王晓芳", "640221196503102219", "<@all>", "](http://evil"):
        assert kept_in not in text
    assert office.states("robot") == ["sent"] * 2


def test_a_wecom_post_is_short_enough(office, url, robot_server):
    office.robot(url, kind="wecom")
    for number in range(30):
        office.send(f"高仁低保2026-{number:04d} " + "很长的说明" * 30, to=[office.wang])
    outbox.deliver()
    ((path, body),) = robot_server.posts
    assert path == SEND
    assert len(body["markdown"]["content"].encode()) <= 4096
    assert "另有 18 条" in body["markdown"]["content"]


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (200, b'{"errcode": 310000, "errmsg": "sign not match"}', "加签密钥"),
        (200, b'{"errcode": 99, "errmsg": "odd"}', "错误 99）：odd"),
        (200, b"<html>", "读不懂"),
        (200, b"[]", "读不懂"),
        (200, b"x" * 70_000, "太长"),
        (500, b"", "HTTP 500"),
        (302, b"", "HTTP 302"),
    ],
)
def test_only_errcode_0_is_believed(office, url, robot_server, status, said, words):
    there = office.robot(url)
    headers = {"Location": f"{robot_server.origin}/elsewhere"} if status == 302 else {}
    robot_server.say(status, said, **headers)
    office.send(to=[office.wang])
    outbox.deliver()
    (copy,) = office.copies("robot")
    assert copy.state == "waiting"
    assert words in copy.error
    assert "abc123token" not in copy.error
    assert len(robot_server.posts) == 1  # A redirect was not followed.
    robot_server.say(status, said, **headers)
    assert words in group.test(office.wu, there.id)


def test_a_robot_speaks_less_than_twenty_times_a_minute(office, wall, url, robot_server):
    office.robot(url)
    for number in range(60):
        office.send(f"第{number}条", to=[office.wang])
        outbox.deliver()
        wall.on(seconds=1)
    assert len(robot_server.posts) <= 20
    wall.on(seconds=10)
    outbox.deliver()
    assert set(office.states("robot")) == {"sent"}


def test_what_waits_for_a_robot_that_was_switched_off_is_given_up(office, wall, url):
    there = office.robot(url, digest=True)
    office.send(to=[office.wang])
    outbox.deliver()
    given = group.Given("dingtalk", there.name, there.area, "", "", there.kinds, digest=True, active=False)
    group.change(office.wu, there.id, given)
    wall.to("2026-03-11 09:00")
    outbox.deliver()
    ((copy, _),) = queries.failed(office.session)
    assert copy.error == "这个群机器人已停用。"


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("dingtalk", "http://oapi.dingtalk.com/robot/send?access_token=x"),
        ("dingtalk", "https://oapi.dingtalk.com.evil.example/robot/send?access_token=x"),
        ("dingtalk", "https://oapi.dingtalk.com@evil.example/?access_token=x"),
        ("dingtalk", "https://oapi.dingtalk.com:8443/?access_token=x"),
        ("dingtalk", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"),
        ("wecom", "https://oapi.dingtalk.com/robot/send?access_token=x"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"),
        ("wecom", "https://127.0.0.1/?key=x"),
        ("wecom", "https://[::1/?key=x"),
        ("wecom", "https://qyapi.weixin.qq.com/?key=x y"),
        ("wecom", "https://qyapi.weixin.qq.com/?key=甲"),
        ("wecom", ""),
    ],
)
def test_no_other_address_is_taken(office, kind, address):
    with pytest.raises(Invalid) as refused:
        office.robot(address, kind=kind)
    assert [each["field"] for each in refused.value.problems] == ["url"]


def test_everything_that_is_wrong_with_a_robot_is_said_at_once(office):
    with pytest.raises(Invalid) as refused:
        office.robot("x", kind="telegram", name=" ", area="", kinds=["all"], secret="密")
    assert {each["field"] for each in refused.value.problems} == {"kind", "name", "area", "kinds", "secret"}


def test_address_and_secret_are_sealed_and_never_journalled(office, url, session):
    there = office.robot(url, secret="SECdoudi")
    given = group.Given("dingtalk", "新名", there.area, url + "9", "SECother", ["rung"], digest=True)
    group.change(office.wu, there.id, given)
    session.rollback()
    raw = session.execute(sa.text("SELECT url, secret FROM robot")).one()
    entries = session.scalars(sa.select(JournalEntry).where(JournalEntry.stream == "channels")).all()
    words = json.dumps([(each.before, each.after) for each in entries], ensure_ascii=False)
    assert [each.verb for each in entries] == ["admin:robot:added", "admin:robot:changed"]
    for secret in ("abc123token", "SECdoudi", "SECother"):
        assert secret not in words
        assert all(secret.encode() not in bytes(column) for column in raw)
    assert queries.hint(queries.robots(session)[0]) == "127.0.0.1/…ken9"


def test_an_empty_address_leaves_the_one_that_is_there(office, url, robot_server):
    there = office.robot(url, secret="SECdoudi")
    group.change(office.wu, there.id, group.Given("wecom", "新名", there.area, "", "", ["rung"], digest=True))
    assert group.test(office.wu, there.id) is None
    ((path, body),) = robot_server.posts
    assert path.startswith(SEND)
    assert "&sign=" in path
    assert body["markdown"]["title"] == "兜底：测试消息"


def test_only_administrators_of_the_area(office, url):
    there = office.robot(url, area="pingluo")
    with pytest.raises(Refused):
        group.add(office.chen, group.Given("dingtalk", "群", "pingluo", url, "", ["rung"], digest=False))
    small = office.person("small", "小管", "admin", None)
    for act in (
        lambda: group.add(small, group.Given("dingtalk", "群", "pingluo", url, "", ["rung"], digest=False)),
        lambda: group.change(small, there.id, group.Given("", "群", "pingluo/gaoren", "", "", ["rung"], digest=False)),
        lambda: group.test(small, there.id),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(NotFound):
        group.test(office.wu, 99)


def test_two_processes_let_a_robot_speak_once(app, office, url, robot_server):
    from tests.support.together import at_once

    office.robot(url)
    for number in range(5):
        office.send(f"第{number}条", to=[office.wang])
    office.session.rollback()
    results = at_once(app, *[outbox.deliver] * 4)
    assert not [each for each in results if isinstance(each, Exception)], results
    said = sum(body["markdown"]["text"].count("期限提醒：") for _, body in robot_server.posts)
    assert said == office.states("robot").count("sent")
    assert len(robot_server.posts) == 1
