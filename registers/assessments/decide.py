"""Asking a decision of the release outside of a drawing: for each row of a list, or in an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.decisions import tables
from engine.errors import DoudiError
from engine.releases.loaded import LoadedRelease


def decide(release: LoadedRelease, decision: str, parameters: Mapping[str, Any], **given: Any) -> dict[str, Any]:
    """The outputs of a decision on scalars. DoudiError when the release has no such decision or it cannot tell."""
    return dict(decided(release, decision, parameters, **given).outputs)


def decided(release: LoadedRelease, decision: str, parameters: Mapping[str, Any], **given: Any) -> tables.Decided:
    """The same with the rows that matched."""
    table = release.decisions.get(decision)
    if table is None:
        raise DoudiError(f"流程版本里没有决策“{decision}”，请流程负责人补上后重新发布。")
    return tables.evaluate(table, {**given, "parameters": dict(parameters)})
