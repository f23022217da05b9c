"""What a release may go without, and better would not: said, but nothing is kept from being deployed for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.releases import howto
from engine.releases.lint.model import Model
from engine.releases.lint.report import Problem
from engine.releases.loaded import documentation

RULES = {
    "help-missing": "用户任务没有写怎么办（提醒，不影响发布）",
    "help-number": "怎么办里写死了期限，或者引用了没有的参数（提醒，不影响发布）",
}


def check(model: Model, parameters: Collection[str] | None = None) -> Iterator[Problem]:
    """Whoever does a task reads how; only the process owner can say so, in the element's documentation. A time that is
    typed out there stays when the parameter changes; `parameters` are those that there are (None: not checked)."""
    for process in model.processes:
        for node in process.nodes:
            if node.kind != "userTask":
                continue
            text = documentation(node.element)
            if not text:
                message = "请在“文档”（documentation）里用两三句话写明看什么、填什么、接下来怎样"
                yield Problem(node.ref, node.name, "help-missing", message)
            for each in howto.typed(text):
                message = f"“{each}”写死在文字里，规定改了它不会跟着变；请写成 {{parameters.参数名}}"
                yield Problem(node.ref, node.name, "help-number", message)
            for each in sorted(howto.names(text) - set(parameters)) if parameters is not None else ():
                yield Problem(node.ref, node.name, "help-number", f"没有政策参数“{each}”，请核对名称")
