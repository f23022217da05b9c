"""How a case of each kind begins: at the window, at another case, by whoever may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.actors import Actor
from engine.errors import DoudiError
from engine.releases.loaded import ProcessInfo
from engine.runtime.models import Instance
from registers.cases import operations as cases
from registers.demonstration.cast import TOWNSHIP
from registers.objections import operations as objections

Posted = Mapping[str, Sequence[str]]


def begin(process: ProcessInfo, actor: Actor, parent_id: int | None, posted: Posted) -> Instance:
    """A new case of the process, with its first form handed in; a linked one at the case of `parent_id`."""
    linked = process.begins == "linked" or process.id == "objection"
    if linked and parent_id is None:
        raise DoudiError(f"“{process.name}”只能在一件办件中登记，请先写这件办件的步骤，或用 parent 指明。")
    generic: Any = getattr(cases, "begin", None)
    if generic is not None and process.begins is not None:
        return generic(process.id, actor, parent_id=parent_id if linked else None, posted=posted)
    if linked:
        return objections.record(parent_id, actor, posted=posted)
    return cases.apply(process.id, actor, township=TOWNSHIP, posted=posted)
