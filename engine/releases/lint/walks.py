"""Where tokens can walk: what nothing leads to, what leads nowhere, and circles without a person in them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.releases.lint import graph
from engine.releases.lint.model import Model, Node, Process
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem

RULES = {
    "unreachable": "从开始事件走不到的元素",
    "no-way-out": "走到这里后到不了结束事件",
    "loop-without-human": "循环里没有人工环节",
    "loop-parallel": "循环里有并行网关",
}


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The walks of one file's processes."""
    for process in model.processes:
        forth = process.successors
        back: dict[Node, list[Node]] = {node: [] for node in process.nodes}
        for node, targets in forth.items():
            for target in targets:
                back[target].append(node)
        yield from _reach(process, forth, back)
        yield from _circles(release, process, forth)


def _reach(process: Process, forth: dict[Node, list[Node]], back: dict[Node, list[Node]]) -> Iterator[Problem]:
    starts, ends = process.of("startEvent"), process.of("endEvent")
    reached = graph.reach(forth, starts)
    leading = graph.reach(back, ends)
    for node in process.nodes:
        if node.element.get("triggeredByEvent") == "true" or node.element.get("isForCompensation") == "true":
            continue
        if starts and node not in reached:
            message = "从开始事件走不到这里，它会被悄悄忽略，请连线或删除"
            yield Problem(node.ref, node.name, "unreachable", message)
        elif ends and node not in leading:
            message = "走到这里以后到不了结束事件，办件会永远办不结，请连到结束事件"
            yield Problem(node.ref, node.name, "no-way-out", message)


def _circles(release: Release, process: Process, forth: dict[Node, list[Node]]) -> Iterator[Problem]:
    for members in graph.circles(forth):
        inside = set(members)
        for node in members:
            if node.kind == "parallelGateway" and len([n for n in forth[node] if n in inside]) > 1:
                message = "循环里有并行网关，转几十圈后办件会卡死，请把并行的部分放进一个被调用的流程"
                yield Problem(node.ref, node.name, "loop-parallel", message)
    idle = {node: targets for node, targets in forth.items() if not release.waits(node)}
    idle = {node: [each for each in targets if each in idle] for node, targets in idle.items()}
    for members in graph.circles(idle):
        inside = set(members)
        first = next(node for node in process.nodes if node in inside)
        names = "、".join(node.title for node in members[:6])
        message = f"循环（{names}）里没有人工环节，系统会一直空转，请加一个用户任务"
        yield Problem(first.ref, first.name, "loop-without-human", message)
