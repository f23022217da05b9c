"""The drawing itself: what is not drawn cannot be shown to anyone, and where it stands is meaning to the engine."""

from __future__ import annotations

from collections.abc import Iterator

from engine.releases.lint.model import BPMNDI, Model
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem, on_file

RULES = {"diagram-missing": "元素没有画在图上"}


def check(release: Release, model: Model) -> Iterator[Problem]:
    """Shapes for elements, edges for flows."""
    if not any(process.nodes for process in model.processes):
        return
    drawn = {
        each.get("bpmnElement", "").rpartition(":")[2]
        for tag in ("BPMNShape", "BPMNEdge")
        for each in model.root.iter(f"{BPMNDI}{tag}")
    }
    if not drawn:
        yield on_file(model.file, "diagram-missing", "文件里没有图形，请用流程设计器打开、排好后保存")
        return
    for process in model.processes:
        for node in process.nodes:
            if node.id and node.id not in drawn:
                yield Problem(node.id, node.name, "diagram-missing", "这个元素没有画在图上，请在设计器里补画")
        for flow in process.flows:
            if flow.id and flow.id not in drawn:
                message = f"连线“{flow.title}”没有画在图上，请在设计器里补画"
                yield Problem(flow.id, flow.name, "diagram-missing", message)
