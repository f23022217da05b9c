"""The outbox: messages, the copy of each for one person on one channel, and the group robots that also speak them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Base, Instant, Json, Sealed

_URGES = sa.text("kind = 'urge'")


class Message(Base):
    """One message, written in the operation's transaction: to named accounts (their copies are made at once) or to the
    holders of a role in an area (their copies are made when it is delivered)."""

    __tablename__ = "message"
    __table_args__ = (
        sa.Index("ix_message_waiting", "delivered_at", "id"),
        # What is urged and not done yet is found from here.
        sa.Index("ix_message_urge", "work_item_id", sqlite_where=_URGES, postgresql_where=_URGES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: incident, rung, urge, order, reply, assign, extension, calendar
    kind: Mapped[str] = mapped_column(sa.String(12))
    role: Mapped[str | None] = mapped_column(sa.String(40))
    area: Mapped[str | None] = mapped_column(sa.String(120))
    #: What anybody may read: case number and stage, never a person.
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text, default="")
    instance_id: Mapped[int | None] = mapped_column(index=True)
    work_item_id: Mapped[int | None] = mapped_column(index=True)
    sender: Mapped[str] = mapped_column(sa.String(80), default="系统")
    sender_id: Mapped[int | None]
    #: Not to wait for the daily digest.
    urgent: Mapped[bool] = mapped_column(default=False)
    #: A message that must exist once (`calendar:2027:2026-11`) carries its key.
    key: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Wall clock: nobody was there to be told; looked up again then.
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    #: When all of its copies had been made.
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)

    copies: Mapped[list[Copy]] = relationship(lazy="raise", back_populates="message")


class Copy(Base):
    """A message for one account on one channel: whether it went out, when it was read, what was answered."""

    __tablename__ = "message_copy"
    __table_args__ = (
        sa.UniqueConstraint("message_id", "channel", "account_id", "robot_id"),
        sa.Index("ix_message_copy_mine", "account_id", "channel", "read_at"),
        sa.Index(
            "ix_message_copy_waiting",
            "not_before",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index(
            "ix_message_copy_failed",
            "id",
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id"), index=True)
    #: app, mail, robot
    channel: Mapped[str] = mapped_column(sa.String(8))
    #: 0 for a robot's copy, as robot_id is 0 for an account's: NULL would make the key useless.
    account_id: Mapped[int] = mapped_column(default=0)
    robot_id: Mapped[int] = mapped_column(default=0)
    #: The name of whom it is for, as it was then.
    name: Mapped[str] = mapped_column(sa.String(80))
    #: waiting, sent, failed (given up; can be tried again by hand)
    state: Mapped[str] = mapped_column(sa.String(8))
    #: Wall clock: when it may go out (the next digest, the next try, the end of another process's claim).
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.Text)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)

    message: Mapped[Message] = relationship(lazy="raise", back_populates="copies")


class Robot(Base):
    """A group robot (DingTalk or WeCom) that speaks the messages of an area into a group chat."""

    __tablename__ = "robot"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: dingtalk, wecom
    kind: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str] = mapped_column(sa.String(80))
    area: Mapped[str] = mapped_column(sa.String(120))
    #: The address holds the access token, so both are sealed.
    url: Mapped[Any] = mapped_column(Sealed)
    secret: Mapped[Any] = mapped_column(Sealed, nullable=True)
    #: Kinds of messages that it speaks.
    kinds: Mapped[Any] = mapped_column(Json, default=list)
    #: Each as it comes, or once a day.
    digest: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    #: Wall clock: when it was last let speak; DingTalk silences a robot that speaks more than 20 times a minute.
    posted_at: Mapped[datetime | None] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(sa.String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
