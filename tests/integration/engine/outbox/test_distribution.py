"""Who gets a copy of a message, and when it may go out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.outbox import distribution, queries
from engine.outbox import operations as outbox
from engine.outbox.models import Message
from engine.parameters import operations as parameters
from engine.transactions import scratch

TOWNSHIP = "pingluo/gaoren"


def test_the_holders_of_a_role_find_it_in_the_system(office):
    office.person("li", "李雪梅", "clerk", None)
    office.person("far", "远处人", "clerk", None, area="pingluo/other")
    office.send(role="clerk")
    assert outbox.deliver() == 1
    assert [(each.name, each.channel, each.state) for each in office.copies()] == [
        ("李雪梅", "app", "sent"),
        ("王晓芳", "app", "sent"),
    ]
    assert outbox.deliver() == 0


def test_a_vacant_role_goes_to_the_administrators(office):
    office.send(role="deputy")
    outbox.deliver()
    assert [each.name for each in office.copies()] == ["吴小军"]


def test_what_nobody_can_be_told_waits_and_shows(office, wall):
    office.send(role="deputy", area="elsewhere/town")
    assert outbox.deliver() == 0
    assert [each.role for each in queries.nobody(office.session)] == ["deputy"]
    assert queries.backlog(office.session, clock.wall())["waiting"] == 1
    # It does not hold up what comes after it.
    office.send("另一条", role="clerk")
    assert outbox.deliver(limit=1) == 1
    office.person("later", "后来人", "deputy", None, area="elsewhere")
    wall.on(minutes=11)
    assert outbox.deliver() == 1
    assert queries.nobody(office.session) == []
    assert queries.backlog(office.session, clock.wall())["waiting"] == 0


def test_named_people_have_it_at_once_and_once(office):
    message = office.send(to=[office.wang, office.wang, SYSTEM])
    assert [(each.account_id, each.message_id) for each in office.copies()] == [(office.wang.id, message.id)]
    outbox.deliver()
    assert len(office.copies()) == 1


def test_a_key_is_written_once(office):
    one = office.send(key="calendar:2027:2026-11", to=[office.wang])
    assert office.send(key="calendar:2027:2026-11", to=[office.wang]).id == one.id
    assert len(office.copies()) == 1


def test_without_a_mail_server_no_mail_waits(office):
    office.send(role="clerk", urgent=True)
    outbox.deliver()
    assert office.states("mail") == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-10 07:00", "2026-03-10 08:30"),
        ("2026-03-10 08:30", "2026-03-11 08:30"),
        ("2026-03-13 10:00", "2026-03-16 08:30"),  # Friday to Monday
        ("2026-09-30 10:00", "2026-10-08 08:30"),  # over the National Day
    ],
)
def test_what_does_not_press_waits_for_the_next_digest(office, wall, channel, now, due):
    channel()
    wall.to(now)
    office.send(role="clerk")
    outbox.deliver()
    (mail,) = office.copies("mail")
    assert mail.state == "waiting"
    assert f"{mail.not_before:%Y-%m-%d %H:%M}" == due


def test_a_time_of_digests_that_is_none_lets_nothing_wait_for_ever(office, wall, channel):
    channel()
    parameters.set_value(SYSTEM, "digest_time", "早上八点", wall.now.date(), "测试")
    office.send(role="clerk")
    with scratch() as session:
        distribution.distribute(session, clock.wall(), 10)
    (mail,) = office.copies("mail")
    assert mail.not_before == wall.now


def test_a_robot_hears_its_area_and_its_kinds(office, channel, robot_server):
    channel()
    url = f"{robot_server.origin}/robot/send?access_token=abc"
    office.robot(url, digest=True)
    office.robot(url, name="县里的群", area="pingluo", kinds=["rung"], digest=True)
    office.robot(url, name="红柳村的群", area=f"{TOWNSHIP}/hongliu", kinds=["rung"], digest=True)
    office.send(role="clerk")
    office.send("催办", kind="urge", to=[office.wang], area=f"{TOWNSHIP}/hongliu")
    outbox.deliver()
    heard = {(each.name, each.message_id) for each in office.copies("robot")}
    assert heard == {("民政工作群", 1), ("县里的群", 1), ("民政工作群", 2)}


def test_the_backlog_says_what_is_due_and_for_how_long(office, wall, channel):
    channel()
    office.send(role="clerk")
    wall.on(seconds=40)
    found = queries.backlog(office.session, clock.wall())
    assert found == {"waiting": 1, "due": 1, "failed": 0, "oldest_seconds": 40}
    outbox.deliver()
    found = queries.backlog(office.session, clock.wall())
    assert found == {"waiting": 1, "due": 0, "failed": 0, "oldest_seconds": 0}
    found = queries.backlog(office.session, clock.wall() + timedelta(days=1))
    assert found["due"] == 1


def test_delivered_messages_say_so(office):
    office.send(role="clerk")
    outbox.deliver()
    office.session.rollback()
    assert office.session.scalar(select(Message.delivered_at)) is not None
