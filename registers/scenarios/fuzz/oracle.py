"""What must be so after every act of a walk. Each finding is a sentence; none is what we want."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.clocks.models import Clock
from engine.journal.queries import verify
from engine.parameters import queries as parameters
from engine.parameters.models import Parameter
from engine.releases.loaded import LoadedRelease
from engine.runtime.models import Incident, Instance, WaitingTimer, WorkItem
from registers.benefits.models import Decision
from registers.notices.models import Notice
from registers.publicity.models import Publicity

#: Rows that an act may add: a refused one adds none.
TRACES = """
    SELECT (SELECT max(id) FROM journal_entry), (SELECT max(id) FROM submission), (SELECT max(id) FROM signature),
           (SELECT max(id) FROM work_item), (SELECT max(id) FROM notice), (SELECT max(instance_id) FROM decision),
           (SELECT max(id) FROM instance), (SELECT max(id) FROM clock_entry), (SELECT sum(version) FROM instance)
"""
PARKED = "SELECT id, name, process_id, element_id, cause FROM incident WHERE resolved_at IS NULL"
OFFERED = "SELECT DISTINCT role, area, name FROM work_item WHERE state = 'open'"
#: A case that runs waits for somebody, for a day, or for whoever clears up what is parked.
DEAD = """
    SELECT process_id, stage FROM instance WHERE status = 'running'
    AND NOT EXISTS (SELECT 1 FROM work_item WHERE instance_id = instance.id AND state = 'open')
    AND NOT EXISTS (SELECT 1 FROM waiting_timer WHERE instance_id = instance.id)
    AND NOT EXISTS (SELECT 1 FROM incident WHERE instance_id = instance.id AND resolved_at IS NULL)
"""
#: How an expression says that a name is missing.
_MISSING = re.compile("没有“([a-z0-9_]+)”这一项")
ENDED = "SELECT id FROM instance WHERE ended_at IS NOT NULL"
#: A refusal names a document of this kind.
REFUSAL = "refus"


@dataclass
class Oracle:
    """Looks at a world after each act; remembers what it has looked at already."""

    release: LoadedRelease
    staff: list[Actor]
    seen_incidents: set[int] = field(default_factory=set)
    seen_ended: set[int] = field(default_factory=set)
    held: dict[tuple[str, str], bool] = field(default_factory=dict)

    def begin(self, session: Session) -> None:
        """What stood there before the walk is not its doing."""
        self.seen_incidents = set(session.scalars(select(Incident.id)))

    def look(self, session: Session) -> Iterator[str]:
        """Everything that must not be. One statement each when nothing is wrong."""
        connection = session.connection()
        for key, *named in connection.exec_driver_sql(PARKED):
            if key not in self.seen_incidents and not self._before_its_rule(session, key, named[-1]):
                self.seen_incidents.add(key)
                yield "流程停在“{}”（{}.{}）：{}".format(*named)
        for role, area, name in connection.exec_driver_sql(OFFERED):
            if (role, area) not in self.held:
                self.held[role, area] = any(each.holds(role, area) for each in self.staff)
            if not self.held[role, area]:
                yield f"“{name}”没有人担任 {role}（{area}）"
        for process, stage in connection.exec_driver_sql(DEAD):
            yield f"{process} 停在“{stage}”：没有待办，没有定时器，也没有异常"
        for (key,) in connection.exec_driver_sql(ENDED):
            if key not in self.seen_ended:
                self.seen_ended.add(key)
                yield from self._ended(session, session.get(Instance, key, populate_existing=True))

    def _before_its_rule(self, session: Session, incident_id: int, cause: str) -> bool:
        """A case of a day on which a parameter did not hold yet: a walk may begin before the rule that it needs."""
        names = set(_MISSING.findall(cause))
        if not names:
            return False
        self.seen_incidents.add(incident_id)
        day = session.scalar(
            select(Instance.parameters_on)
            .join(Incident, Incident.instance_id == Instance.id)
            .where(Incident.id == incident_id)
        )
        later = select(Parameter.name).where(Parameter.name.in_(names), Parameter.valid_from > day)
        return names == set(session.scalars(later))

    def _ended(self, session: Session, instance: Instance) -> Iterator[str]:
        if not instance.outcome:
            yield f"{instance.process_id} 办结了，却没有结果"
        elif instance.status == "completed":
            element = self.release.processes[instance.process_id].elements.get(instance.outcome)
            if element is None or element.kind != "endEvent":
                yield f"{instance.process_id} 以“{instance.outcome}”办结，那不是它的结束事件"
        yield from self._left_over(session, instance)
        decision = session.get(Decision, instance.id, populate_existing=True)
        if decision is not None and instance.status == "completed":
            yield from self._decided(session, instance, decision)

    def _left_over(self, session: Session, instance: Instance) -> Iterator[str]:
        mine = WorkItem.instance_id == instance.id
        if session.scalar(select(WorkItem.id).where(mine, WorkItem.state == "open").limit(1)):
            yield f"{instance.process_id} 办结了，还有打开的待办"
        if session.scalar(select(WaitingTimer.id).where(WaitingTimer.instance_id == instance.id).limit(1)):
            yield f"{instance.process_id} 办结了，还有定时器"
        open_clocks = select(Clock.name).where(Clock.instance_id == instance.id, Clock.ended_at.is_(None))
        for name in session.scalars(open_clocks):
            yield f"{instance.process_id} 办结了，时限“{name}”还在走"

    def _publicised(self, session: Session, instance: Instance) -> bool:
        """Whether the register has a publicity that ended; where the scheme asks for none, or an emergency was helped
        first, nothing is missing."""
        scheme = self.release.processes[instance.process_id].scheme or instance.process_id
        asked = parameters.of(session, instance).get(f"{scheme}_publicity", True)
        if not asked or instance.outcome == "helped":
            return True
        ended = select(Publicity.id).where(Publicity.instance_id == instance.id, Publicity.closed_at.is_not(None))
        return session.scalar(ended.limit(1)) is not None

    def _decided(self, session: Session, instance: Instance, decision: Decision) -> Iterator[str]:
        """No refusal without reasons and a letter. What else must have been done, `law.py` asks."""
        letters = list(session.scalars(select(Notice.template).where(Notice.instance_id == instance.id)))
        if decision.outcome == "confirm" and not self._publicised(session, instance):
            yield f"{instance.process_id} 没有公示就确认了"
        if decision.outcome == "refuse":
            if not decision.reasons:
                yield f"{instance.process_id} 没有理由就不予确认"
            if not any(REFUSAL in each for each in letters):
                yield f"{instance.process_id} 不予确认，没有发出告知书"


def traces(session: Session) -> tuple[Any, ...]:
    """How many rows of each kind there are, by their highest keys."""
    return tuple(session.connection().exec_driver_sql(TRACES).one())


def journal(session: Session) -> Iterator[str]:
    """The journal can be proved."""
    found = verify(session)
    if not found.ok:
        yield f"日志无法验证：{found.first_bad}"
