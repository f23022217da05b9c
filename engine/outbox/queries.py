"""Reading messages: somebody's own, who was told, what waits and what failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.ladders.models import Rung
from engine.outbox.models import Copy, Message, Robot


@dataclass(frozen=True)
class Told:
    """Somebody who was told: when they read it, what they answered, how their mail fared. A robot has no account."""

    name: str
    account_id: int
    read_at: datetime | None
    answered_at: datetime | None
    answer: str | None
    #: None when there is no mail copy; else waiting, sent or failed.
    mail: str | None = None
    #: The same of a robot's post.
    robot: str | None = None


@dataclass(frozen=True)
class Said:
    """A message about a case with those who were told; of a rung also which, and who was passed over."""

    message: Message
    rung: Rung | None
    told: list[Told]


def unread(session: Session, account_id: int) -> int:
    """How many messages somebody has not opened: one look at an index."""
    return session.scalar(select(func.count()).where(*_mine(account_id), Copy.read_at.is_(None))) or 0


def inbox(
    session: Session, account_id: int, *, kind: str = "", only_unread: bool = False, limit: int = 50, skip: int = 0
) -> list[tuple[Copy, Message]]:
    """Somebody's messages: those unread first, the urgent of them before the others; then the newest first."""
    asked = _with_message().where(*_mine(account_id))
    if kind:
        asked = asked.where(Message.kind == kind)
    if only_unread:
        asked = asked.where(Copy.read_at.is_(None))
    new = Copy.read_at.is_(None)
    asked = asked.order_by(new.desc(), and_(new, Message.urgent).desc(), Copy.message_id.desc())
    asked = asked.limit(limit).offset(skip)
    return [(copy, message) for copy, message in session.execute(asked)]


def one(session: Session, account_id: int, copy_id: int) -> tuple[Copy, Message] | None:
    """One message of somebody's own; None for anybody else's."""
    asked = _with_message().where(*_mine(account_id), Copy.id == copy_id)
    row = session.execute(asked.execution_options(populate_existing=True)).one_or_none()
    return (row[0], row[1]) if row else None


def told(session: Session, message_ids: Iterable[int]) -> dict[int, list[Told]]:
    """Who was told of each message, by name; one statement."""
    found: dict[int, dict[tuple[int, int], dict[str, Any]]] = {key: {} for key in message_ids}
    if not found:
        return {}
    for copy in session.scalars(select(Copy).where(Copy.message_id.in_(found)).order_by(Copy.name, Copy.id)):
        blank = {"name": copy.name, "account_id": copy.account_id, "read_at": None, "answered_at": None, "answer": None}
        entry = found[copy.message_id].setdefault((copy.account_id, copy.robot_id), blank)
        if copy.channel == "app":
            entry.update(read_at=copy.read_at, answered_at=copy.answered_at, answer=copy.answer)
        else:
            entry[copy.channel] = copy.state
    return {key: [Told(**entry) for entry in entries.values()] for key, entries in found.items()}


def about(session: Session, instance_id: int, limit: int = 100) -> list[Said]:
    """What was said about a case, the newest first: reminders with their rungs, urging, orders. Answers stand with
    what they answer, incidents at the top of the case's page."""
    rows = session.execute(
        select(Message, Rung)
        .outerjoin(Rung, Rung.message_id == Message.id)
        .where(Message.instance_id == instance_id, Message.kind.not_in(("incident", "reply", "talk")))
        .order_by(Message.id.desc(), Rung.id)
        .limit(limit)
    ).all()
    who = told(session, [message.id for message, _ in rows])
    return [Said(message, rung, who[message.id]) for message, rung in rows]


def failed(session: Session, limit: int = 200) -> list[tuple[Copy, Message]]:
    """Copies that were given up, the newest first."""
    asked = _with_message().where(Copy.state == "failed").order_by(Copy.id.desc()).limit(limit)
    return [(copy, message) for copy, message in session.execute(asked)]


def nobody(session: Session, limit: int = 50) -> list[Message]:
    """Messages that nobody could be told: their role is vacant and the area has no administrator."""
    asked = select(Message).where(Message.delivered_at.is_(None), Message.not_before.is_not(None))
    return list(session.scalars(asked.order_by(Message.id.desc()).limit(limit)))


def backlog(session: Session, wall: datetime) -> dict[str, int]:
    """{"waiting", "due", "failed", "oldest_seconds"}: messages and copies that wait, those of them that could go out
    now, copies that were given up, and for how long the oldest due one has waited."""
    late = and_(Copy.state == "waiting", Copy.not_before <= wall)
    waiting, due, oldest = session.execute(
        select(
            func.count(),
            func.count().filter(late),
            func.min(Copy.not_before).filter(late),
        ).where(Copy.state == "waiting")
    ).one()
    given_up = session.scalar(select(func.count()).where(Copy.state == "failed")) or 0
    undelivered, ready, first = session.execute(
        select(
            func.count(),
            func.count().filter(or_(Message.not_before.is_(None), Message.not_before <= wall)),
            func.min(Message.created_at),
        ).where(Message.delivered_at.is_(None))
    ).one()
    ages = [0.0]
    if oldest is not None:
        ages.append((wall - oldest).total_seconds())
    if first is not None:
        ages.append((clock.now() - first).total_seconds())
    return {
        "waiting": waiting + undelivered,
        "due": due + ready,
        "failed": given_up,
        "oldest_seconds": int(max(ages)),
    }


def robots(session: Session) -> list[Robot]:
    """All robots, by name."""
    return list(session.scalars(select(Robot).order_by(Robot.name, Robot.id)))


def hint(robot: Robot) -> str:
    """All that is ever shown of a robot's address: its host and its last four characters."""
    return f"{urlsplit(robot.url).hostname}/…{robot.url[-4:]}"


def _mine(account_id: int) -> tuple[Any, ...]:
    return Copy.account_id == account_id, Copy.channel == "app"


def _with_message() -> Select[Any]:
    return select(Copy, Message).join(Message, Message.id == Copy.message_id)
