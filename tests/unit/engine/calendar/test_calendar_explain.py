"""The explanation that `doudi due` prints."""

import json

import pytest

from engine.calendar.days import national
from engine.calendar.explain import explain
from engine.errors import Invalid


def test_thirty_working_days_over_the_spring_festival():
    told = explain("2026-02-10", "30wd", national())
    assert list(told) == ["due", "raw", "provisional", "why"]
    assert (told["due"], told["raw"], told["provisional"]) == ("2026-03-30", "2026-03-30", False)
    text = "".join(told["why"])
    for fact in (
        "不计入（《民法典》第201条）",
        "2026-02-15至2026-02-23（春节）放假",
        "2026-02-14（春节调休）上班",
        "2026-02-28（春节调休）上班",
        "《行政许可法》第82条",
        "24时届满",
    ):
        assert fact in text
    assert json.loads(json.dumps(told)) == told


def test_a_rolled_publicity_names_the_holiday_and_the_clause():
    text = "".join(explain("2026-02-10", "7d", national())["why"])
    assert "期满日为2026-02-17（周二）" in text
    assert "顺延至其后第一个工作日2026-02-24（周二）（《民法典》第203条" in text


def test_month_end_is_said():
    assert "没有对应日，以月末日为期满日" in "".join(explain("2026-01-31", "1m", national())["why"])
    assert "到期月的对应日为期满日" in "".join(explain("2026-03-10", "1m", national())["why"])


def test_zero_and_provisional_are_said():
    text = "".join(explain("2999-01-05", "0d", national())["why"])
    assert "当日" in text
    assert "暂定" in text


@pytest.mark.parametrize(
    "start",
    [
        "",
        "20260210",
        "2026-2-10",
        "2026-W07-2",
        "2026-02-30",
        "2026-02-10T00:00",
        "0000-01-01",
        "今天",
        None,
        5,
    ],
)
def test_a_wrong_date_is_refused_in_words(start):
    with pytest.raises(Invalid, match="2026-02-10") as caught:
        explain(start, "7d", national())
    assert caught.value.problems[0]["field"] == "start"


def test_a_wrong_length_is_refused_in_words():
    with pytest.raises(Invalid, match="30wd"):
        explain("2026-02-10", "30", national())
