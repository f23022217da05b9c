"""Reasons of a release: the catalogue itself, and every code that a decision or a form gives must stand in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine import feel
from engine.decisions import grounds, tables
from engine.errors import Unparsable
from engine.forms.schema import LARGEST as LARGEST_FORM
from engine.releases.lint import naming
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem, close

RULES = {
    "ground-content": "理由目录（grounds.json）的内容有误",
    "ground-unknown": "用到的理由代码不在理由目录里",
}
#: Keys of form fields whose options are codes of grounds.
FIELDS = ("grounds", "ground")
#: What a sentence may read beside the figures of the case.
GIVEN = frozenset({"parameters", "scheme_title", "today"})


def check_file(release: Release, file: str, data: bytes) -> Iterator[Problem]:
    """What is wrong in one file."""
    name = file.rpartition("/")[2]
    if name == grounds.FILE:
        yield from _catalogue(release, file, data)
    elif name.endswith(".dmn"):
        yield from _decisions(release, data)
    elif name.endswith(".form"):
        yield from _form(release, file, data)


def _catalogue(release: Release, file: str, data: bytes) -> Iterator[Problem]:
    found, faults = grounds.read(data)
    for fault in faults:
        yield Problem(fault.code or file, fault.code or file, "ground-content", fault.message)
    figures = release.remember("figures", lambda: _figures(release))
    for ground in found.values():
        read, parameters = frozenset[str](), frozenset[str]()
        for wording in ground.wordings:
            own, numbers = grounds.reads(wording.text)
            read, parameters = read | own, parameters | numbers
        if ground.refuted_by:
            read |= feel.names(ground.refuted_by)
        for name in sorted(read - figures - GIVEN):
            message = f"句子里的“{name}”没有任何环节给出{close(name, figures)}"
            yield Problem(ground.code, ground.title, "ground-content", message)
        for name in sorted(parameters - (release.parameters or parameters)):
            message = f"用到政策参数“{name}”，没有这个参数，请改正名称"
            yield Problem(ground.code, ground.title, "parameter-unknown", message)


def _decisions(release: Release, data: bytes) -> Iterator[Problem]:
    try:
        decisions = tables.parse(data)
    except Unparsable:
        return  # Said when it was read.
    for decision in decisions:
        if decision.policy != tables.COLLECT or decision.output_names != (grounds.FAILED,):
            continue
        for number, row in enumerate(decision.rows, 1):
            for text in row.outputs:
                code = text.strip('"')
                if code not in known(release):
                    message = f"第{number}行的理由代码“{code}”不在理由目录里{close(code, known(release))}"
                    yield Problem(row.id, decision.name, "ground-unknown", message)


def _form(release: Release, file: str, data: bytes) -> Iterator[Problem]:
    for component in _components(data):
        if component.get("key") not in FIELDS:
            continue
        for option in component.get("values") or []:
            code = option.get("value") if isinstance(option, Mapping) else None
            if isinstance(code, str) and code not in known(release):
                message = (
                    f"选项“{option.get('label') or code}”的理由代码“{code}”不在理由目录里{close(code, known(release))}"
                )
                yield Problem(str(component.get("id") or component["key"]), file, "ground-unknown", message)


def known(release: Release) -> Mapping[str, grounds.Ground]:
    """The catalogue of the release; empty when it has none."""

    def look() -> Mapping[str, grounds.Ground]:
        found = [data for file, data in release.files.items() if file.rpartition("/")[2] == grounds.FILE]
        return grounds.read(found[0])[0] if found else {}

    return release.remember("grounds", look)


def _figures(release: Release) -> frozenset[str]:
    """The names that anything in the release may give a case."""
    found: set[str] = set()
    for process in release.processes.values():
        for node in process.nodes:
            found |= naming.gives(release, node).keys()
    for decision in release.decisions.values():
        found |= set(decision.output_names)
    for service in release.services.all():
        found |= service.outputs.keys()
    return frozenset(found)


def _components(data: bytes) -> Iterator[dict[str, Any]]:
    """Every component of a form, however deep."""
    try:
        stack = [json.loads(data)] if len(data) <= LARGEST_FORM else []
    except (ValueError, RecursionError):
        return
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            if isinstance(one.get("key"), str):
                yield one
            stack += [each for each in one.values() if isinstance(each, list)]


__all__ = ["RULES", "check_file"]
