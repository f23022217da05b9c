"""Each law catches a planted violation and lets the same thing pass where it belongs."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
spec = spec_from_file_location("laws", ROOT / "script" / "laws.py")
assert spec is not None
assert spec.loader is not None
laws = module_from_spec(spec)
spec.loader.exec_module(laws)


def found(path: str, text: str) -> list[str]:
    return [f"{line}: {what}" for line, what in laws.laws_of_source(path, text)]


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\nx = datetime.now()",
        "from datetime import datetime\nx = datetime.now(UTC)",
        "from datetime import datetime\nx = datetime.utcnow()",
        "from datetime import date\nx = date.today()",
        "import datetime\nx = datetime.datetime.today()",
        "import datetime as dt\nx = dt.date.today()",
        "from datetime import datetime as when\nx = when.now()",
        "import time\nx = time.time()",
        "from time import time\nx = time()",
        "from time import monotonic as m\nx = m()",
        "from datetime import datetime\ncolumn(default=datetime.now)",
    ],
)
def test_only_the_clock_tells_the_time(text):
    assert found("registers/cases/models.py", text) == ["2: law 1: only engine/clock.py tells the time"]
    assert found("engine/clock.py", text) == []


@pytest.mark.parametrize(
    "text",
    ["clock.now()", "clock.today()", "row.time.time", "import time\ntime.sleep(1)", "datetime.fromisoformat('x')"],
)
def test_other_uses_of_the_same_words_pass(text):
    assert found("engine/x.py", text) == []


@pytest.mark.parametrize("text", ["session.commit()", "db.session.commit()", "db.session().commit()", "c.commit()"])
def test_only_transactions_commit(text):
    for path in ("web/desk/views.py", "engine/runtime/operations.py", "timers/firing.py"):
        assert found(path, text) == ["1: law 3: only engine/transactions.py commits"]
    assert found("engine/transactions.py", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "from engine.transactions import act\nwith act(v, a) as deed: pass",
        "from engine import transactions\nwith transactions.act(v, a) as deed: pass",
        "from engine.transactions import act as begin\nwith begin(v, a) as deed: pass",
        "from engine.transactions import scratch\nwith scratch() as session: pass",
    ],
)
def test_only_operations_open_an_act(text):
    assert found("web/desk/views.py", text) == ["2: law 3: only operations.py opens a transaction"]
    assert found("registers/cases/services.py", text) == ["2: law 3: only operations.py opens a transaction"]
    assert found("registers/cases/operations.py", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "session.add(row)",
        "db.session.delete(row)",
        "db.session().merge(row)",
        "from sqlalchemy import update\nsession.execute(update(Row))",
        "import sqlalchemy as sa\nsession.execute(sa.delete(Row))",
    ],
)
def test_the_web_changes_nothing_itself(text):
    (one,) = found("web/desk/views.py", text)
    assert "law 3: web changes nothing itself" in one
    assert found("registers/cases/operations.py", text) == []


def test_a_set_is_not_a_session():
    assert found("web/desk/views.py", "seen.add(row)\nnames.update(x)") == []


@pytest.mark.parametrize(
    "text",
    [
        "eval(x)",
        "exec(x)",
        "compile(x, '', 'eval')",
        "__import__(x)",
        "import builtins\nbuiltins.eval(x)",
        "import pickle",
        "from pickle import loads",
        "import marshal",
        "import xml.etree.ElementTree as ET",
        "from xml.dom import minidom",
        "from lxml import etree\netree.fromstring(x)",
        "from lxml import etree as e\ne.parse(x)",
        "import lxml.etree as e\ne.XMLParser()",
        "from lxml.etree import fromstring\nfromstring(x)",
        "from lxml import html\nhtml.fromstring(x)",
    ],
)
def test_nothing_handed_in_runs_or_is_parsed_unsafely(text):
    (one,) = found("engine/forms/x.py", text)
    assert "law 9" in one


def test_xml_is_read_at_its_door_and_built_anywhere():
    read = "from lxml import etree\netree.fromstring(x, etree.XMLParser())"
    assert found("engine/releases/xml.py", read) == []
    assert found("engine/x.py", "from lxml import etree\netree.tostring(x)\nimport re\nre.compile(x)") == []
    assert found("engine/x.py", "from xml.sax.saxutils import escape") == []


def test_jsonb_loses_the_order_of_keys():
    (one,) = found("engine/x.py", "from sqlalchemy.dialects.postgresql import JSONB")
    assert "jsonb" in one


@pytest.mark.parametrize("text", ["# TO" + "DO later", "x = 1  # FIX" + "ME", "raise NotImplemented" + "Error"])
def test_nothing_is_left_over(text):
    (one,) = found("web/x.py", text)
    assert "left over" in one


def test_long_files_are_named():
    assert found("web/x.py", "x = 1\n" * 400) == []
    assert found("web/x.py", "x = 1\n" * 401) == ["401: 401 lines: files stay below 400"]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('"resolved": "https://regi' + 'stry.npmjs.org/x/-/x-1.tgz"', True),
        ("index-url = https://py" + "pi.example.com/simple", True),
        ("see /wo" + "rk/main/README.md", True),
        ("cd /ho" + "me/someone/doudi", True),
        ("https://www.apache.org/licenses/LICENSE-2.0", False),
        ("the registers/ folder and web/registers/views.py", False),
        ("url_for('home/root')", False),
    ],
)
def test_committed_files_name_no_registry_and_no_machine(line, wrong):
    assert bool(laws.laws_of_text("x.json", line)) is wrong


def test_the_command_names_file_and_line(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "x.py").write_text("import os\n\neval(os.name)\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text("import pickle\n")
    ran = subprocess.run(
        [sys.executable, ROOT / "script" / "laws.py", tmp_path], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert ran.stdout == "web/x.py:3: law 9: eval() runs text as a program\n"
