"""Reading back-entries: what waits for somebody, what leaders look through."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.rules.veto import Question, veto
from engine.runtime.backentry.models import BackEntry
from engine.runtime.models import Instance, WorkItem
from registers.areas.models import Area
from registers.areas.queries import within
from registers.board.scope import Scope, barred
from registers.cases import secrecy
from registers.cases.models import Case

MOST = 200


@dataclass(frozen=True)
class Row:
    """A back-entry in a list. `barred`: the reader is kin, so it is counted and not opened."""

    entry: BackEntry
    number: str
    village: str
    barred: bool = False


def to_confirm(session: Session, actor: Actor) -> list[Row]:
    """What waits that this person may confirm, the oldest first."""
    areas = [within(Instance.area, grant.area) for grant in actor.grants]
    if not areas:
        return []
    rows = session.execute(
        _listed()
        .add_columns(WorkItem)
        .join(WorkItem, WorkItem.id == BackEntry.work_item_id)
        .where(BackEntry.state == "asked", WorkItem.state == "open", or_(*areas), secrecy.shown(session, actor))
        .order_by(BackEntry.id)
        .limit(MOST)
    )
    found = []
    for entry, number, village, area, instance, item in rows:
        facts = {"entered_by_id": entry.entered_by_id, "confirmed": [each["id"] for each in entry.confirmed_by]}
        if veto.ask(session, Question("confirm_back_entry", actor, instance=instance, item=item, facts=facts)):
            found.append(Row(entry, number or "未编号", village or area))
    return found


def own(session: Session, actor: Actor) -> list[Row]:
    """What this person entered and nobody settled yet."""
    mine = _listed().where(BackEntry.state == "asked", BackEntry.entered_by_id == actor.id).order_by(BackEntry.id)
    return [
        Row(entry, number or "未编号", village or area) for entry, number, village, area, _ in session.execute(mine)
    ]


def for_leaders(session: Session, scope: Scope) -> list[Row]:
    """Every back-entry of a leader's areas, the newest first."""
    rows = session.execute(
        _listed().add_columns(barred(scope.actor)).where(scope.condition()).order_by(BackEntry.id.desc()).limit(MOST)
    )
    return [Row(entry, number or "未编号", village or area, bool(kin)) for entry, number, village, area, _, kin in rows]


def _listed():  # type: ignore[no-untyped-def]
    return (
        select(BackEntry, Case.number, Area.name, Instance.area, Instance)
        .join(Instance, Instance.id == BackEntry.instance_id)
        .outerjoin(Case, Case.instance_id == Instance.id)
        .outerjoin(Area, Area.path == Instance.area)
    )
