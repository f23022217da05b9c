"""Asking the lint in tests: a small registry of operations, and problems as (rule, element) pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.releases.lint import lint
from engine.runtime.services import ServiceCall, Services
from tests.support.bpmn import Model, files

services = Services()


def _nothing(_: ServiceCall) -> dict[str, Any]:
    return {}


for _name, _inputs, _outputs, _reads in (
    ("people.register", {}, {"members": "number", "rural": "boolean"}, ()),
    ("people.accept", {}, {"accepted": "boolean", "limit": "text"}, ()),
    ("people.withdraw", {"reason": "text"}, {"accepted": "boolean"}, ()),
    ("people.read", {}, {"seen": "boolean"}, ("visit",)),
    ("notices.issue", {}, {}, ()),
):
    services.service(_name, _name, inputs=_inputs, outputs=_outputs, reads=_reads)(_nothing)


def faults(given: Model | Mapping[str, bytes], **more: Any) -> list[tuple[str, str]]:
    """What is wrong with a model (as a release of its own) or a release: (rule, element), sorted."""
    return sorted((problem.rule, problem.element) for problem in problems(given, **more))


def problems(given: Model | Mapping[str, bytes], **more: Any) -> list[Any]:
    """The same as whole problems."""
    release = files(given) if isinstance(given, Model) else given
    reports = lint(release, more.pop("services", services), **more)
    assert [report.file for report in reports] == list(release)
    assert all(report.ok == (not report.problems) for report in reports)
    return [problem for report in reports for problem in report.problems]
