"""A small world for the runtime's tests: two clerks, a release from text, services that count their calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from engine.actors import Actor, Grant
from engine.clocks.models import Clock
from engine.releases.loaded import pack
from engine.releases.models import Release
from engine.releases.operations import identity
from engine.releases.queries import BEGINNING
from engine.rules.veto import allow, veto
from engine.runtime import operations
from engine.runtime.models import Incident, Instance, WaitingTimer, WorkItem
from engine.runtime.services import services
from tests.support import release as text
from tests.support.standing import stand

AREA = "pingluo/gaoren/hongliu"
ANSWER = {"note": "好", "ok": True}


class World:
    """What a test of the runtime says and asks."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.zhang = Actor(901, "张三", (Grant("clerk", "pingluo/gaoren"),))
        self.li = Actor(902, "李四", (Grant("clerk", "pingluo/gaoren"),))
        self.calls: list[str] = []

    def deploy(
        self,
        clocks: Mapping[str, Any] | None = None,
        properties: Mapping[str, Mapping[str, str]] | None = None,
        forms: Mapping[str, list[dict[str, object]]] | None = None,
        **processes: str,
    ) -> None:
        """The processes as `tests.support.release` writes them (`properties` are their own, by process), further
        forms, and a catalogue of clocks."""
        given = properties or {}
        files = {f"{name}.bpmn": text.process(name, body, **given.get(name, {})) for name, body in processes.items()}
        files["forms/note.form"] = text.form()
        files |= {f"forms/{name}.form": text.form(*fields) for name, fields in (forms or {}).items()}
        if clocks is not None:
            files["clocks.json"] = json.dumps(clocks, ensure_ascii=False).encode()
        self.store(files)

    def store(self, files: dict[str, bytes]) -> None:
        """Puts a release in place without the lint, since some of these tests are about what the lint refuses. It holds
        on whatever day a test looks at; of several the one stored last."""
        key = identity(files)
        if self.session.get(Release, key) is None:
            stand(self.session, key, pack(files), BEGINNING)

    def start(self, process: str = "main", **values: Any) -> Instance:
        return operations.start(process, area=AREA, actor=self.zhang, values={**ANSWER, **values})

    def items(self, instance: Instance) -> dict[str, WorkItem]:
        found = self.session.scalars(
            select(WorkItem)
            .where(WorkItem.instance_id == instance.id, WorkItem.state == "open")
            .execution_options(populate_existing=True)
        )
        return {item.element_id: item for item in found}

    def complete(self, instance: Instance, element: str, actor: Actor | None = None, **values: Any) -> Any:
        item = self.items(instance)[element]
        return operations.complete(item.id, actor or self.zhang, values={**ANSWER, **values})

    def timers(self, instance: Instance) -> list[WaitingTimer]:
        return list(self.session.scalars(select(WaitingTimer).where(WaitingTimer.instance_id == instance.id)))

    def clocks(self, instance: Instance) -> dict[str, Clock]:
        found = self.session.scalars(
            select(Clock).where(Clock.instance_id == instance.id).execution_options(populate_existing=True)
        )
        return {each.name: each for each in found}

    def incidents(self, instance: Instance) -> list[Incident]:
        return list(
            self.session.scalars(
                select(Incident).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
            )
        )


@pytest.fixture
def world(session: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose veto allows everything and whose services are its own."""
    made = World(session)
    monkeypatch.setattr(veto, "_rules", [lambda _session, _question: allow()])
    monkeypatch.setattr(services, "_by_name", {})

    @services.service("count", "记数", outputs={"counted": "number"})
    def count(call: Any) -> dict[str, Any]:
        made.calls.append(call.element.id)
        return {"counted": len(made.calls)}

    @services.service("fail", "出错", outputs={})
    def fail(call: Any) -> None:
        made.calls.append(call.element.id)
        raise RuntimeError("磁盘已满")

    return made


Later = Callable[[], None]
