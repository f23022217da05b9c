"""What an ID number says, what is said of a wrong one, and fields that take their value from it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import forms
from engine.forms import identity, kinds, places

FORM = {
    "type": "default",
    "schemaVersion": 18,
    "id": "who",
    "components": [
        {"type": "textfield", "key": "id_number", "label": "身份证号", "properties": {"kind": "id_number"}},
        {
            "type": "datetime", "subtype": "date", "key": "birth", "dateLabel": "出生日期",
            "properties": {"by_id": "id_number.birth"},
        },
        {
            "type": "select", "key": "sex", "label": "性别", "properties": {"by_id": "id_number.sex"},
            "values": [{"label": "男", "value": "m"}, {"label": "女", "value": "f"}],
        },
        {"type": "textfield", "key": "home", "label": "原籍", "properties": {"by_id": "id_number.home"}},
    ],
}  # fmt: skip


def number(area: str = "640221", birth: str = "19550301", sequence: str = "001") -> str:
    return area + birth + sequence + kinds.check_digit(area + birth + sequence)


def form(schema=FORM):
    made, problems = forms.parse(schema, "who")
    assert problems == []
    return made


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)),
       st.integers(0, 999))  # fmt: skip
def test_what_a_number_says_is_what_it_was_made_of(birth, sequence):
    found = kinds.identity(number(birth=f"{birth:%Y%m%d}", sequence=f"{sequence:03d}"))
    assert (found.birth, found.sex) == (birth, "男" if sequence % 2 else "女")
    assert identity.told(found, "birth") == birth.isoformat()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("640221", "宁夏回族自治区石嘴山市平罗县"),
        ("640222", "宁夏回族自治区石嘴山市陶乐县"),  # No longer a county; many numbers begin with it.
        ("642226", "宁夏回族自治区固原地区彭阳县"),
        ("640298", "宁夏回族自治区石嘴山市（县区代码 98 不在对照表中）"),
        ("620102", "甘肃省（县区不在对照表中）"),
        ("990101", ""),
    ],
)
def test_places_are_known_or_said_to_be_unknown(code, said):
    assert places.home(code) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("64022119550301001", "现在是 17 位"),
        ("64O221195503010013", "第 3 位是字母 O，可能应为数字 0"),
        ("640221195513010013", "19551301 不存在，请对照身份证核对第 7 至 14 位"),
        ("940221195503010013", ""),
    ],
)
def test_a_fault_names_its_place_where_it_is_known(text, said):
    assert said in kinds.id_number(text)[1]


def test_a_wrong_check_digit_names_no_place_and_never_the_digit_that_would_fit():
    right = number()
    for digit in "0123456789X":
        if digit == right[17]:
            continue
        fault = kinds.id_number(right[:17] + digit)[1]
        assert fault == "校验不通过，有一位或几位输错了，请对照身份证逐位核对"
    assert "前两位 84 不是任何省级代码" in kinds.id_number("84" + right[2:])[1]


def test_a_number_fills_what_it_decides():
    found = forms.submit(form(), {"id_number": [number()]}, {})
    assert found.problems == []
    assert found.values == {
        "id_number": number(), "birth": "1955-03-01", "sex": "m", "home": "宁夏回族自治区石嘴山市平罗县",
    }  # fmt: skip


def test_what_contradicts_the_number_is_a_problem_at_its_field_and_a_place_is_not():
    given_ = {"id_number": [number()], "birth": ["1955-03-02"], "sex": ["f"], "home": ["贺兰"]}
    found = forms.submit(form(), given_, {})
    assert [(each.field, "与身份证号不一致" in each.message) for each in found.problems] == [
        ("birth", True),
        ("sex", True),
    ]
    assert "号码里是 1955-03-01" in found.problems[0].message


def test_a_wrong_number_fills_nothing():
    found = forms.submit(form(), {"id_number": [number()[:17] + "?"]}, {})
    assert [each.field for each in found.problems] == ["id_number"]


@pytest.mark.parametrize(
    ("at", "value", "told"),
    [
        (1, "nothing.birth", "要指向同一组里"),
        (1, "id_number.sex", "应写成"),
        (1, "id_number.age", "应写成"),
        (3, "birth.home", "要指向同一组里"),
    ],
)
def test_a_setting_that_cannot_be_is_told(at, value, told):
    schema = json.loads(json.dumps(FORM))
    schema["components"][at]["properties"]["by_id"] = value
    made, problems = forms.parse(schema, "who")
    assert made is None
    assert any(told in each.message for each in problems)
