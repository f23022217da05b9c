"""What people may start, where, and what a slice has to say about it.

A slice that keeps something of its own about a kind of case registers what it wants to look at before a case begins
(`check`: it refuses with words), what the flow begins with (`flow`), and what it keeps of the first form (`keep`):

    starts.register("appeal", check=decided_and_in_time, flow=about, keep=write_down)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import clock
from engine.actors import LEVELS, Actor
from engine.errors import Refused
from engine.releases import queries as releases
from engine.releases.loaded import ProcessInfo
from engine.releases.starts import GROUPS, STARTERS
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance, Submission
from engine.transactions import Deed


@dataclass(frozen=True)
class Asked:
    """Who wants to start what, where, now; `parent` is the case at which, when it is a linked one."""

    process: ProcessInfo
    actor: Actor
    area: str
    now: datetime
    parent: Instance | None = None


Check = Callable[[Session, Asked], None]
Flow = Callable[[Session, Asked], Mapping[str, Any]]
Keep = Callable[[Deed, Instance, Submission], None]


@dataclass(frozen=True)
class Hooks:
    """What one slice wants of one kind of case."""

    check: Check | None = None
    flow: Flow | None = None
    keep: Keep | None = None


@dataclass(frozen=True)
class Offer:
    """A kind of case that somebody may start, or may not for now: `refusal` says why."""

    process: ProcessInfo
    refusal: str = ""


_hooks: dict[str, list[Hooks]] = {}


def register(
    process_id: str, *, check: Check | None = None, flow: Flow | None = None, keep: Keep | None = None
) -> None:
    """Adds what a slice wants, once. `check` raises Refused with words: it is asked when the page is drawn and again
    inside the act, with the parent locked. `flow` gives scalars that the process declares in `opens_with`. `keep` runs
    inside the act with the first form as it was judged; it may refuse too."""
    made = Hooks(check, flow, keep)
    known = _hooks.setdefault(process_id, [])
    if made not in known:
        known.append(made)


def of(process_id: str) -> tuple[Hooks, ...]:
    """What the slices want of a kind of case."""
    return tuple(_hooks.get(process_id, ()))


def look(session: Session, asked: Asked) -> None:
    """Raises Refused when a slice has something against it."""
    for each in of(asked.process.id):
        if each.check is not None:
            each.check(session, asked)


def flow(session: Session, asked: Asked) -> dict[str, Any]:
    """What the flow begins with, as the slices give it."""
    found: dict[str, Any] = {}
    for each in of(asked.process.id):
        if each.flow is not None:
            found |= each.flow(session, asked)
    return found


def facts(process: ProcessInfo, area: str, parent_id: int | None = None) -> dict[str, Any]:
    """What the veto is told of a case that is to be started."""
    return {
        "process_id": process.id,
        "area": area,
        "parent_id": parent_id,
        "begins": process.begins,
        "starters": process.starters,
    }


def desk_of(actor: Actor, process: ProcessInfo) -> str | None:
    """The area in which somebody may start it: that of the first of their roles that may; None when none does. A case
    begins in a township or a village: one that began at the county would wait there for a director whom it has not."""
    return next(
        (
            grant.area
            for grant in actor.grants
            if grant.role in process.starters and grant.area.count("/") + 1 >= LEVELS["township"]
        ),
        None,
    )


def starters() -> frozenset[str]:
    """The roles that may start something anywhere, by the releases that this process has read: good enough for a link
    in the navigation, which must not ask the database; the page itself asks for each kind."""
    known = (process for release in releases.loaded() for process in release.processes.values() if process.start)
    return frozenset(STARTERS).union(*(process.starters for process in known))


def offered(session: Session, actor: Actor) -> dict[str, list[Offer]]:
    """What somebody may start anywhere, by the headings of the page, in the order of the release."""
    release = releases.load(releases.current(session).id, session)
    found: dict[str, list[Offer]] = {}
    for process in release.processes.values():
        area = desk_of(actor, process)
        if not process.start or area is None:
            continue
        if veto.ask(session, Question("start", actor, facts=facts(process, area))):
            found.setdefault(process.group, []).append(Offer(process))
    return {key: found[key] for key in GROUPS if key in found}


def linked(session: Session, actor: Actor, parent: Instance) -> list[Offer]:
    """What somebody may start at a case; what a slice has something against is there with its words."""
    release = releases.load(releases.current(session).id, session)
    found = []
    for process in release.processes.values():
        if not fits(process, parent):
            continue
        question = Question("start", actor, instance=parent, facts=facts(process, parent.area, parent.id))
        if not veto.ask(session, question):
            continue
        try:
            look(session, Asked(process, actor, parent.area, clock.now(), parent))
            found.append(Offer(process))
        except Refused as refused:
            found.append(Offer(process, refused.message))
    return found


def fits(process: ProcessInfo, parent: Instance) -> bool:
    """Whether a process is one that is started at cases of this kind."""
    return process.begins == "linked" and ("*" in process.parents or parent.process_id in process.parents)
