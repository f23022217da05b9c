"""The shipped rules are about the shipped drawings: none waits for a name that nobody draws, and each can be broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.releases.lint import elements, lint, reading
from engine.releases.operations import read
from engine.runtime.services import services
from engine.statutes.rules import Rule
from registers import install

install()

SHIPPED = read(Path(__file__).parents[3] / "bpmn")
RELEASE = reading.read(SHIPPED, services, None)
KNOWN = elements.of(RELEASE)
RULES = list(RELEASE.mandatory or ())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_everything_that_a_rule_names_is_drawn(rule: Rule) -> None:
    refs = {*rule.before, *rule.after, *rule.again, *rule.needs}
    assert refs - KNOWN.used == set()
    assert {*rule.tasks, *rule.apart} - RELEASE.user_tasks.keys() == set()
    assert set(rule.notices) - RELEASE.notices.keys() == set()
    assert set(rule.processes) - RELEASE.processes.keys() == set()
    assert {*rule.schemes, *rule.excepted} - KNOWN.schemes == set()


#: How somebody might make it easier for himself: (file, what stands there, what he writes, the rule that finds it).
TRICKS = [
    ("verification.bpmn", 'name="people" value="2"', 'name="people" value="1"', "visit-before-confirm"),
    ("approval.bpmn", "filed or complaint or drawn", "filed or drawn", "county-visit"),
    ("approval.bpmn", "filed or complaint or drawn", "filed and complaint and drawn", "county-visit"),
    ("approval.bpmn", 'value="refusal_notice"', 'value="confirmation_notice"', "adverse-letter"),
    ("approval.bpmn", "opinion,new_opinion,home_visit,neighbour_visit", "opinion", "decision-apart"),
    ("notices/refusal_notice.html", "adverse: yes", "adverse: no", "adverse-letter"),
    ("notices/stop_notice.html", "adverse: yes", "adverse: no", "adverse-letters-say-why"),
    ("forms/township_decide.form", "publicised", "true", "publicity-before-confirm"),
    ("publicity.bpmn", 'or scheme = "tekun"', 'or scheme = "dibao"', "tekun-publicity-again"),
    ("publicity.bpmn", "objections &gt; 0</", "objections &gt; 5</", "objection-before-decision"),
    ("exit.bpmn", ">exit_publicity_needed<", ">not(exit_publicity_needed)<", "exit-publicity"),
    ("report.bpmn", 'name="seen_by" value="discipline,', 'name="seen_by" value="village,discipline,', "reports-hidden"),
    ("payment_roster.bpmn", "settle_hits,compile_roster", "settle_hits", "payment-apart"),
]


@pytest.mark.parametrize(("file", "stands", "written", "rule"), TRICKS, ids=[f"{t[0]}-{t[3]}" for t in TRICKS])
def test_a_drawing_that_was_made_easier_is_refused_with_the_rule(
    file: str, stands: str, written: str, rule: str
) -> None:
    text = SHIPPED[file].decode()
    assert stands in text
    reports = lint({**SHIPPED, file: text.replace(stands, written).encode()}, services)
    said = [problem.message for report in reports for problem in report.problems]
    assert any(f"规则 {rule}" in message for message in said), said
