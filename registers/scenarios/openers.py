"""How a case of each kind begins: at the window, at another case, by whoever may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from engine.actors import Actor
from engine.errors import DoudiError
from engine.releases.loaded import ProcessInfo
from engine.runtime.models import Instance
from registers.cases import operations as cases
from registers.demonstration.cast import TOWNSHIP

Posted = Mapping[str, Sequence[str]]


#: Processes that a register begins in its own way: {process: (module, function of (parent_id, actor, posted=))}.
OWN = {"objection": ("registers.objections.operations", "record")}


def begin(process: ProcessInfo, actor: Actor, parent_id: int | None, posted: Posted) -> Instance:
    """A new case of the process, with its first form handed in."""
    if process.id in OWN:
        module, name = OWN[process.id]
        return getattr(import_module(module), name)(_parent(process, parent_id), actor, posted=posted)
    if process.properties.get("start") == "linked":
        link: Any = getattr(cases, "link", None)
        if link is None:
            raise DoudiError(f"还不能在办件中登记“{process.name}”。")
        return link(process.id, actor, parent_id=_parent(process, parent_id), posted=posted)
    return cases.apply(process.id, actor, township=TOWNSHIP, posted=posted)


def _parent(process: ProcessInfo, parent_id: int | None) -> int:
    if parent_id is None:
        raise DoudiError(f"“{process.name}”只能在一件办件中登记，请先写这件办件的步骤，或用 parent 指明。")
    return parent_id
