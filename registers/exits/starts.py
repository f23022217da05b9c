"""Where leaving, looking again and reporting a change may begin: never where there is nothing to leave or change."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Refused
from registers.benefits import leaving
from registers.benefits.models import Benefit
from registers.cases import starts


def receiving(session: Session, asked: starts.Asked) -> None:
    """Refused at a case that gave nobody anything that still lasts."""
    parent = asked.parent
    found = None
    if parent is not None:
        active = select(Benefit.id).where(Benefit.instance_id == parent.id, Benefit.status == "active")
        found = session.scalar(active.limit(1))
    if found is None:
        raise Refused("这件办件没有正在享受的待遇，不能办理。", clause="mca-2021-57:32")


def nothing_found(_session: Session, _asked: starts.Asked) -> dict[str, str]:
    """Who comes to the window says themselves why they leave; only what the system found stands in the form already."""
    return dict(leaving.NOTHING)


starts.register("leaving", check=receiving, flow=nothing_found)
starts.register("care_reassessment", check=receiving)
