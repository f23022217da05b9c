"""Due dates: the vectors of policy.md §12.3, the edges, and properties against a recount."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar.arithmetic import before, due, shift
from engine.calendar.days import Calendar, LocalDay, national, national_schedule
from engine.calendar.lengths import Length, Offset
from engine.clock import ZONE
from engine.errors import Invalid

D = date.fromisoformat


def on(start, length, calendar=None):
    return due(D(start), Length.parse(length), calendar or national())


@pytest.mark.parametrize(
    ("start", "length", "raw", "day"),
    [
        ("2026-02-10", "3wd", "2026-02-13", "2026-02-13"),  # Tue + Wed, Thu, Fri: nothing in the way
        ("2026-02-10", "10wd", "2026-03-02", "2026-03-02"),  # Spring Festival skipped, 2/14 and 2/28 counted
        ("2026-02-10", "20wd", "2026-03-16", "2026-03-16"),  # L-TOTAL-B
        ("2026-02-10", "30wd", "2026-03-30", "2026-03-30"),  # L-TOTAL-A
        ("2026-02-10", "45wd", "2026-04-21", "2026-04-21"),  # L-TOTAL-X, Tomb-sweeping skipped too
        (
            "2026-09-21",
            "10wd",
            "2026-10-12",
            "2026-10-12",
        ),  # Mid-autumn and National Day skipped, 10/10 counted
        ("2026-09-28", "3wd", "2026-10-08", "2026-10-08"),  # two days before the National Day, one after
        ("2025-09-26", "30wd", "2025-11-13", "2025-11-13"),  # 9/28 and 10/11 counted, eight days off
        ("2026-02-10", "7d", "2026-02-17", "2026-02-24"),  # publicity ends inside the Spring Festival
        ("2026-09-24", "7d", "2026-10-01", "2026-10-08"),  # publicity ends on the National Day
        (
            "2026-09-26",
            "15d",
            "2026-10-11",
            "2026-10-12",
        ),  # a Sunday rolls, the worked Saturday 10/10 is past
        ("2026-08-03", "60d", "2026-10-02", "2026-10-08"),  # a petition's 60 days
    ],
)
def test_vectors_of_the_policy(start, length, raw, day):
    found = on(start, length)
    assert (found.raw, found.day) == (D(raw), D(day))
    assert not found.provisional


@pytest.mark.parametrize(
    ("start", "length", "raw", "day"),
    [
        ("2026-01-31", "1m", "2026-02-28", "2026-02-28"),  # no 31 February: month end, a worked Saturday
        ("2024-01-31", "1m", "2024-02-29", "2024-02-29"),  # leap year
        ("2025-12-31", "2m", "2026-02-28", "2026-02-28"),  # across the year
        ("2024-02-29", "12m", "2025-02-28", "2025-02-28"),  # a year from a leap day
        ("2026-02-28", "1m", "2026-03-28", "2026-03-30"),  # same date, not month end; Saturday rolls
        ("2026-02-10", "0d", "2026-02-10", "2026-02-10"),  # nothing to wait for
        ("2026-02-15", "0wd", "2026-02-15", "2026-02-24"),  # but never due on a rest day
        ("2026-02-14", "1wd", "2026-02-24", "2026-02-24"),  # a start on a make-up day is not counted itself
        ("2026-02-20", "1wd", "2026-02-24", "2026-02-24"),  # a start inside the holiday
        ("2026-10-09", "1d", "2026-10-10", "2026-10-10"),  # a worked Saturday does not roll
    ],
)
def test_edges(start, length, raw, day):
    found = on(start, length)
    assert (found.raw, found.day) == (D(raw), D(day))


def test_the_period_ends_at_midnight_of_the_last_day():
    assert on("2026-02-10", "3wd").instant == datetime(2026, 2, 14, 0, 0, tzinfo=ZONE)


def test_it_says_what_it_skipped_counted_and_rolled_over():
    found = on("2026-02-10", "10wd")
    assert [r.day for r in found.counted] == [D("2026-02-14"), D("2026-02-28")]
    assert {r.name for r in found.skipped} == {"春节"}
    assert found.moved == ()
    rolled = on("2026-09-24", "7d")
    assert [r.day.day for r in rolled.moved] == [1, 2, 3, 4, 5, 6, 7]
    assert rolled.skipped == rolled.counted == ()
    assert rolled.basis["calendar"] == national().version
    assert rolled.basis["due"] == "2026-10-08"


LAST = max(national_schedule().years)


@pytest.mark.parametrize(
    ("start", "length", "provisional"),
    [
        (f"{LAST}-12-01", "3wd", False),
        (f"{LAST}-12-01", "60d", True),  # ends in a year without a schedule
        (f"{LAST}-12-20", "10wd", True),  # counts late December, which the next notice may change
        (f"{LAST}-12-25", "4d", True),  # ends there
        (f"{LAST - 1}-12-20", "10wd", False),
        (f"{LAST + 1}-05-06", "0d", True),
        ("1999-05-06", "3wd", True),  # before the data begin
    ],
)
def test_provisional_when_a_notice_is_missing(start, length, provisional):
    assert on(start, length).provisional is provisional


def test_a_loaded_schedule_moves_and_settles_the_date():
    off = {date(LAST, 12, 31): "元旦", date(LAST + 1, 1, 1): "元旦", date(LAST + 1, 10, 1): "国庆节"}
    loaded = Calendar(national_schedule().with_year(LAST + 1, off, {}))
    start = f"{LAST}-12-20"
    assert on(start, "10wd", loaded).day > on(start, "10wd").day
    assert not on(start, "10wd", loaded).provisional


def test_a_local_feast_moves_the_thirty_days():
    feast = [LocalDay(D(f"2026-03-{n}"), True, "开斋节", "示范数据", "admin") for n in (20, 23)]
    found = on("2026-02-10", "30wd", Calendar(local=feast))
    assert found.day == D("2026-04-01")  # two working days later than nationally
    assert any("开斋节" in line and "示范数据" in line for line in found.why)


@pytest.mark.parametrize(
    ("day", "length", "expected"),
    [
        ("2026-03-02", "10wd", "2026-02-10"),  # the way back
        ("2026-02-24", "1wd", "2026-02-14"),  # the last worked day before the holiday is the make-up Saturday
        ("2026-02-24", "3d", "2026-02-14"),  # a warning never waits for the end of a holiday
        ("2026-03-31", "1m", "2026-02-28"),  # month end backwards
        ("2026-02-24", "0wd", "2026-02-24"),
    ],
)
def test_warnings_count_backwards(day, length, expected):
    assert before(D(day), Length.parse(length), national()) == D(expected)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [("@0", "2026-02-13"), ("@+1wd", "2026-02-14"), ("@+3wd", "2026-02-25"), ("@-3wd", "2026-02-10")],
)
def test_rungs(offset, expected):
    assert shift(D("2026-02-13"), Offset.parse(offset), national()) == D(expected)


@pytest.mark.parametrize("length", ["10wd", "30d", "3660m"])
def test_the_end_of_the_calendar_is_an_answer_in_words(length):
    with pytest.raises(Invalid, match="超出了日历范围"):
        due(date(9999, 12, 20), Length.parse(length), national())
    with pytest.raises(Invalid, match="超出了日历范围"):
        before(date(1, 1, 5), Length.parse(length), national())


# Properties. The recount uses only the package's own functions and none of ours.
covered = st.dates(date(2010, 1, 1), date(2026, 12, 31))
anyday = st.dates(date(1950, 1, 1), date(2100, 1, 1))
lengths = st.builds(Length, st.integers(0, 200), st.sampled_from(["wd", "d", "m"]))


def roll(day):
    while chinese_calendar.is_holiday(day):
        day += timedelta(days=1)
    return day


@settings(max_examples=300)
@given(covered, st.integers(1, 120))
def test_working_days_match_a_recount_from_the_package(start, amount):
    found = due(start, Length(amount, "wd"), national())
    if found.day.year <= 2026:
        worked = chinese_calendar.get_workdays(start + timedelta(days=1), found.day)
        assert len(worked) == amount
        assert worked[-1] == found.day == found.raw
        assert before(found.day, Length(amount, "wd"), national()) == (
            start if chinese_calendar.is_workday(start) else before(start, Length(0, "wd"), national())
        )


@settings(max_examples=300)
@given(covered, st.integers(0, 400))
def test_natural_days_match_a_recount_from_the_package(start, amount):
    raw = start + timedelta(days=amount)
    found = due(start, Length(amount, "d"), national())
    assert found.raw == raw
    if raw < date(2026, 12, 25):
        assert found.day == roll(raw)
        assert not found.provisional


@given(anyday, lengths)
def test_never_before_the_start_and_always_on_a_working_day(start, length):
    found = due(start, length, national())
    assert found.day >= found.raw >= start
    assert national().is_workday(found.day)
    assert found.why
    assert all(not national().is_workday(reason.day) for reason in found.moved)


@given(anyday, st.sampled_from(["wd", "d", "m"]), st.integers(0, 200), st.integers(0, 200))
def test_a_longer_period_never_ends_earlier(start, unit, one, other):
    short, long = sorted((one, other))
    a, b = (due(start, Length(n, unit), national()) for n in (short, long))
    assert a.raw <= b.raw
    assert a.day <= b.day


@given(anyday, st.integers(0, 500))
def test_months_never_skip_a_month(start, amount):
    raw = due(start, Length(amount, "m"), national()).raw
    assert raw.year * 12 + raw.month == start.year * 12 + start.month + amount
    assert raw.day == start.day or (raw.day < start.day and (raw + timedelta(days=1)).day == 1)


@given(anyday, lengths)
def test_a_warning_is_never_late_and_falls_on_a_working_day(day, length):
    warned = before(day, length, national())
    assert warned <= day
    assert national().is_workday(warned)
