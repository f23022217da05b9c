"""Who is there to be told: the engine asks, the registers that keep accounts answer.

`registers.accounts` puts its answers in place when the application is put together; until then nobody is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.actors import Actor


@dataclass(frozen=True)
class Contact:
    """How an account is reached beside the desk."""

    account_id: int
    name: str
    email: str | None


@dataclass
class Directory:
    """The questions. `holders(session, role, area)`: the active accounts that hold a role over an area, by name.
    `actor(session, id)`: the active account as somebody who acts. `contacts(session, ids)`: {account id: contact} of
    active accounts. `lenders(session, id)`: those for whom an account stands in at this instant, each with no grants
    but their own. `stand_ins(session, ids)`: {account id: who stands in for them now}. `kept_for(session, item, id)`:
    in whose stead an account took an open item over, None when it did not."""

    holders: Callable[[Session, str, str], list[Actor]] = lambda _session, _role, _area: []
    actor: Callable[[Session, int], Actor | None] = lambda _session, _id: None
    contacts: Callable[[Session, Iterable[int]], dict[int, Contact]] = lambda _session, _ids: {}
    lenders: Callable[[Session, int], tuple[Actor, ...]] = lambda _session, _id: ()
    stand_ins: Callable[[Session, Iterable[int]], dict[int, list[Actor]]] = lambda _session, _ids: {}
    kept_for: Callable[[Session, Any, int], int | None] = lambda _session, _item, _id: None


directory = Directory()
