"""Reading a year's schedule: the real files of holiday-cn, and everything that can be wrong with one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.calendar.days import national_schedule
from engine.errors import Invalid
from engine.holidays import file
from tests.support.calendars import DAYS_2027, as_file

#: Copied from the open data set NateScarlet/holiday-cn (MIT), as of 2026-08-07; 2020 has its second notice in it.
FILES = Path(__file__).parents[3] / "fixtures" / "calendar"


def wrong(data: bytes, source: str = "") -> list[str]:
    with pytest.raises(Invalid) as refused:
        file.read(data, source)
    return [each["message"] for each in refused.value.problems]


def without(*days: str) -> list[dict]:
    return [each for each in DAYS_2027 if each["date"] not in days]


@pytest.mark.parametrize("year", [2020, 2026])
def test_a_real_file_says_what_the_package_says(year):
    read = file.read((FILES / f"{year}.json").read_bytes())
    assert read.source.startswith("http")
    known = national_schedule()
    loaded = known.with_year(read.year, read.off, read.work)
    assert loaded.off.keys() == known.off.keys()
    assert loaded.work.keys() == known.work.keys()
    assert loaded.turn == known.turn


def test_days_are_read_with_their_names_and_their_source():
    read = file.read(as_file(2027))
    assert read.year == 2027
    assert read.off[date(2027, 1, 1)] == "元旦"
    assert date(2027, 2, 20) in read.work
    assert read.days[date(2027, 2, 20)] is False
    assert file.read(as_file(2027, papers=[]), " 国办发明电〔2026〕0号 ").source == "国办发明电〔2026〕0号"
    assert file.read(b"\xef\xbb\xbf" + as_file(2027)).year == 2027  # as Windows saves it


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "不是有效的 JSON"),
        (b"{", "不是有效的 JSON"),
        (b"\xff\xfe\x00", "不是有效的 JSON"),
        (b"[" * 200_000, "不是有效的 JSON"),
        (b"[]", "最外层"),
        (b'"2027"', "最外层"),
        (b" " * (file.LARGEST + 1), "超过 1 MB"),
    ],
)
def test_what_is_no_file_is_said(data, said):
    (message,) = wrong(data)
    assert said in message


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"year": 1897}, "年份“1897”不正确"),
        ({"year": "2027"}, "年份“2027”不正确"),
        ({"year": True}, "年份“True”不正确"),
        ({"papers": []}, "没有写明依据"),
        ({"papers": [" "]}, "没有写明依据"),
        ({"papers": "x"}, "papers 应是"),
        ({"papers": [1]}, "papers 应是"),
        ({"days": []}, "没有日期"),
        ({"days": {}}, "没有日期"),
        ({"days": None}, "没有日期"),
    ],
)
def test_the_head_of_the_file(given, said):
    assert any(said in message for message in wrong(as_file(2027, **given)))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ({"name": "元旦", "date": "2027-02-30", "isOffDay": True}, "“2027-02-30”不存在"),
        ({"name": "元旦", "date": "2027-1-4", "isOffDay": True}, "“2027-1-4”不存在"),
        ({"name": "元旦", "date": "2027-01-01", "isOffDay": True}, "2027-01-01与第1天重复"),
        ({"name": "元旦", "date": "2027-01-01", "isOffDay": False}, "2027-01-01与第1天重复"),
        ({"name": "春节", "date": "2027-03-03", "isOffDay": False}, "2027-03-03是周三，本来就上班"),
        ({"name": "元旦", "date": "2028-01-01", "isOffDay": True}, "2028-01-01不属于2027年"),
        ({"name": "元旦", "date": "2026-11-30", "isOffDay": True}, "2026-11-30不属于2027年"),
        ({"name": "国庆节", "date": "2026-12-30", "isOffDay": True}, "只有元旦的安排才会提前"),
        ({"name": "", "date": "2027-01-04", "isOffDay": True}, "name（节日名称）"),
        ({"name": "长" * 41, "date": "2027-01-04", "isOffDay": True}, "name（节日名称）"),
        ({"name": "元旦", "date": 20270104, "isOffDay": True}, "date（日期）"),
        ({"name": "元旦", "date": "2027-01-04", "isOffDay": 1}, "isOffDay"),
        ({"name": "元旦", "date": "2027-01-04"}, "isOffDay"),
        ("2027-01-04", "应是 {name, date, isOffDay} 的对象"),
        (None, "应是 {name, date, isOffDay} 的对象"),
    ],
)
def test_a_day_that_cannot_be(day, said):
    (message,) = wrong(as_file(2027, days=[*DAYS_2027, day]))
    assert message.startswith(f"第{len(DAYS_2027) + 1}天：")
    assert said in message


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (("2027-01-01",), "元旦法定假日1月1日"),
        (("2027-05-02",), "劳动节法定假日5月2日"),
        (("2027-10-03",), "国庆节法定假日10月3日"),
        (tuple(f"2027-02-{n:02}" for n in range(5, 10)), "春节只有2天放假，少于法定的4天"),
        (("2027-04-03", "2027-04-04", "2027-04-05"), "没有清明的放假日"),
        (("2027-06-09",), "没有端午的放假日"),
        (("2027-09-15",), "没有中秋的放假日"),
    ],
)
def test_a_statutory_day_that_is_missing(left_out, said):
    (message,) = wrong(as_file(2027, days=without(*left_out)))
    assert said in message


def test_the_law_of_each_year_is_asked():
    """2 May became a statutory day in 2025, the feasts of the lunar calendar in 2008."""
    off = [("元旦", "01-01"), ("劳动节", "05-01"), *(("春节", f"02-{n}") for n in (18, 19, 20))]
    off += [("国庆节", f"10-0{n}") for n in (1, 2, 3)]
    days = [{"name": name, "date": f"2007-{day}", "isOffDay": True} for name, day in off]
    assert len(file.read(as_file(2007, days=days)).off) == 8


def test_everything_is_said_at_once():
    bad = [
        {"name": "元旦", "date": "2027-02-30", "isOffDay": True},
        {"name": "元旦", "date": "2027-03-03", "isOffDay": False},
    ]
    messages = wrong(as_file(2027, papers=[], days=[*DAYS_2027, *bad]))
    assert len(messages) == 3


def test_back_at_work_after_a_holiday_is_true_and_needless():
    """2020's second notice says that people are back at work on Monday 3 February."""
    back = {"name": "春节", "date": "2027-02-12", "isOffDay": False}
    assert date(2027, 2, 12) not in file.read(as_file(2027, days=[*DAYS_2027, back])).work
