"""Which tasks may be handed in together with one form (`bulk`): those that say the same of every case. What decides
about people, what two people sign, what is filled in from the case itself is done case by case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.forms.model import Field
from engine.releases.lint.model import Node
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem

#: Fields that hold a ground hold a decision.
GROUNDS = ("ground", "grounds")


def check(release: Release, node: Node) -> Iterator[Problem]:
    """The problems of the property `bulk` of a user task."""
    said = node.properties.get("bulk")
    if said is None:
        return
    if said != "yes":
        yield Problem(node.ref, node.name, "bulk", f"bulk 只能写 yes，现在是“{said}”；不合并办理的不要写")
        return
    if node.properties.get("people", "1") != "1":
        yield Problem(node.ref, node.name, "bulk", "要几个人签字的环节不能合并办理，请去掉 bulk")
    form = release.forms.get(node.properties.get("form", ""))
    for why in dict.fromkeys(_reasons(form.fields)) if form is not None else ():
        yield Problem(node.ref, node.name, "bulk", f"表单{why}，每件都不一样，要逐件办理，请去掉 bulk")


def _reasons(fields: Sequence[Field]) -> Iterator[str]:
    for one in fields:
        name = one.label or one.key
        if one.flow or one.key in GROUNDS:
            yield f"的“{name}”决定办件往哪里走"
        if one.source or one.prefill:
            yield f"的“{name}”从办件带出"
        if one.show:
            yield f"要看办件的“{name}”"
        if one.kind:
            yield f"的“{name}”写的是某一个人"
        if one.type == "dynamiclist":
            yield f"的“{name}”逐行填写"
        yield from _reasons(one.children)
