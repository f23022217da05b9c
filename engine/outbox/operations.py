"""Writing messages inside an operation and delivering them after its commit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.outbox.models import Message


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
