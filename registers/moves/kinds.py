"""The kinds of moves: who asks, who confirms, what is filled in, when it may be, what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Refused
from engine.releases import queries as releases
from engine.runtime.models import Instance
from engine.transactions import Deed
from registers.benefits.models import Decision
from registers.moves.models import Move
from registers.moves.reading import Reading


@dataclass(frozen=True)
class Filled:
    """What was filled in, judged: the day that counts, everything else, the person whom it is about."""

    happened_on: date
    told: dict[str, Any]
    person_id: int | None = None


@dataclass(frozen=True)
class Kind:
    """One kind. `fits` raises Refused, with words, where it cannot be (asked again when it is confirmed); `read` judges
    what was filled in; `effect` does it inside the act of confirming and says in words what came of it."""

    key: str
    title: str
    asks: tuple[str, ...]
    confirms: tuple[str, ...]
    clause: str
    fits: Callable[[Session, Instance], None]
    read: Callable[[Session, Instance, Reading], Filled]
    effect: Callable[[Deed, Instance, Move], str]
    #: What a person reads before they confirm: it cannot be undone.
    warning: str = ""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Makes a kind known."""
    _kinds[kind.key] = kind
    return kind


def all_() -> Mapping[str, Kind]:
    """Every kind, in the order of the page."""
    return dict(_kinds)


def application(session: Session, instance: Instance) -> None:
    """Raises Refused unless the case is an application for help that still runs."""
    process = releases.load(instance.release_id, session).processes[instance.process_id]
    if not process.start or process.group != "relief":
        raise Refused("只有救助申请可以这样办理；信访、异议等事项请在原流程中办结。")
    if instance.status != "running":
        raise Refused("这件办件已经结束。")


def undecided(session: Session, instance: Instance) -> None:
    """The same, and nothing was decided yet."""
    application(session, instance)
    if session.get(Decision, instance.id) is not None:
        raise Refused("这件办件已经作出决定，请按“变更与退出”或申诉办理。")
