"""Dates, money and clauses in words."""

from __future__ import annotations

from datetime import date

import pytest

from engine import clock
from engine.calendar.days import national
from web import words


@pytest.mark.parametrize(("fen", "said"), [(None, "—"), (0, "0 元"), (74000, "740 元"), (123456, "1,234.56 元")])
def test_money(fen, said):
    assert words.yuan(fen) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [("3wd", "3 个工作日"), ("7d", "7 天"), ("1m", "1 个月"), ("days", "days"), (None, "—"), ("", "—")],
)
def test_lengths(length, said):
    assert words.length(length) == said


@pytest.mark.parametrize(
    ("now", "light", "said"),
    [
        ("2026-03-02 09:00", "green", "剩 3 个工作日"),
        ("2026-03-05 23:59", "yellow", "今天到期"),
        ("2026-03-06 00:00", "red", "超期 1 天"),
    ],
)
def test_a_deadline_is_judged_when_asked(at, monkeypatch, now, light, said):
    monkeypatch.setattr(words, "calendar", national)
    at(now)
    found = words.due(clock.end_of(date(2026, 3, 5)))
    assert (found.light, found.words) == (light, said)
    assert words.due(None).words == "无期限"


def test_an_alarm_that_has_come_is_no_breach(at, monkeypatch):
    monkeypatch.setattr(words, "calendar", national)
    at("2026-03-09 09:00")
    found = words.alarm(clock.end_of(date(2026, 3, 5)))
    assert (found.light, found.words) == ("yellow", "已到预警时点")
    assert words.alarm(clock.end_of(date(2026, 3, 12))).words == "剩 3 个工作日"
