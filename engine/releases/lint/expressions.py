"""Conditions and other expressions: FEEL, of the right kind, excluding one another at a gateway."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine import feel
from engine.errors import DoudiError
from engine.releases.lint import clocks
from engine.releases.lint.model import Flow, Model, Node, Process
from engine.releases.lint.properties import is_length
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem
from engine.releases.lint.variables import kinds_of

RULES = {
    "feel": "表达式不是有效的 FEEL",
    "condition-kind": "条件得不出是或否",
    "conditions-overlap": "两条出线的条件会同时成立",
}

#: Values tried for a gateway; enough for the few names that a person's conditions read.
SAMPLES = 200

_TEXTS = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NUMBERS = re.compile(r"(?<![\w.\"])\d+(?:\.\d+)?(?![\w.\"])")
_BARE = re.compile(r'\s*(?:-?\d+(?:\.\d+)?|"[^"]*"|null)\s*')


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The expressions of one file."""
    for process in model.processes:
        for node in process.nodes:
            for what, text in of(node):
                fault = release.expressions.look(text).problem
                if fault:
                    message = f"{what}的表达式“{text}”写法有误：{fault}"
                    yield Problem(node.ref, node.name, "feel", message)
        for flow in process.flows:
            if flow.condition:
                fault = release.expressions.look(flow.condition).problem
                if fault:
                    message = f"条件“{flow.condition}”写法有误：{fault}"
                    yield Problem(flow.ref, flow.name, "feel", message)
        kinds = kinds_of(release, process)
        for node in process.of("exclusiveGateway"):
            if len(process.outgoing[node]) > 1:
                yield from _gateway(release, process, node, kinds)


def of(node: Node) -> list[tuple[str, str]]:
    """The expressions that stand on a node, each with what it is for."""
    found = [(f"属性 {name}", node.properties[name]) for name in ("due", "warn", "wait") if node.properties.get(name)]
    found += [("clock", text) for text in clocks.expressions(node)]
    if node.operator is not None:
        found += [(f"输入“{name}”", text or " ") for name, text in node.operator.inputs]
    return [(what, text) for what, text in found if not is_length(text)]


def _gateway(release: Release, process: Process, node: Node, kinds: Mapping[str, str]) -> Iterator[Problem]:
    default = process.default(node)
    flows = [flow for flow in process.outgoing[node] if flow is not default and flow.condition]
    flows = [flow for flow in flows if release.expressions.look(flow.condition).problem is None]
    overlaps: set[tuple[Flow, Flow]] = set()
    for one, other in itertools.combinations(flows[:30], 2):
        if "".join(one.condition.split()) == "".join(other.condition.split()):
            overlaps.add((one, other))
            message = f"与“{other.title}”的条件相同，哪条生效取决于画的位置，请改成互斥的条件"
            yield Problem(one.ref, one.name, "conditions-overlap", message)
    yield from _tried(release, flows[:30], kinds, overlaps)


def _tried(
    release: Release,
    flows: list[Flow],
    kinds: Mapping[str, str],
    overlaps: set[tuple[Flow, Flow]],
) -> Iterator[Problem]:
    budget = release.expressions.budget
    results: dict[Flow, set[str]] = {flow: set() for flow in flows}
    for paths, sample in _samples(release, [flow.condition or "" for flow in flows], kinds):
        if budget.spent():
            break
        try:
            jobs = [{"kind": "value", "text": flow.condition} for flow in flows]
            with budget.spending():
                answers = feel.evaluate_many(jobs, _nested(paths, sample))
        except DoudiError:
            break
        for flow, answer in zip(flows, answers, strict=True):
            results[flow].add(_sort(answer))
        true = [flow for flow, answer in zip(flows, answers, strict=True) if answer is True]
        for pair in itertools.combinations(true, 2):
            if pair not in overlaps:
                overlaps.add(pair)
                case = "、".join(f"{path}={_shown(value)}" for path, value in zip(paths, sample, strict=True))
                message = f"与“{pair[1].title}”的条件会同时成立（例如 {case}），请改成互斥的条件"
                yield Problem(pair[0].ref, pair[0].name, "conditions-overlap", message)
    for flow, found in results.items():
        known = all(path in kinds for path in release.expressions.look(flow.condition or "").paths)
        bare = _BARE.fullmatch(flow.condition or "") is not None
        if bare or (found and "boolean" not in found and ("value" in found or known)):
            message = f'条件“{flow.condition}”得不出是或否，请写成比较（例如 opinion = "grant"）或是否型的变量'
            yield Problem(flow.ref, flow.name, "condition-kind", message)


def _samples(
    release: Release, texts: list[str], kinds: Mapping[str, str]
) -> Iterator[tuple[list[str], tuple[Any, ...]]]:
    """Values for the names that the expressions read: what they compare with, its neighbours, and something else."""
    paths = sorted({path for text in texts for path in release.expressions.look(text).paths})
    paths = [path for path in paths if not any(other.startswith(f"{path}.") for other in paths)]
    words = list(dict.fromkeys(word for text in texts for word in _TEXTS.findall(text)))[:8]
    numbers = [float(n) for text in texts for n in _NUMBERS.findall(_TEXTS.sub(" ", text))][:4]
    near = list(dict.fromkeys(_whole(each + step) for each in numbers for step in (0, -1, 1))) or [0, 1]
    by_kind: dict[str, list[Any]] = {
        "boolean": [True, False],
        "text": [*words, "—"],
        "number": near,
        "date": ["2026-01-01"],
    }
    anything = [True, False, *words, *(near if numbers else [])]
    choices = [by_kind.get(kinds.get(path, ""), anything) for path in paths]
    for sample in itertools.islice(itertools.product(*choices), SAMPLES):
        yield paths, sample


def _nested(paths: list[str], sample: tuple[Any, ...]) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for path, value in zip(paths, sample, strict=True):
        at, *rest = path.split(".")
        holder = context
        for name in rest:
            holder = holder.setdefault(at, {})
            at = name
        holder[at] = value
    return context


def _sort(answer: object) -> str:
    if isinstance(answer, Exception):
        return "error"
    return "boolean" if isinstance(answer, bool) else "value"


def _whole(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _shown(value: object) -> str:
    return (
        {True: "true", False: "false"}.get(value, str(value))
        if isinstance(value, bool)
        else (f'"{value}"' if isinstance(value, str) else str(value))
    )
