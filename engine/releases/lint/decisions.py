"""Decisions of a release: what engine.decisions finds for each DMN file, its test rows, the parameters it reads, and
whether SpiffWorkflow can read it too."""

from __future__ import annotations

from collections.abc import Iterator

from engine.decisions import examples, tables
from engine.decisions import problems as faults
from engine.errors import Unparsable
from engine.releases.lint import naming
from engine.releases.lint.release import Budget, Release
from engine.releases.lint.report import Problem
from engine.spiff.decisions import refusal

#: What the test rows of one decision may take, beside the second of its expressions. The shipped ones take a tenth of a
#: second on an idle machine.
SECONDS = 5.0
RULES = faults.RULES | {"decision-engine": "流程引擎读不了这个决策"}


def check(release: Release, data: bytes) -> Iterator[Problem]:
    """The decisions of one file."""
    try:
        found = tables.parse(data)
    except Unparsable:
        return  # Said when it was read.
    clean = True
    for decision in found:
        for problem in _decision(release, decision):
            clean = False
            yield problem
    if clean and found:
        said = refusal(data)
        if said is not None:
            cure = "结果单元格里的 if … then … 请改成几行，或写成字面表达式"
            message = f"SpiffWorkflow 的决策表读取器读不了：{said[1]}。{cure}"
            yield Problem(said[0] or found[0].id, found[0].name, "decision-engine", message)


def _decision(release: Release, decision: tables.Decision) -> Iterator[Problem]:
    whole = True
    for fault in faults.problems(decision, release.expressions.check, release.expressions.check_unary):
        whole = False
        yield Problem(fault.element, decision.name, fault.rule, fault.message)
    for name in sorted(_parameters(release, decision)):
        whole = False
        message = f"用到政策参数“{name}”，没有这个参数，请改正名称"
        yield Problem(decision.id, decision.name, "parameter-unknown", message)
    if whole:
        budget = Budget(SECONDS)
        for fault in examples.problems(decision, budget.spent, budget.spending):
            yield Problem(fault.element, decision.name, fault.rule, fault.message)
        if budget.missed:
            yield Problem(decision.id, decision.name, "too-large", "测试行太多或太慢，没有试完，请减少一些")


def _parameters(release: Release, decision: tables.Decision) -> set[str]:
    if release.parameters is None:
        return set()
    read = {path.split(".")[1] for path in naming.reading(release, decision)[1] if path.startswith("parameters.")}
    return read - release.parameters
