"""Official documents: what was issued with its number and text, how it was served, how often it was printed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Instant, Json, Sealed


class Notice(Base):
    """A document that was issued: numbered without gaps, its text kept as it was. What its template declared on that
    day is kept beside it, so that lists need not open the release."""

    __tablename__ = "notice"
    __table_args__ = (sa.UniqueConstraint("number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: The step that issued it, or the key of the act: what is run again does not issue twice.
    task_id: Mapped[str] = mapped_column(sa.String(80), unique=True)
    template: Mapped[str] = mapped_column(sa.String(60))
    title: Mapped[str] = mapped_column(sa.String(80))
    #: None for a sheet that is not numbered.
    number: Mapped[str | None] = mapped_column(sa.String(60))
    #: letter or list
    kind: Mapped[str] = mapped_column(sa.String(10), default="letter")
    #: It refuses, reduces, stops or takes back: reasons and the way of redress stand in it.
    adverse: Mapped[bool] = mapped_column(default=False)
    #: receipt, hand, none
    service: Mapped[str] = mapped_column(sa.String(10), default="receipt")
    #: The user tasks whose submission is its receipt.
    served_by: Mapped[Any] = mapped_column(Json, default=list)
    #: The rendered text, sealed: it names the family and its reasons.
    html: Mapped[str] = mapped_column(Sealed)
    issued_at: Mapped[datetime] = mapped_column(Instant)


class NoticeDelivery(Base):
    """A receipt (送达回证) recorded outside the flow; one that a task of the flow asks for is its submission."""

    __tablename__ = "notice_delivery"

    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notice.id"), primary_key=True)
    #: direct, left, mail, electronic, public
    method: Mapped[str] = mapped_column(sa.String(12))
    delivered_on: Mapped[date]
    #: {"receiver", "receiver_relation", "witness", "witness_2", "evidence"}: names of people, so sealed.
    told: Mapped[Any] = mapped_column(Sealed)
    recorded_by_id: Mapped[int | None]
    recorded_by: Mapped[str] = mapped_column(sa.String(80))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class DocumentPrint(Base):
    """One time that a document came out on paper: the first is the original (0), every other a copy with its number."""

    __tablename__ = "document_print"
    __table_args__ = (sa.UniqueConstraint("what", "copy"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: `notice:12`, `receipt:12`, `record:34:home_visit_record`, `index:5`, `intake:5`
    what: Mapped[str] = mapped_column(sa.String(100))
    copy: Mapped[int]
    printed_by_id: Mapped[int | None]
    printed_by: Mapped[str] = mapped_column(sa.String(80))
    #: By the wall clock: for how long the file may be fetched again is no matter of the law.
    printed_at: Mapped[datetime] = mapped_column(Instant)
