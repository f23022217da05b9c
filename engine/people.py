"""Who is there to be told: the engine asks, the registers that keep accounts answer.

`registers.accounts` puts its answers in place when the application is put together; until then nobody is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

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
    active accounts."""

    holders: Callable[[Session, str, str], list[Actor]] = lambda _session, _role, _area: []
    actor: Callable[[Session, int], Actor | None] = lambda _session, _id: None
    contacts: Callable[[Session, Iterable[int]], dict[int, Contact]] = lambda _session, _ids: {}


directory = Directory()
