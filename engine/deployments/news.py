"""Who hears of a proposal: the engine says what happened, the registers know people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.deployments.models import ReleaseProposal

#: (session of the open operation, proposed | confirmed | refused | withdrawn | cancelled | activated, the proposal, who
#: did it, when)
Listener = Callable[[Session, str, ReleaseProposal, Actor, datetime], None]

_listeners: list[Listener] = []


def register(listener: Listener) -> Listener:
    """Adds a listener; the same one only once. Usable as a decorator."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def tell(session: Session, event: str, proposal: ReleaseProposal, actor: Actor, now: datetime) -> None:
    """Inside the operation: what listeners write is committed with it, or not at all."""
    for listener in _listeners:
        listener(session, event, proposal, actor, now)
