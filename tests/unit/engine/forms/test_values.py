"""Posted text to values and back."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import clock, forms
from engine.forms import kinds, values


def field(kind="textfield", **more):
    form, problems = forms.load(
        json.dumps({"components": [{"type": kind, "key": "x", "label": "项", **more}]}).encode(), "f"
    )
    assert form, problems
    return form.fields[0]


MONEY = {"properties": {"money": "yuan"}}


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1200", 120000), ("1200.5", 120050), ("１，２００．５０", 120050), ("¥1,200元", 120000), (" 0 ", 0), ("0.01", 1)],
)
def test_money_is_read_as_fen(text, fen):
    found = values.read(field("number", **MONEY), [text]).value
    assert found == fen
    assert type(found) is int


@pytest.mark.parametrize("text", ["1.234", "-1", "1,2000", "1e5", "abc", "1 200 三", "NaN", "9" * 40, "0x10"])
def test_bad_money_is_refused_with_advice(text):
    assert "“项”" in values.read(field("number", **MONEY), [text]).fault


def test_the_advice_for_money_shows_examples():
    fault = values.read(field("number", **MONEY), ["一千"]).fault
    assert fault == "“项”应为数字，最多两位小数，例如 1200 或 1200.50"


def test_negative_money_only_when_the_author_says_so():
    assert values.read(field("number", validate={"min": -100}, **MONEY), ["-50"]).value == -5000


@given(st.integers(0, 10**12))
def test_money_comes_back(fen):
    one = field("number", **MONEY)
    assert values.read(one, values.write(one, fen)).value == fen


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 3)) | st.integers(-(10**9), 10**9))
def test_numbers_come_back(number):
    one = field("number")
    assert values.read(one, values.write(one, number)).value == number


@pytest.mark.parametrize(
    ("more", "text", "word"),
    [
        ({"decimalDigits": 0}, "1.5", "整数"),
        ({"decimalDigits": 1}, "1.55", "1 位小数"),
        ({"validate": {"min": 2}}, "1", "不能小于 2"),
        ({"validate": {"max": 2}}, "3", "不能大于 2"),
        ({"increment": "0.5"}, "1.2", "按 0.5 递增"),
    ],
)
def test_limits_of_numbers(more, text, word):
    assert word in values.read(field("number", **more), [text]).fault


@pytest.mark.parametrize("text", ["2026-02-03", "2026/2/3", "2026年2月3日", "2026.02.03", "20260203", "２０２６-02-03"])
def test_days_are_read(text):
    assert values.read(field("datetime", dateLabel="日"), [text]).value == "2026-02-03"


@pytest.mark.parametrize("text", ["2026-02-30", "明天", "26-2-3", "1200-01-01", "2026-02-03T10:00", "2026-13-01"])
def test_bad_days_are_refused(text):
    assert values.read(field("datetime", dateLabel="日"), [text]).fault


def test_times_and_days_that_passed():
    assert values.read(field("datetime", subtype="datetime"), ["2026-02-03T09:30"]).value == "2026-02-03T09:30"
    assert values.read(field("datetime", subtype="time"), ["9:30"]).value == "09:30"
    assert values.read(field("datetime", subtype="time"), ["25:30"]).fault
    with clock.at(datetime(2026, 2, 4, tzinfo=clock.ZONE)):
        assert values.read(field("datetime", disallowPassedDates=True), ["2026-02-03"]).fault


OPTIONS = {"values": [{"label": "甲", "value": "a"}, {"label": "乙", "value": "b"}]}


@pytest.mark.parametrize("kind", ["select", "radio", "checklist", "taglist"])
def test_only_offered_options_are_taken(kind):
    one = field(kind, **OPTIONS)
    assert values.read(one, ["a"]).value in ("a", ["a"])
    assert values.read(one, ["甲"]).fault
    assert values.read(one, ["c"]).fault
    assert values.read(one, [""]).value == values.blank(one)


def test_one_answer_where_one_is_asked():
    assert values.read(field("radio", **OPTIONS), ["a", "b"]).fault
    assert values.read(field("checklist", **OPTIONS), ["b", "a", "a"]).value == ["a", "b"]
    assert values.read(field("checkbox"), ["maybe"]).fault


def test_text_is_bounded_and_clean():
    assert "最多 3 个字" in values.read(field(validate={"maxLength": 3}), ["一二三四"]).fault
    assert "至少 3 个字" in values.read(field(validate={"minLength": 3}), ["一二"]).fault
    assert values.read(field(validate={"pattern": "^[0-9]{3}$"}), ["12"]).fault
    assert values.read(field(), ["a\x00b"]).fault
    assert values.read(field(), ["a\nb"]).fault
    assert values.read(field("textarea"), ["a\r\nb"]).value == "a\nb"
    assert values.read(field(), ["x" * 501]).fault
    assert values.read(field(validate={"validationType": "email"}), ["a@b"]).fault


AREAS = st.sampled_from(["640221", "110105", "530381"])


@given(AREAS, st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999))
def test_identity_numbers(area, birth, order):
    body = f"{area}{birth:%Y%m%d}{order:03}"
    number = body + kinds.check_digit(body)
    normal, fault, _ = kinds.id_number(number.lower())
    assert (normal, fault) == (number, "")
    holder = kinds.identity(number)
    assert (holder.area, holder.birth, holder.sex) == (area, birth, "男" if order % 2 else "女")
    for wrong in set("0123456789X") - {number[17]}:
        assert kinds.id_number(body + wrong)[1]


@pytest.mark.parametrize(
    ("number", "word"),
    [("640221900101123", "18 位"), ("640221199002301234", "不存在"), ("640221209901011234", "不合理"), ("64", "18 位")],
)
def test_bad_identity_numbers_say_why(number, word):
    assert word in kinds.id_number(number)[1]
    assert kinds.identity(number) is None


def test_age_turns_on_the_birthday():
    body = "64022119900315123"
    holder = kinds.identity(body + kinds.check_digit(body))
    assert (holder.age(date(2026, 3, 14)), holder.age(date(2026, 3, 15))) == (35, 36)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("138 1234 5678", "13812345678"),
        ("+86-13812345678", "13812345678"),
        ("0952-6012345", "0952-6012345"),
        ("（0952）6012345", "0952-6012345"),
        ("１３８１２３４５６７８", "13812345678"),
    ],
)
def test_telephones(text, normal):
    assert kinds.phone(text)[:2] == (normal, "")


@pytest.mark.parametrize("text", ["12812345678", "1381234567", "6012345", "abc", ""])
def test_bad_telephones(text):
    assert kinds.phone(text)[1]


def test_accounts_only_warn_on_their_check_digit():
    assert kinds.bank_account("4111 1111 1111 1111") == ("4111111111111111", "", "")
    _, fault, warning = kinds.bank_account("4111111111111112")
    assert fault == ""
    assert warning
    assert kinds.bank_account("411111")[1]


@pytest.mark.parametrize("name", ["马·依不拉", "马•依不拉", "李四", "𠮷田", "John Smith", "张 三"])
def test_names(name):
    assert kinds.person_name(name)[1] == ""


@pytest.mark.parametrize("name", ["李", "李4", "<b>", "·马", "马·", "字" * 31])
def test_bad_names(name):
    assert kinds.person_name(name)[1]
