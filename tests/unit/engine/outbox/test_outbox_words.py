"""What leaves the house, the time of the digest, the signature."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import clock
from engine.calendar.days import national
from engine.outbox import parcels, robots
from engine.outbox.digest import next_digest, read_time
from engine.outbox.models import Message
from engine.outbox.parcels import Post
from engine.outbox.words import KINDS, outward, plain


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("08:30", time(8, 30)),
        (" 8:05 ", time(8, 5)),
        ("23：59", time(23, 59)),
        ("24:00", None),
        ("8点", None),
        (830, None),
    ],
)
def test_a_time_of_day(text, at):
    assert read_time(text) == at


@given(st.integers(0, 353 * 24 * 60), st.times())
def test_the_next_digest_is_the_first_instant_of_its_kind(minutes, at):
    wall = datetime(2026, 1, 1, tzinfo=clock.ZONE) + timedelta(minutes=minutes)
    found = next_digest(national(), at, wall)
    at = at.replace(second=0, microsecond=0)
    assert found > wall
    assert (found.hour, found.minute) == (at.hour, at.minute)
    assert national().is_workday(found.date())
    days = [wall.date() + timedelta(days=number) for number in range((found.date() - wall.date()).days)]
    earlier = [clock.instant(day, at.hour, at.minute) for day in days if national().is_workday(day)]
    assert all(each <= wall for each in earlier)


@given(st.text())
def test_no_long_number_and_no_second_line_leaves(text):
    said = outward(text + " 640221196503102219\r\nBcc: 13995201234")
    assert "640221196503102219" not in said
    assert "13995201234" not in said
    assert "\n" not in said
    assert "\r" not in said


@given(st.text(alphabet="[]()<>*_`#@all 甲"))
def test_nothing_is_markup_in_a_group(text):
    assert not set(plain(text)) & set("[]<>*_`#")


def test_case_numbers_are_left_as_they_are():
    assert outward("高仁低保2026-0001 初审意见 超期 2 天") == "高仁低保2026-0001 初审意见 超期 2 天"


@given(st.lists(st.integers(1, 10**6), min_size=1, unique=True))
def test_the_same_copies_have_the_same_identity(copies):
    assert parcels.identity(copies) == parcels.identity(copies[::-1])
    assert parcels.identity(copies) != parcels.identity([*copies, 10**7])


def test_a_letter_orders_by_what_presses():
    messages = [
        Message(id=number, kind=kind, subject=kind, urgent=False) for number, kind in enumerate(reversed(KINDS), 1)
    ]
    text = parcels.letter([1], messages, "a@b.cn", []).text
    places = [text.index(f"【{name}】") for name in KINDS.values()]
    assert places == sorted(places)


def test_the_signature_is_dingtalks(monkeypatch):
    instant = datetime.fromtimestamp(1_577_262_236.757, clock.ZONE)
    monkeypatch.setattr(clock, "wall", lambda: instant)
    url = "https://oapi.dingtalk.com/robot/send?access_token=x"
    post = Post((), "dingtalk", url, "this is secret", "", "")
    # Worked out with openssl: printf '1577262236757\nthis is secret' | openssl dgst -sha256 -hmac 'this is secret'
    assert (
        robots.signed(post) == f"{url}&timestamp=1577262236757&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D"
    )
    assert robots.signed(Post((), "dingtalk", url, "", "", "")) == url
    assert robots.signed(Post((), "wecom", url, "this is secret", "", "")) == url
