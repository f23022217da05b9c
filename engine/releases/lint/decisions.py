"""Decisions of a release: what engine.decisions.problems finds, for each DMN file."""

from __future__ import annotations

from collections.abc import Iterator

from engine.decisions import problems as faults
from engine.decisions import tables
from engine.errors import Unparsable
from engine.releases.lint import naming
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem

RULES = faults.RULES


def check(release: Release, data: bytes) -> Iterator[Problem]:
    """The decisions of one file."""
    try:
        found = tables.parse(data)
    except Unparsable:
        return  # Said when it was read.
    for decision in found:
        for fault in faults.problems(decision, release.expressions.check, release.expressions.check_unary):
            yield Problem(fault.element, decision.name, fault.rule, fault.message)
        for name in sorted(_parameters(release, decision)):
            yield Problem(
                decision.id, decision.name, "parameter-unknown", f"用到政策参数“{name}”，没有这个参数，请改正名称"
            )


def _parameters(release: Release, decision: tables.Decision) -> set[str]:
    if release.parameters is None:
        return set()
    read = {path.split(".")[1] for path in naming.reading(release, decision)[1] if path.startswith("parameters.")}
    return read - release.parameters
