"""Writing messages inside an operation and delivering them after its commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.outbox.models import Message
from engine.transactions import scratch


def enqueue(
    session: Session,
    *,
    subject: str,
    now: datetime,
    body: str = "",
    role: str | None = None,
    area: str | None = None,
    account_id: int | None = None,
    instance_id: int | None = None,
) -> Message:
    """Adds a message to the open transaction: to the holders of a role in an area, or to one account."""
    message = Message(
        role=role,
        area=area,
        account_id=account_id,
        subject=subject,
        body=body,
        instance_id=instance_id,
        created_at=now,
    )
    session.add(message)
    return message


def deliver(limit: int = 100) -> int:
    """Delivers what waits, oldest first; returns how many. A message inside the system is delivered when its
    recipients can see it, so today this marks it; several processes share the work row by row."""
    with scratch() as session:
        waiting = session.scalars(
            select(Message)
            .where(Message.delivered_at.is_(None))
            .order_by(Message.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for message in waiting:
            message.attempts += 1
            message.delivered_at, message.error = clock.now(), None
    return len(waiting)
