"""The doudi command: what it prints, what it exits with, and that it never shows a traceback."""

from __future__ import annotations

import io
import os
import resource
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.journal.models import JournalEntry
from engine.parameters import operations as parameters
from registers.accounts.models import Account
from tests.support.standing import stand
from web import cli

ROOT = Path(__file__).parents[3]


def fine(text: str) -> bool:
    """One line that says something in Chinese."""
    return text.count("\n") == 1 and any("\u4e00" <= character <= "\u9fff" for character in text)


def test_due(doudi):
    ran = doudi("due", "2026-02-10", "7d", "--json")
    assert ran.code == 0
    assert ran.json["due"] == "2026-02-24"
    assert ran.json["raw"] == "2026-02-17"
    assert ran.json["provisional"] is False
    assert ran.json["why"]
    assert "2026-02-24" in doudi("due", "2026-02-10", "7d").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("due", "tomorrow", "7d"), 1),
        (("due", "2026-02-10", "seven"), 1),
        (("due", "2026-02-10", "7d", "--calendar", "mars"), 1),
        (("due",), 2),
        (("due", "2026-02-10", "7d", "--what"), 2),
        (("nothing",), 2),
        (("release", "nothing"), 2),
        (("release", "deploy", "/does/not/exist"), 2),
        (("serve", "--port", "x"), 2),
        (("bench", "nothing"), 1),
    ],
)
def test_what_is_wrong_is_one_chinese_line(doudi, arguments, code):
    ran = doudi(*arguments)
    assert ran.code == code
    assert ran.out == ""
    assert fine(ran.err), ran.err


def test_help_names_every_command(doudi):
    ran = doudi("--help")
    assert ran.code == 0
    for name in cli.COMMANDS:
        assert name in ran.out
        assert doudi(name, "--help").code == 0


def test_no_command_is_the_help(doudi):
    assert "journal" in doudi().out


def test_an_unforeseen_fault_is_a_line_too(doudi, monkeypatch):
    def broken(*_given: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("engine.calendar.explain.explain", broken)
    ran = doudi("due", "2026-02-10", "7d")
    assert ran.code == 1
    assert fine(ran.err)
    assert "ZeroDivisionError" in ran.err
    monkeypatch.setenv("DOUDI_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        doudi("due", "2026-02-10", "7d")


def test_a_database_that_is_not_there_is_a_line(doudi, monkeypatch, tmp_path):
    monkeypatch.setenv("DOUDI_INSTANCE", str(tmp_path))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("DATABASE_URL", f"postgresql://x:y@127.0.0.1:{port}/x?connect_timeout=2")
    ran = doudi("journal", "verify")
    assert ran.code == 1
    assert fine(ran.err)
    assert "数据库" in ran.err


def test_a_database_without_tables_says_what_to_run(doudi, monkeypatch, tmp_path):
    monkeypatch.setenv("DOUDI_INSTANCE", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for command in (("journal", "verify"), ("parameters", "load"), ("serve",)):
        ran = doudi(*command)
        assert ran.code == 1
        assert "doudi db upgrade" in ran.err


def test_upgrade_makes_the_tables_and_may_be_repeated(doudi, monkeypatch, tmp_path):
    monkeypatch.setenv("DOUDI_INSTANCE", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    first = doudi("db", "upgrade", "--json").json
    assert first["from"] is None
    assert doudi("db", "upgrade", "--json").json == {"from": first["to"], "to": first["to"]}
    assert doudi("journal", "verify", "--json").json == {"ok": True, "verified": 0, "first_bad": None}


def test_parameters_are_loaded_once(installed, doudi, session):
    assert doudi("parameters", "load", "--json").json["loaded"] > 100
    assert doudi("parameters", "load", "--json").json == {"loaded": 0}


def test_journal_verify_says_yes_and_no(installed, doudi, session):
    parameters.load(SYSTEM)
    assert doudi("journal", "verify", "--json").json == {"ok": True, "verified": 1, "first_bad": None}
    session.execute(sa.update(JournalEntry).values(actor_name="别人"))
    session.commit()
    ran = doudi("journal", "verify", "--json")
    assert ran.code == 1
    assert ran.json["ok"] is False
    assert ran.json["verified"] == 0
    assert ran.json["first_bad"]["stream"] == "parameters"
    assert "改动" in doudi("journal", "verify").out


def test_an_account_is_opened_with_a_password_from_stdin(installed, doudi, session, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("a long password\n"))
    ran = doudi("account", "create", "chen", "--role", "admin", "--area", "pingluo", "--name", "陈工")
    assert (ran.code, ran.err) == (0, "")
    account = session.scalars(sa.select(Account)).one()
    assert (account.username, account.name) == ("chen", "陈工")
    assert "long password" not in account.password_hash
    (listed,) = doudi("account", "list", "--json").lines
    assert listed["grants"] == [{"role": "admin", "area": "pingluo"}]
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    refused = doudi("account", "create", "li", "--role", "clerk", "--area", "pingluo")
    assert refused.code == 1
    assert fine(refused.err)


def test_releases_are_listed_newest_first(installed, doudi, session, at):
    for number in (1, 2):
        now = at(f"2026-02-0{number} 09:00")
        stand(session, str(number) * 64, b"", now, "杨红燕")
    assert [each["release"][0] for each in doudi("release", "list", "--json").lines] == ["2", "1"]
    assert doudi("release", "list").out.startswith("222222222222  2026-02-02 09:00  杨红燕")


def test_the_event_log_is_whole_or_not_there(installed, doudi, session, tmp_path, monkeypatch):
    from registers.events import operations

    days = ("--from", "2026-01-01", "--to", "2026-01-31")
    file = tmp_path / "log.xes"
    found = doudi("events", "export", str(file), *days, "--json").json
    assert found == {"file": str(file), "form": "XES", "cases": 0, "events": 0}
    assert file.read_text(encoding="utf-8").endswith("</log>")
    wrong = doudi("events", "export", str(tmp_path / "log.csv"), *days)
    assert (wrong.code, ".xes" in wrong.err) == (2, True)
    backwards = doudi("events", "export", str(file), "--from", "2026-02-01", "--to", "2026-01-01")
    assert (backwards.code, "不能早于" in backwards.err) == (1, True)

    def broken(*_given: object) -> int:
        raise OSError("disk full")

    monkeypatch.setitem(operations.FORMS, "json", ("OCEL 2.0", broken))
    assert doudi("events", "export", str(tmp_path / "log.json"), *days).code == 1
    assert [each.name for each in tmp_path.iterdir() if each.suffix in (".json", ".part")] == []


def test_timers_once(installed, doudi):
    ran = doudi("timers", "--once")
    assert (ran.code, ran.err) == (0, "")
    assert "0件" in ran.out
    status = doudi("timers", "--status", "--json")
    assert (status.code, status.json["ok"], status.json["lag_seconds"]) == (0, True, 0)
    assert (status.json["due"], status.json["failed"]) == (0, 0)
    assert [each["pid"] for each in status.json["processes"]] == [os.getpid()]


def test_timers_status_says_what_is_wrong(installed, doudi):
    ran = doudi("timers", "--status", "--json")
    assert ran.code == 1
    assert ran.json["problems"] == ["没有定时进程在运行，请运行 doudi timers。"]
    assert "没有定时进程在运行" in doudi("timers", "--status").out


def test_serve_says_that_a_port_is_taken(installed, doudi):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = doudi("serve", "--port", str(taken.getsockname()[1]))
    assert ran.code == 1
    assert fine(ran.err)
    assert "已被占用" in ran.err


def test_doctor_names_what_is_missing_and_what_to_run(installed, doudi, session):
    ran = doudi("doctor", "--json")
    assert ran.code == 1
    found = {each["name"]: each for each in ran.json["checks"]}
    assert ran.json["ok"] is False
    assert found["数据库"]["ok"]
    assert "doudi release deploy" in found["流程版本"]["message"]
    assert "doudi parameters load" in found["政策参数"]["message"]
    assert "doudi timers" in found["定时进程"]["message"]


def test_doctor_is_content_with_a_whole_installation(installed, doudi, session, at, monkeypatch):
    now = at("2026-02-10 09:00")
    parameters.load(SYSTEM)
    stand(session, "1" * 64, b"", now, "杨红燕")
    doudi("timers", "--once")
    found = {each["name"]: each for each in doudi("doctor", "--json").json["checks"]}
    wrong = [name for name, each in found.items() if not each["ok"]]
    assert set(wrong) <= {"网页资源", "表达式引擎"}  # These two depend on whether the front end was built.


def test_doctor_sees_an_open_key_and_a_changed_journal(installed, doudi, session):
    parameters.load(SYSTEM)
    key = Path(installed.instance_path) / "data.key"
    key.chmod(key.stat().st_mode | stat.S_IROTH)
    session.execute(sa.update(JournalEntry).values(hash="0" * 64))
    session.commit()
    found = {each["name"]: each for each in doudi("doctor", "--json").json["checks"]}
    assert "chmod 600" in found["密钥"]["message"]
    assert not found["日志"]["ok"]


def test_a_check_that_breaks_has_failed(installed, doudi, monkeypatch):
    from web.cli import doctor

    def broken(_app: object) -> str:
        raise OSError("磁盘已满")

    monkeypatch.setattr(doctor, "CHECKS", [("磁盘", broken)])
    ran = doudi("doctor", "--json")
    assert ran.json == {
        "ok": False,
        "checks": [{"name": "磁盘", "ok": False, "message": "无法检查：OSError：磁盘已满"}],
    }


def worked() -> float:
    """Seconds of processor time of the programs that were run here."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_lint_of_a_release_needs_no_database_and_starts_fast(tmp_path):
    """The command as people call it, where no database can be made."""
    (tmp_path / "x.bpmn").write_text("no xml at all")
    began = worked()
    ran = subprocess.run(
        [Path(sys.executable).with_name("doudi"), "release", "lint", "--json", tmp_path / "x.bpmn"],
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x", "DOUDI_INSTANCE": "/proc/nowhere"},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert ran.returncode == 1, ran.stderr
    assert ran.stderr == ""
    assert '"ok": false' in ran.stdout
    assert worked() - began < 10


def test_the_entry_point_ends_with_the_exit_code():
    ran = subprocess.run(
        [Path(sys.executable).with_name("doudi"), "due", "x", "7d"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert fine(ran.stderr)
    assert "Traceback" not in ran.stderr
