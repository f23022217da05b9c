"""doudi calendar and doudi due --calendar local: what they print and what they exit with."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.holidays import operations
from engine.holidays.models import CalendarDay, Recount
from registers.demonstration.acts import Plan
from tests.support.calendars import DAYS_2027, as_file
from tests.support.township import Township, family_of_three

FILES = Path(__file__).parents[2] / "fixtures" / "calendar"


@pytest.fixture(autouse=True)
def _december(at):
    at("2026-12-20 09:00")


@pytest.fixture
def year(tmp_path):
    """Writes a schedule's file; its path."""

    def write(**given) -> str:
        path = tmp_path / "2027.json"
        path.write_bytes(as_file(2027, **given))
        return str(path)

    return write


def add(doudi, *more: str, first: str = "2026-12-23"):
    return doudi("calendar", "add", first, "--name", "暴雪停工", "--source", "平政办发〔2026〕9号", *more)


def test_a_year_is_loaded_and_loaded_again(installed, doudi, session, year):
    ran = doudi("calendar", "load", year(), "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["year"] == 2027
    assert ran.json["changed"] is True
    assert {"day": "2026-12-31", "from": "上班", "to": "休息"} in ran.json["days"]
    assert doudi("calendar", "load", year(), "--json").json == {
        "year": 2027,
        "changed": False,
        "days": [],
        "recount": None,
    }
    again = doudi("calendar", "load", year())
    assert (again.code, again.out) == (0, "2027年的放假安排已有，与文件相同，没有改动。\n")
    assert session.scalar(select(func.count()).select_from(Recount)) == 1


def test_everything_wrong_with_a_file_is_said_at_once(installed, doudi, year):
    bad = [*DAYS_2027, {"name": "元旦", "date": "2027-02-30", "isOffDay": True}, DAYS_2027[0]]
    ran = doudi("calendar", "load", year(days=bad, papers=[]))
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    for said in ("有3处问题，没有载入", "--source", "2027-02-30", f"第{len(bad)}天：2027-01-01与第1天重复"):
        assert said in ran.err
    assert doudi("calendar", "list", "--json").out == ""


def test_a_source_may_be_said_beside_the_file(installed, doudi, year):
    assert doudi("calendar", "load", year(papers=[]), "--source", "国办发明电〔2026〕0号").code == 0
    (listed,) = doudi("calendar", "list", "--json").lines
    assert listed == {"year": 2027, "off": 28, "work": 7, "source": "国办发明电〔2026〕0号"}
    assert "依据：国办发明电〔2026〕0号" in doudi("calendar", "list").out


def test_a_known_year_needs_replace(installed, doudi, tmp_path):
    given = json.loads((FILES / "2026.json").read_text())
    given["days"] = [each for each in given["days"] if each["date"] != "2026-10-10"]
    path = tmp_path / "2026.json"
    path.write_text(json.dumps(given))
    ran = doudi("calendar", "load", str(path))
    assert ran.code == 1
    assert "--replace" in ran.err
    assert doudi("calendar", "load", str(path), "--replace", "--json").json["days"] == [
        {"day": "2026-10-10", "from": "上班", "to": "休息"}
    ]


@pytest.mark.parametrize("path", ["/does/not/exist.json", str(FILES)])
def test_no_file_is_one_line(installed, doudi, path):
    ran = doudi("calendar", "load", path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_local_days_come_and_go(installed, doudi, session):
    assert add(doudi, "--json").json["days"] == [
        {
            "day": "2026-12-23",
            "off": True,
            "name": "暴雪停工",
            "source": "平政办发〔2026〕9号",
            "entered_by": "系统",
        }
    ]
    assert add(doudi, "2026-12-26", "--work", first="2026-12-26").out.startswith("已登记“暴雪停工”1天（上班）")
    listed = doudi("calendar", "list", "--json", "--year", "2026").lines
    assert [(each["day"], each["off"]) for each in listed] == [("2026-12-23", True), ("2026-12-26", False)]
    assert doudi("calendar", "list", "--year", "2025", "--json").out == ""
    gone = doudi("calendar", "remove", "2026-12-23", "--reason", "通知撤回")
    assert gone.out.startswith("已删除2026-12-23“暴雪停工”。")
    assert session.scalar(select(func.count()).select_from(CalendarDay)) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", "2026-02-30", "--name", "x", "--source", "y"), 1, "2026-02-30"),
        (("add", "2026-12-23", "2026-12-22", "--name", "x", "--source", "y"), 1, "不能早于"),
        (("add", "2026-12-01", "2026-12-31", "--name", "x", "--source", "y"), 1, "最多登记15天"),
        (("add", "2026-12-23", "--name", "x"), 2, "source"),
        (("add", "2026-12-23", "--name", " ", "--source", "y"), 1, "请填写名称"),
        (("remove", "2026-12-23", "--reason", "错了"), 1, "没有登记地方日历"),
        (("remove", "2026-12-23"), 2, "reason"),
        (("nothing",), 2, "没有命令"),
    ],
)
def test_what_is_wrong_is_one_line(installed, doudi, arguments, code, said):
    ran = doudi("calendar", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
    assert said in ran.err


def test_due_by_the_calendar_in_force(installed, doudi, year):
    national = doudi("due", "2026-12-21", "3wd", "--json").json
    assert doudi("due", "2026-12-21", "3wd", "--calendar", "local", "--json").json == national
    add(doudi)
    doudi("calendar", "load", year())
    local = doudi("due", "2026-12-21", "3wd", "--calendar", "local", "--json").json
    assert (national["due"], local["due"]) == ("2026-12-24", "2026-12-25")
    assert any("暴雪停工" in line and "平政办发〔2026〕9号" in line for line in local["why"])
    assert doudi("due", "2026-12-21", "3wd", "--json").json == national
    settled = doudi("due", "2026-12-20", "10wd", "--calendar", "local", "--json").json
    assert settled["provisional"] is False
    assert list(settled) == ["due", "raw", "provisional", "why"]


def test_due_needs_no_database_unless_it_is_asked_for_the_calendar_in_force(doudi, monkeypatch, tmp_path):
    monkeypatch.setenv("DOUDI_INSTANCE", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert doudi("due", "2026-02-10", "7d", "--json").json["due"] == "2026-02-24"
    assert list(tmp_path.iterdir()) == []
    ran = doudi("due", "2026-02-10", "7d", "--calendar", "local")
    assert (ran.code, ran.out) == (1, "")
    assert "doudi db upgrade" in ran.err


def test_open_dates_are_counted_here_or_left_to_the_timers(installed, doudi, session):
    township, ours = Township(session), Plan(family_of_three(), Random(1))  # noqa: S311 -- synthetic people
    township.apply(ours)
    session.rollback()
    left = add(doudi, "--later", "--json").json
    assert left["recount"] is None
    assert session.scalar(select(Recount.finished_at)) is None
    ran = doudi("calendar", "remove", "2026-12-23", "--reason", "通知撤回", "--json")
    assert ran.json["recount"] == {"seen": 1, "moved": 0}
    assert add(doudi, first="2026-12-21").out.endswith("在办1件已重新计算，1件的期限有变化。\n")
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Recount).where(Recount.finished_at.is_(None))) == 0


def test_the_doctor_says_which_year_is_missing(installed, doudi, session, at, year):
    def said() -> dict:
        return next(each for each in doudi("doctor", "--json").json["checks"] if each["name"] == "节假日")

    assert said()["ok"]
    assert "注意：2027年的还没有载入" in said()["message"]
    at("2027-01-05 09:00")
    assert not said()["ok"]
    assert "doudi calendar load" in said()["message"]
    with clock.at(datetime(2026, 12, 20, 9, tzinfo=clock.ZONE)):
        operations.load_year(operations.SYSTEM, as_file())
        session.commit()
        assert said()["message"].startswith("2026年和2027年已有")
    at("2026-10-20 09:00")
    assert "注意" not in said()["message"]
