"""Lists in the flow where branches part: SpiffWorkflow merges lists of parallel branches by position, into rows that
mix people up (spiffworkflow.md §1). Lists live in submissions; the flow has texts, numbers and truths."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from engine.decisions.tables import Decision
from engine.forms.expressions import bare
from engine.forms.schema import LARGEST
from engine.releases.lint.kept import Memory, digest, recalled
from engine.releases.lint.model import Model, Node, Process
from engine.releases.lint.release import Release, stem
from engine.releases.lint.report import Problem

RULES = {"list-across-split": "列表会经过并行的分支"}

#: Components of a form whose value is a list.
_LISTS = frozenset({"dynamiclist", "checklist", "taglist", "filepicker"})
#: What gives a list: a loop, or a function that gives one.
_GIVES = re.compile(
    r"\s*(for\s|(append|concatenate|distinct values|flatten|insert before|remove|reverse|sort|split|sublist|union"
    r"|index of|get entries)\s*\()"
)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')

MARKED: Memory[list[str]] = Memory(150)
NOT_READ: list[str] = []


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The elements of one file that bring a list into a case that parts into parallel branches."""
    splits: dict[int, Node] = release.remember("splits", lambda: _splits(release))
    for process in model.processes:
        split = splits.get(release.families.get(process.id, -1))
        if split is None or release.processes.get(process.id) is not process:
            continue
        for node in process.nodes:
            for name in _brings(release, process, node):
                message = (
                    f"“{name}”是列表或对象，会带进流程；并行网关“{split.title}”的分支汇合时列表会按位置混在一起，"
                    "请只把文字、数字或是否传给流程，列表留在表单里由操作读取"
                )
                yield Problem(node.ref, node.name, "list-across-split", message)


def _splits(release: Release) -> dict[int, Node]:
    """A parallel split for each family of processes that has one."""
    found: dict[int, Node] = {}
    for key, process in release.processes.items():
        for node in process.of("parallelGateway"):
            if len(process.outgoing[node]) > 1:
                found.setdefault(release.families[key], node)
    return found


def _brings(release: Release, process: Process, node: Node) -> Iterator[str]:
    """The lists that a node gives to the flow."""
    if node.kind == "userTask":
        yield from release.remember("form lists", lambda: _forms(release)).get(node.properties.get("form", ""), ())
    if node.kind == "businessRuleTask" and node.decision in release.decisions:
        yield from given(release.decisions[node.decision])


def given(decision: Decision) -> list[str]:
    """The outputs of a decision that are lists."""
    if decision.expression is not None:
        return [decision.variable or decision.id] if gives_list(decision.expression) else []
    return [
        column.expression
        for number, column in enumerate(decision.outputs)
        if any(gives_list(row.outputs[number]) for row in decision.rows if number < len(row.outputs))
    ]


def gives_list(text: str) -> bool:
    """Whether an expression is a list or a context as it is written; `[1..3]` is a range, `{…}.total` a value."""
    plain = _STRING.sub('""', text).strip()
    if plain[:1] not in ("[", "{"):
        return _GIVES.match(plain) is not None
    depth = 0
    for number, letter in enumerate(plain):
        depth += (letter in "[{") - (letter in "]}")
        if depth == 0:
            return number == len(plain) - 1 and (plain[0] == "{" or ".." not in plain)
    return False


def _forms(release: Release) -> dict[str, list[str]]:
    """The lists that each form marks for the flow, read from the file itself: a form with this fault does not load."""
    found: dict[str, list[str]] = {}
    for file, data in release.files.items():
        if file.endswith(".form") and len(data) <= LARGEST:
            marked = recalled(MARKED, digest(data), lambda: (_of_form(data), True))  # noqa: B023
            if marked is not NOT_READ:
                found.setdefault(stem(file), marked)
    return found


def _of_form(data: bytes) -> list[str]:
    try:
        return list(dict.fromkeys(_marked(json.loads(data))))
    except (ValueError, RecursionError):
        return NOT_READ


def _marked(given: Any) -> Iterator[str]:
    stack = [given]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            stack += one.values()
            settings = one.get("properties")
            if isinstance(settings, dict) and settings.get("flow") == "true":
                text = one.get("expression")
                computed = one.get("type") == "expression" and isinstance(text, str) and gives_list(bare(text))
                if one.get("type") in _LISTS or computed:
                    yield str(one.get("key") or one.get("path") or one.get("id") or "?")
