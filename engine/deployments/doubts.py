"""What a proposer must have seen before a release becomes current: steps that it no longer has and on which cases
stand, and a release that is to follow and knows nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.deployments import queries
from engine.releases.lint import reading
from engine.runtime.models import Instance, WorkItem
from engine.runtime.services import services

#: {code: what the proposer ticks}
TICKS = {
    "cases": "已了解这些环节上还有正在办的办件：它们按原来的版本办完，新登记的办件没有这些环节",
    "later": "已了解排定的那个版本到时会取代这一版，它不含这次的修改",
}


@dataclass(frozen=True)
class Dropped:
    """A user task that the release no longer has, and how many cases stand on it."""

    process_id: str
    element_id: str
    name: str
    cases: int


@dataclass(frozen=True)
class Doubt:
    """What to answer for before it is proposed."""

    code: str
    message: str
    dropped: tuple[Dropped, ...] = ()


def doubts(session: Session, files: Mapping[str, bytes], release_id: str, starts: datetime) -> list[Doubt]:
    """All that stands against making these files current from then on without another look."""
    found = []
    gone = dropped(session, files)
    if gone:
        steps = "、".join(f"“{each.name}”（{each.cases}件）" for each in gone)
        found.append(Doubt("cases", f"新版本去掉了还有办件停留的环节：{steps}。", tuple(gone)))
    following = [each for each in queries.after(session, starts) if each.release_id != release_id]
    if following:
        at = following[0]
        when = f"{at.valid_from:%Y-%m-%d %H:%M}"
        words = f"已排定自{when}起启用版本{at.release_id[:12]}，它不含这次的修改，到时会取代这一版。"
        found.append(Doubt("later", words))
    return found


def dropped(session: Session, files: Mapping[str, bytes]) -> list[Dropped]:
    """The user tasks on which open cases stand and that these files do not have, but for those of a confidential kind:
    whoever draws need not know that there is one, and every case is finished on its own release anyway."""
    standing = session.execute(
        select(
            WorkItem.process_id,
            WorkItem.element_id,
            func.max(WorkItem.name),
            func.count(WorkItem.instance_id.distinct()),
        )
        .join(Instance, Instance.id == WorkItem.instance_id)
        .where(WorkItem.state == "open", Instance.status == "running", Instance.seen_by.is_(None))
        .group_by(WorkItem.process_id, WorkItem.element_id)
        .order_by(WorkItem.process_id, WorkItem.element_id)
    ).all()
    if not standing:
        return []
    drawings = {path: data for path, data in files.items() if path.endswith(".bpmn")}
    release = reading.read(drawings, services, None)
    has = {(process.id, node.id) for process in release.processes.values() for node in process.of("userTask")}
    return [Dropped(*row) for row in standing if (row[0], row[1]) not in has]
