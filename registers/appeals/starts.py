"""An appeal begins at a case that was decided, or at one that is late."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.runtime.models import Instance
from registers.appeals.models import Appeal
from registers.cases import starts
from registers.cases.models import Case


def one_at_a_time(session: Session, asked: starts.Asked) -> None:
    """Refused at what is no matter of a family, and while an earlier appeal against the same case is open."""
    parent = asked.parent
    case = session.get(Case, parent.id) if parent is not None else None
    if case is None or case.household_id is None:
        raise Refused("申诉要从家庭的申请、复核或退出办件登记。", clause="mca-2021-57:37")
    waiting = (
        select(Case.number)
        .join(Appeal, Appeal.instance_id == Case.instance_id)
        .join(Instance, Instance.id == Appeal.instance_id)
        .where(Appeal.parent_id == parent.id, Instance.status == "running")
    )
    number = session.scalar(waiting.limit(1))
    if number is not None:
        raise Refused(f"对这件办件的申诉{number}正在办理，办结后才能再次申诉。", clause="mca-2021-57:37")


starts.register("appeal", check=one_at_a_time)
