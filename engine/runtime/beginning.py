"""A new instance: pinned to the current release, with the scalars that its flow begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import DoudiError, NotFound
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease, ProcessInfo
from engine.runtime.models import Instance
from engine.runtime.services import KINDS
from engine.runtime.step import Step
from engine.transactions import Deed

#: Told of every new instance inside the act that makes it, before its flow runs: (session, instance, its process, the
#: flow's first scalars, now). The registers give it its number here.
Begun = Callable[[Session, Instance, ProcessInfo, Mapping[str, Any], datetime], None]
begun: list[Begun] = []


def on_begun(function: Begun) -> Begun:
    """Adds such a function, once. Usable as a decorator."""
    if function not in begun:
        begun.append(function)
    return function


def current(session: Session, process_id: str) -> tuple[LoadedRelease, ProcessInfo]:
    """The current release and a process of it; NotFound for a stranger."""
    release = releases.load(releases.current(session).id, session)
    process = release.processes.get(process_id)
    if process is None:
        raise NotFound("没有这种办理流程，请返回首页重新选择。")
    return release, process


def scalars(process: ProcessInfo, flow: Mapping[str, Any]) -> dict[str, Any]:
    """What the flow begins with: its scheme, and what the process declares in `opens_with`. What it does not declare
    does not reach it. DoudiError for one that is not given or of another kind."""
    if process.begins is None:
        return {}
    given = {"scheme": process.scheme or process.id, **flow}
    for name, kind in process.opens_with.items():
        value = given.get(name)
        if not isinstance(value, KINDS[kind]) or (kind == "number" and isinstance(value, bool)):
            raise DoudiError(f"发起“{process.name}”要先给出“{name}”（{kind}），请检查发起它的环节。")
    return {name: given[name] for name in ("scheme", *process.opens_with)}


def make(
    deed: Deed,
    release: LoadedRelease,
    process: ProcessInfo,
    *,
    area: str,
    parent_id: int | None,
    flow: Mapping[str, Any],
    starter_id: int | None = None,
) -> Step:
    """The instance with the step that begins it; whoever keeps registers of cases has heard of it. `starter_id`: who
    hands in its first form."""
    first = scalars(process, flow)
    instance = Instance(
        process_id=process.id,
        release_id=release.id,
        area=area,
        parent_id=parent_id,
        seen_by=process.kept_for,
        status="running",
        position={},
        flow=first,
        started_at=deed.now,
        starter_id=starter_id,
        parameters_on=deed.now.date(),
        state=b"",
        journal_seq=0,
        journal_hash="",
    )
    deed.session.add(instance)
    deed.session.flush()
    for each in begun:
        each(deed.session, instance, process, first, deed.now)
    step = Step(deed.session, instance, release, deed.actor, deed.now)
    step.begin(first)
    return step
