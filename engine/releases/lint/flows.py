"""Sequence flows and gateways: every fork is a gateway, every question has an answer for each case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.releases.lint.model import Flow, Model, Node, Process, label
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem

RULES = {
    "flow-dangling": "连线没有连到元素上",
    "flow-twice": "两个元素之间有几条连线",
    "flow-self": "连线连回了自己",
    "implicit-split": "不是网关却有几条出线",
    "implicit-merge": "不是网关却有几条入线",
    "default-missing": "排他网关没有默认出线",
    "default-unknown": "默认出线不是这个元素的出线",
    "default-condition": "默认出线上写了条件",
    "condition-missing": "出线上没有条件",
    "condition-misplaced": "不该有条件的连线上写了条件",
    "gateway-idle": "网关没有作用",
}


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The flows of one file."""
    for process in model.processes:
        for element in process.dangling:
            message = "连线的一端没有连到这个流程的元素上，请重新连接或删除"
            yield Problem(label(element), element.get("name") or "", "flow-dangling", message)
        yield from _pairs(process)
        for node in process.nodes:
            yield from _node(process, node)


def _pairs(process: Process) -> Iterator[Problem]:
    pairs = Counter((flow.source, flow.target) for flow in process.flows)
    for (source, target), times in pairs.items():
        if source is target:
            yield Problem(source.ref, source.name, "flow-self", "连线连回了自己，请改成经过一个人工环节的循环")
        elif times > 1:
            message = f"“{source.title}”到“{target.title}”有{times}条连线，请合成一条（条件用 or 连接）"
            yield Problem(source.ref, source.name, "flow-twice", message)


def _node(process: Process, node: Node) -> Iterator[Problem]:
    def problem(rule: str, message: str) -> Problem:
        return Problem(node.ref, node.name, rule, message)

    outgoing, incoming = process.outgoing[node], process.incoming[node]
    gateway = node.kind.endswith("Gateway")
    if not gateway and len(outgoing) > 1:
        yield problem("implicit-split", "一个任务或事件只能有一条出线，请加一个排他网关或并行网关")
    if not gateway and node.kind != "endEvent" and len(incoming) > 1:
        yield problem("implicit-merge", "有几条入线时，请先用网关汇合：二选一的用排他网关，同时进行的用并行网关")
    if gateway and not (incoming and outgoing):
        yield problem("gateway-idle", "网关要有入线，也要有出线，请连接或删除")
    elif gateway and len(incoming) == len(outgoing) == 1:
        yield problem("gateway-idle", "网关只有一条入线和一条出线，没有作用，请补上另外的连线，或删除网关")
    default = process.default(node)
    if node.element.get("default") and default is None:
        yield problem("default-unknown", "默认出线已经不在，请重新指定")
    if default is not None and default.condition:
        message = f"默认出线“{default.title}”上的条件不起作用，请删除条件"
        yield Problem(default.ref, default.name, "default-condition", message)
    splits = node.kind in ("exclusiveGateway", "inclusiveGateway") and len(outgoing) > 1
    if splits:
        if node.element.get("default") is None:
            yield problem("default-missing", "请指定一条默认出线，否则没有条件成立时办件会停住")
        yield from _conditions(outgoing, default)
    else:
        for flow in outgoing:
            if flow.condition is not None:
                message = "这条连线不需要判断，请删除条件；要判断请加排他网关"
                yield Problem(flow.ref, flow.name, "condition-misplaced", message)


def _conditions(outgoing: list[Flow], default: Flow | None) -> Iterator[Problem]:
    for flow in outgoing:
        if flow is not default and not flow.condition:
            yield Problem(flow.ref, flow.name, "condition-missing", f"请在出线“{flow.title}”上写条件")
