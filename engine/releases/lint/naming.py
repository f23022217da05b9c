"""Which variables an element sets and which it reads, by form, operation, decision and expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.decisions import ranges
from engine.decisions.tables import Decision
from engine.forms.expressions import names as form_names
from engine.releases.lint import clocks
from engine.releases.lint.model import Flow, Node, Process
from engine.releases.lint.properties import is_length
from engine.releases.lint.release import Release
from engine.runtime.services import OF_PROCESS

KINDS = {"number": "数字", "text": "文字", "boolean": "是否", "date": "日期"}
_TYPES = {
    **dict.fromkeys(("number", "integer", "long", "double"), "number"),
    "string": "text",
    "boolean": "boolean",
}


@dataclass(frozen=True)
class Read:
    """Names that something on an element reads; `after` when the element's own results are there already."""

    what: str
    names: frozenset[str]
    paths: frozenset[str]
    after: bool = False
    flow: Flow | None = None


def plain(name: str) -> bool:
    """Whether FEEL takes it for one name."""
    return name.isidentifier() and not name.startswith("_")


def gives(release: Release, node: Node) -> dict[str, str]:
    """The variables that a node sets itself: name → number, text, boolean, or empty when not known."""
    if node.kind == "userTask":
        form = release.forms.get(node.properties.get("form", ""))
        return dict(form.flow_fields) if form is not None else {}
    if node.kind == "serviceTask" and node.operator is not None:
        service = release.service(node.operator.name)
        return dict(service.outputs) if service is not None else {}
    if node.kind == "businessRuleTask" and node.decision in release.decisions:
        return outputs(release.decisions[node.decision])
    return {}


def steps(release: Release, node: Node) -> list[str]:
    """What is remembered of having passed a node, as far as anyone asks: that it was done, started or satisfied a
    clock."""
    # What hangs on a condition may not have happened: it neither starts nor satisfies for certain.
    found = [
        f"clock {order.action} {order.name}"
        for order in clocks.orders(node)
        if order.condition is None and order.action in ("start", "satisfy")
    ]
    if node.kind == "userTask":
        found.append(f"task {node.id}")
    if node.kind == "serviceTask" and node.operator is not None:
        found.append(f"operation {node.operator.name}")
    kept = [each for each in found if each.startswith("clock ") or each in release.watched]
    return kept + [mark for each in kept for mark in release.alternatives.get(each, ())]


def fixed(release: Release, node: Node, root: Process | None = None) -> Mapping[str, Any]:
    """The outputs of a service task that always have the same value, as its operation declares (`fixed`); where that is
    the scheme of the case, only when it is known of which process the case is."""
    service = release.service(node.operator.name) if node.kind == "serviceTask" and node.operator is not None else None
    if service is None:
        return {}
    scheme = root.properties.get("scheme") or root.id if root is not None else None
    found = {name: scheme if value == OF_PROCESS else value for name, value in service.fixed.items()}
    return {name: value for name, value in found.items() if value is not None}


def outputs(decision: Decision) -> dict[str, str]:
    """The variables of a decision with their kinds."""
    if decision.expression is not None:
        return {decision.variable or decision.id: _TYPES.get(decision.type, "")}
    return {column.expression: _TYPES.get(column.type, "") for column in decision.outputs}


def reads(release: Release, process: Process, node: Node) -> Iterator[Read]:
    """What a node and the flows out of it read."""
    look = release.expressions.look
    for name in ("due", "warn", "wait"):
        if node.properties.get(name) and not is_length(node.properties[name]):
            seen = look(node.properties[name])
            yield Read(f"属性 {name} ", seen.names, seen.paths)
    for text in clocks.expressions(node):
        seen = look(text)
        yield Read("属性 clock ", seen.names, seen.paths, after=node.kind in ("serviceTask", "businessRuleTask"))
    if node.kind == "serviceTask" and node.operator is not None:
        for name, text in node.operator.inputs:
            seen = look(text or " ")
            yield Read(f"输入“{name}”", seen.names, seen.paths)
    if node.kind == "userTask":
        yield from _form(release, node)
    if node.kind == "businessRuleTask" and node.decision in release.decisions:
        decision = release.decisions[node.decision]
        names, paths = reading(release, decision)
        yield Read(f"决策“{decision.name}”", names, paths)
    if len(process.outgoing[node]) > 1:
        for flow in process.outgoing[node]:
            if flow.condition:
                seen = look(flow.condition)
                yield Read("条件", seen.names, seen.paths, after=True, flow=flow)


def _form(release: Release, node: Node) -> Iterator[Read]:
    name = node.properties.get("form", "")
    form = release.forms.get(name)
    if form is not None:
        outer = form.outer_names
        yield Read(f"表单“{name}”", frozenset(each.split(".")[0] for each in outer), outer)


def reading(release: Release, decision: Decision) -> tuple[frozenset[str], frozenset[str]]:
    """The names and paths that a decision reads, over all of its cells."""
    texts = [decision.expression] if decision.expression is not None else []
    texts += [column.expression for column in decision.inputs]
    texts += [cell for row in decision.rows for cell in row.outputs]
    names: set[str] = set()
    paths: set[str] = set()
    for text in dict.fromkeys(texts):
        seen = release.expressions.look(text)
        names |= seen.names
        paths |= seen.paths
    for text in {cell for row in decision.rows for cell in row.tests if ranges.read(cell) is None}:
        seen_in_test = form_names(text)
        paths |= seen_in_test
        names |= {each.split(".")[0] for each in seen_in_test}
    return frozenset(names), frozenset(paths)
