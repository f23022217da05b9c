"""What a release may go without, and better would not: said, but nothing is kept from being deployed for it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.releases.lint.model import Model
from engine.releases.lint.report import Problem
from engine.releases.loaded import documentation

RULES = {"help-missing": "用户任务没有写怎么办（提醒，不影响发布）"}


def check(model: Model) -> Iterator[Problem]:
    """Whoever does a task reads how; only the process owner can say so, in the element's documentation."""
    for process in model.processes:
        for node in process.nodes:
            if node.kind == "userTask" and not documentation(node.element):
                message = "请在“文档”（documentation）里用两三句话写明看什么、填什么、接下来怎样"
                yield Problem(node.ref, node.name, "help-missing", message)
