"""What the calendar says about single days, and which years it claims to know."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from engine.calendar.days import Calendar, LocalDay, Schedule, national, national_schedule
from engine.errors import Invalid


def days(start, end):
    """The days from `start` to `end`, as (month, day) pairs of one year, both inside."""
    first, last = date(*start), date(*end)
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


#: The State Council's notices, typed from policy.md §12.2 and compared with the package.
NOTICES = {
    2025: (
        [
            ((1, 1), (1, 1)),
            ((1, 28), (2, 4)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((5, 31), (6, 2)),
            ((10, 1), (10, 8)),
        ],
        [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
    ),
    2026: (
        [
            ((1, 1), (1, 3)),
            ((2, 15), (2, 23)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 19), (6, 21)),
            ((9, 25), (9, 27)),
            ((10, 1), (10, 7)),
        ],
        [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
    ),
}


@pytest.mark.parametrize("year", NOTICES)
def test_the_package_agrees_with_the_notice(year):
    spans, makeup = NOTICES[year]
    off = set().union(*(days((year, *first), (year, *last)) for first, last in spans))
    work = {date(year, *day) for day in makeup}
    whole = days((year, 1, 1), (year, 12, 31))
    assert {day for day in whole if national().is_holiday(day)} == off
    assert {day for day in whole if national().reason(day).kind == "makeup"} == work
    assert sum(map(national().is_workday, whole)) == 248


def test_agrees_with_the_package_on_every_day_it_covers():
    covered = [year for year in range(1990, 2100) if national().published(year)]
    assert covered == list(range(covered[0], covered[-1] + 1)), "a gap would need a look"
    assert {2010, 2025, 2026} <= set(covered)
    for day in days((covered[0], 1, 1), (covered[-1], 12, 31)):
        assert national().is_workday(day) == chinese_calendar.is_workday(day)


def test_a_year_is_not_published_by_a_day_that_the_next_notice_borrowed():
    schedule = Schedule({date(2029, 12, 31): "元旦"}, {date(2029, 12, 29): "元旦"}, frozenset(), (12, 29))
    assert not Calendar(schedule).published(2029)
    assert not Calendar(schedule).settled(date(2029, 6, 1))


def test_late_december_waits_for_the_next_notice():
    """2018-12-31 was a Monday: the notice for 2019 made it a holiday and Saturday the 29th a working day."""
    assert not national().is_workday(date(2018, 12, 31))
    assert national().is_workday(date(2018, 12, 29))
    last = max(national_schedule().years)
    assert national().settled(date(last, 12, 28))
    assert not national().settled(date(last, 12, 29))
    assert national().settled(date(last - 1, 12, 31))


def test_without_a_schedule_weekends_and_what_the_law_itself_fixes_are_left():
    """1 January, 1 and 2 May, 1 to 3 October are off whatever a notice will say; a lunar feast waits for the notice."""
    calendar = Calendar(Schedule({}, {}, frozenset(), (12, 29)))
    days = [date(2026, month, day) for month in range(1, 13) for day in range(1, 29)]
    fixed = [day for day in days if calendar.is_holiday(day)]
    assert [(day.month, day.day) for day in fixed] == [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    assert not any(calendar.settled(day) for day in fixed)
    assert calendar.is_workday(date(2026, 2, 17))  # the Spring Festival
    assert not calendar.is_workday(date(2026, 10, 10))
    assert not calendar.is_holiday(date(2026, 10, 10))
    assert "全国年节及纪念日放假办法" in calendar.reason(date(2026, 10, 1)).source


def test_a_year_can_be_added_before_the_package_knows_it():
    later = max(national_schedule().years) + 1
    feast = {date(later, 1, 1): "元旦"}
    calendar = Calendar(national_schedule().with_year(later, feast, {}))
    assert calendar.published(later)
    assert calendar.is_holiday(date(later, 1, 1))
    assert calendar.version != national().version


def test_a_year_in_place_of_another_leaves_nothing_of_it():
    """The days that the new notice leaves out are gone, with the December days it had borrowed."""
    known = national_schedule()
    off = {date(2019, 1, 1): "元旦", date(2019, 10, 1): "国庆节"}
    loaded = Calendar(known.with_year(2019, off, {}))
    assert not loaded.is_holiday(date(2019, 5, 1))
    assert loaded.is_workday(date(2018, 12, 31))  # a Monday again
    assert not loaded.is_workday(date(2018, 12, 29))  # a Saturday again
    assert loaded.is_holiday(date(2018, 10, 1))
    assert loaded.published(2019)


def test_a_year_keeps_the_december_that_the_next_notice_changed():
    loaded = Calendar(national_schedule().with_year(2018, {date(2018, 1, 1): "元旦"}, {}))
    assert not loaded.is_workday(date(2018, 12, 31))
    assert loaded.is_workday(date(2018, 12, 29))
    assert loaded.is_workday(date(2018, 10, 1))


def test_a_notice_turns_a_make_up_day_into_a_holiday_and_back():
    known = national_schedule()
    assert date(2026, 2, 14) in known.work
    once = known.with_year(2026, {date(2026, 2, 14): "春节"}, {})
    assert not Calendar(once).is_workday(date(2026, 2, 14))
    assert Calendar(once.with_year(2026, {}, {date(2026, 2, 14): "春节"})).is_workday(date(2026, 2, 14))


def test_an_earlier_turn_of_the_year_is_learned_from_a_notice():
    last = max(national_schedule().years)
    early = date(last, 12, 27)
    loaded = national_schedule().with_year(last + 1, {date(last + 1, 1, 1): "元旦"}, {early: "元旦"})
    assert loaded.turn == (12, 27)
    assert Calendar(loaded).settled(early)
    assert not Calendar(loaded).settled(date(last + 1, 12, 27))


EID = LocalDay(date(2026, 3, 20), True, "开斋节", "示范数据", "admin")


def test_a_local_day_stands_above_the_national_schedule():
    calendar = Calendar(local=[EID, LocalDay(date(2026, 10, 1), False, "值班", "示范数据", "admin")])
    assert national().is_workday(EID.day)
    assert not calendar.is_workday(EID.day)
    assert calendar.is_holiday(EID.day)
    assert calendar.reason(EID.day).name == "开斋节"
    assert calendar.is_workday(date(2026, 10, 1))
    assert not calendar.is_holiday(date(2026, 10, 1))


def test_contradicting_local_days_are_refused():
    with pytest.raises(Invalid, match="只保留一条"):
        Calendar(local=[EID, LocalDay(EID.day, False, "开斋节", "示范数据", "admin")])


def test_the_version_says_what_the_content_is():
    assert Calendar().version == national().version
    assert Calendar(local=[EID]).version == Calendar(local=(EID,)).version != national().version
    other = LocalDay(date(2026, 3, 21), True, "开斋节", "示范数据", "admin")
    assert Calendar(local=[EID, other]).version == Calendar(local=[other, EID]).version
