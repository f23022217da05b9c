"""What expressions give: JSON values, exact numbers, the days of Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine import clock, feel

CONTEXT = {
    "a": 3,
    "text": "3",
    "nothing": None,
    "yes": True,
    "parameters": {"publicity_length": "7d", "standard": 56000},
    "members": [{"age": 20, "name": "张三"}, {"age": 70, "name": "李四"}],
    "家庭月收入": 2.5,
    "born": date(2026, 2, 28),
    "signed": datetime(2026, 2, 27, 17, 30, tzinfo=UTC),
    "today": "2026-03-05",
    "now": clock.instant(date(2026, 3, 5), 1),
    "list": [1, 2, 3],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a >= 1", True),
        ("0.1 + 0.2", 0.3),
        ("0.1 + 0.2 = 0.3", True),
        ("560 * 3 * 1.1", 1848),
        ("560 * 3 * 1.1 <= 1848", True),
        ("sum([0.1, 0.2]) = 0.3", True),
        ("1e3", 1000),
        ("- 3 + 1", -2),
        ("-a", -3),
        ("1 / 3", 0.333333333333),
        ("round half up(1.005, 2)", 1.01),
        ("decimal(2.5, 0)", 2),
        ("floor(0.57 * 100)", 57),
        ("median([10, 9, 1])", 9),
        ("家庭月收入 * 2", 5),
        ("parameters.standard - 1", 55999),
        ("if yes then 1 else 2", 1),
        ("nothing = null", True),
        ("nothing != null and nothing > 3", False),
        ("a = 3 or nothing > 3", True),
        ('get value(parameters, "none")', None),
        ("null", None),
        ("members[item.age > 60].name", ["李四"]),
        ("members[-1].name", "李四"),
        ("some m in members satisfies m.age > 60", True),
        ("every m in members satisfies m.age > 60", False),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in -1..0 return i", [-1, 0]),
        ("sort(list, function(x, y) x > y)", [3, 2, 1]),
        ("{x: 1, y: x + 1}", {"x": 1, "y": 2}),
        ("a in [1..5]", True),
        ("a in (1, 2)", False),
        ("a between 1 and 3", True),
        ('"a" + "乙"', "a乙"),
        ('string length("兜底")', 2),
        ('"it\'s == &&"', "it's == &&"),
    ],
)
def test_gives(expression: str, expected: object) -> None:
    found = feel.evaluate(expression, CONTEXT)

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("born", "2026-02-28"),
        ("signed", "2026-02-28T01:30:00+08:00"),
        ("date(signed)", "2026-02-28"),
        ('date("2026-02-27T17:30:00Z")', "2026-02-28"),
        ("today()", "2026-03-05"),
        ("now()", "2026-03-05T01:00:00+08:00"),
        ("date(now())", "2026-03-05"),
        ("today() > born", True),
        ("(today() - born).days", 5),
        ('born + duration("P30D")', "2026-03-30"),
        ('date("2026-01-31") + duration("P1M")', "2026-02-28"),
        ('date("2026-03-05") - date("2026-03-01")', "P4D"),
        ('duration("P30D")', "P30D"),
        ('string(duration("P30D"))', "P30D"),
        ('duration("P14M")', "P1Y2M"),
        ('duration("PT90M")', "PT1H30M"),
        ('years and months duration(date("2024-01-15"), date("2026-03-14"))', "P2Y1M"),
        ('date and time("2026-01-01T10:00:00")', "2026-01-01T10:00:00+08:00"),
        ('date and time("2026-01-01T10:00:00@Asia/Shanghai")', "2026-01-01T10:00:00+08:00"),
        ('time("10:00:00")', "10:00:00"),
        ("born.year", 2026),
        ("day of week(born)", "Saturday"),
    ],
)
def test_time_is_shanghais(expression: str, expected: object) -> None:
    assert feel.evaluate(expression, CONTEXT) == expected


def test_today_just_after_midnight_is_not_yesterday() -> None:
    after_midnight = clock.instant(date(2026, 3, 5), 0, 1)

    assert feel.evaluate("today()", {"today": after_midnight}) == "2026-03-05"
    assert feel.evaluate("date(now())", {"now": after_midnight}) == "2026-03-05"


def test_a_computed_context_is_not_kept() -> None:
    assert feel.evaluate("a", {"a": 1}) == 1
    assert feel.evaluate("a", {"a": 2}) == 2


def test_condition_is_a_boolean() -> None:
    assert feel.condition("a >= 1", CONTEXT) is True
    assert feel.condition("a < 1", CONTEXT) is False
