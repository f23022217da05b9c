"""The catalogue of clocks: what the shipped one holds, what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.clocks.catalogue import read
from engine.releases.lint import lint
from engine.runtime.services import Services

ROOT = Path(__file__).parents[4]
SHIPPED = (ROOT / "bpmn" / "clocks.json").read_bytes()
#: policy.md, Appendix A.
APPENDIX_A = [
    "L-START",
    "L-DATA",
    "L-RECHK",
    "L-PUB",
    "T-PUB",
    "T-END-PUB",
    "L-CONF",
    "L-REFUSE",
    "T-REFUSE",
    "L-TOTAL-B",
    "L-TOTAL-A",
    "L-TOTAL-X",
    "T-SURV",
    "T-CONF",
    "T-REDO",
    "T-ENDOBJ",
    "T-REASSESS",
    "R-YEAR",
    "R-HALF",
    "R-DEATH",
    "R-FADE",
    "G-TOTAL",
    "S-TOTAL",
    "S-VALID",
    "E-FAST",
    "K-NEW",
    "X-NOTE",
    "X-RETURN",
    "X-DONE",
    "X-EXT",
    "X-REVIEW",
    "X-RECHECK",
    "X-ASK",
    "N-REAL-1",
    "N-REAL-2",
    "H-DISPATCH",
    "A-RECON",
    "A-SUIT",
    "O-LIST",
    "M-PAY",
]


def problems(entries: object) -> list[tuple[str, str]]:
    data = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    (report,) = lint({"clocks.json": data}, Services(), parameters=frozenset({"limit"}))
    return [(each.element, each.rule) for each in report.problems]


def test_the_shipped_catalogue_is_whole():
    clocks, faults = read(SHIPPED)
    assert faults == []
    codes = {code for each in clocks.values() for code in each.code.split()}
    assert set(APPENDIX_A) <= codes
    assert clocks["total"].kind == "legal"
    assert clocks["total_alarm"].kind == "advisory"


def test_no_length_stands_in_the_shipped_catalogue_but_those_of_reminders():
    """Law 2: lengths are dated parameters. How long before a deadline somebody is reminded is the owner's own habit."""
    for name, entry in json.loads(SHIPPED).items():
        for key in ("length", "extend"):
            assert re.match(r"parameters\.", entry.get(key, "parameters.")), (name, key)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (b"{", [("clocks.json", "clock-catalogue")]),
        (b"[]", [("clocks.json", "clock-catalogue")]),
        ({"Total": {"title": "全程"}}, [("Total", "clock-catalogue")]),
        ({"total": "30wd"}, [("total", "clock-catalogue")]),
        ({"total": {}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "kind": "sla"}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "lenght": "3wd"}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "length": "30"}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "length": "mode"}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "length": "parameters.nothing"}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "warn": "soon"}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "ladder": "boss@0"}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "ladder": "head@tomorrow"}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "kind": "advisory", "extend": "45wd"}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "pauses": ["What?"]}}, [("total", "clock-catalogue")]),
        ({"total": {"title": "全程", "length": "parameters.limit", "extend": "45wd", "ladder": "head@0"}}, []),
    ],
)
def test_what_is_refused(entries, expected):
    assert problems(entries) == expected
