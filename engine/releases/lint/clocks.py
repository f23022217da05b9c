"""Clocks: the orders of the drawings and the catalogue that they rest on."""

from __future__ import annotations

from collections.abc import Iterator

from engine import feel
from engine.calendar.lengths import Length
from engine.clocks.catalogue import FILE, Fault
from engine.clocks.orders import Order, parse
from engine.errors import DoudiError, Invalid
from engine.releases.lint.model import Model, Node
from engine.releases.lint.properties import is_length, length
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem

RULES = {
    "clock": "时限的写法有误",
    "clock-unknown": "暂停、恢复或了结的时限没有在任何地方开始",
    "clock-length": "开始的时限没有写期限",
    "clock-resume": "时限暂停后没有恢复",
    "clock-catalogue": "时限目录（clocks.json）的内容有误",
}


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The clock orders of one file."""
    known = release.remember("clock orders", lambda: _all(release))
    for process in model.processes:
        for node in process.nodes:
            if "clock" in node.properties:
                yield from _node(release, node, known)


def orders(node: Node) -> list[Order]:
    """What a node's `clock` property orders; nothing when it cannot be read."""
    try:
        return parse(node.properties["clock"]) if "clock" in node.properties else []
    except Invalid:
        return []


def expressions(node: Node) -> list[str]:
    """What has to be evaluated for them."""
    return [text for order in orders(node) for text in order.expressions if not is_length(text)]


def _all(release: Release) -> set[tuple[str, str]]:
    """(action, name) of every order of the release."""
    return {
        (order.action, order.name)
        for model in release.models
        for process in model.processes
        for node in process.nodes
        for order in orders(node)
    }


def _node(release: Release, node: Node, known: set[tuple[str, str]]) -> Iterator[Problem]:
    try:
        found = parse(node.properties["clock"])
    except Invalid as error:
        yield Problem(node.ref, node.name, "clock", error.message)
        return
    for order in found:
        if order.action != "start" and ("start", order.name) not in known:
            message = f"时限“{order.name}”没有在任何地方开始（start {order.name} …），请改正名称或补上开始"
            yield Problem(node.ref, node.name, "clock-unknown", message)
        if order.action == "pause" and ("resume", order.name) not in known:
            message = f"时限“{order.name}”暂停后没有在任何地方恢复（resume {order.name}），会一直停着，请补上"
            yield Problem(node.ref, node.name, "clock-resume", message)
        spec = release.clocks.get(order.name)
        if order.action == "start" and order.length is None and (spec is None or spec.length is None):
            message = f"时限“{order.name}”没有期限，请写成 start {order.name} 期限，或在 {FILE} 里写明 length"
            yield Problem(node.ref, node.name, "clock-length", message)
        for text in filter(None, (order.length, order.extend)):
            yield from length(node, "clock", text)


def catalogue(file: str, release: Release, faults: list[Fault]) -> Iterator[Problem]:
    """The problems of a catalogue: its own, and expressions that read what is not a parameter that exists."""
    for fault in faults:
        yield Problem(fault.name or file, fault.name or file, "clock-catalogue", fault.message)
    for name, spec in release.clocks.items():
        for what, text in (("length", spec.length), ("extend", spec.extend)):
            if text is None:
                continue
            wrong = _wrong(release, text)
            if wrong:
                yield Problem(name, spec.title, "clock-catalogue", f"{what}“{text}”：{wrong}")


def _wrong(release: Release, text: str) -> str | None:
    """What is wrong with a length of the catalogue. It reads parameters only: a drawing knows its own variables."""
    if is_length(text):
        try:
            Length.parse(text)
        except Invalid as error:
            return error.message
        return None
    try:
        fault, names, paths = feel.check(text), feel.names(text), feel.paths(text)
    except (DoudiError, RecursionError) as error:
        return str(error) or "无法解析"
    if fault:
        return fault
    if names - {"parameters"}:
        return f"目录里的期限只能用政策参数（parameters.名称），不能用“{'、'.join(sorted(names - {'parameters'}))}”"
    missing = {path.partition(".")[2] for path in paths} - (release.parameters or set())
    if release.parameters is not None and missing - {""}:
        return f"没有这个政策参数：{'、'.join(sorted(missing - {''}))}"
    return None
