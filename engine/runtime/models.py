"""The runtime's tables: instances, work items, signatures, submissions, drafts, timers, incidents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from engine.database import Base, Instant, Json, Sealed

_RISES = sa.text("rung_at IS NOT NULL")
_ENDED = sa.text("ended_at IS NOT NULL")
_OPEN = sa.text("state = 'open'")
_DONE = sa.text("completed_at IS NOT NULL")
_RESTS = sa.text("suspended_at IS NOT NULL")
_WAITS = sa.text("instance_id IS NULL")
_FREE = sa.text("state = 'open' AND holder_id IS NULL")
_URGED = sa.text("state = 'open' AND urged_at IS NOT NULL")
#: All that the lists ask of what may be taken, so that no row of the table is read for them.
FREE = ("role", "due_at", "id", "area", "instance_id", "submission_id", "state", "holder_id")
_KEPT = sa.text("seen_by IS NOT NULL")
#: Before the element of a submission: a correction that has not come back.
PENDING = "~"


class Instance(Base):
    """One run of a process. Its state is spec-free; the specs live once a release."""

    __tablename__ = "instance"
    __table_args__ = (
        sa.Index("ix_instance_status_process", "status", "process_id"),
        # The leaders' board counts what runs without reading a row; the report finds a month's endings.
        sa.Index("ix_instance_runs", "status", "area", "process_id", "seen_by"),
        sa.Index("ix_instance_ended", "ended_at", sqlite_where=_ENDED, postgresql_where=_ENDED),
        sa.Index("ix_instance_started", "started_at"),
        sa.Index("ix_instance_suspended", "suspended_at", sqlite_where=_RESTS, postgresql_where=_RESTS),
        # What somebody began and how much of it still runs; the confidential cases, for what lists leave out.
        sa.Index("ix_instance_starter", "starter_id", "status", "seen_by", "area", "parent_id"),
        sa.Index(
            "ix_instance_kept",
            "status",
            "seen_by",
            "area",
            "parent_id",
            "id",
            sqlite_where=_KEPT,
            postgresql_where=_KEPT,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[str] = mapped_column(sa.String(80))
    release_id: Mapped[str] = mapped_column(sa.ForeignKey("release.id"))
    area: Mapped[str] = mapped_column(sa.String(120), index=True)
    #: running, completed, cancelled
    status: Mapped[str] = mapped_column(sa.String(12), default="running")
    #: The id of the top-level end event, once completed.
    outcome: Mapped[str | None] = mapped_column(sa.String(80))
    #: Name of the top-level element where the tokens stand (调查核实), for lists.
    stage: Mapped[str] = mapped_column(sa.String(120), default="")
    #: {process_id: {"active": [element…], "done": [element…]}}: what the diagram shows without loading the state.
    position: Mapped[Any] = mapped_column(Json, default=dict)
    #: The flow's scalars after the last step, for lists and facts; the truth is in `state`.
    flow: Mapped[Any] = mapped_column(Json, default=dict)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: Of a confidential kind: the roles that may see it, `,discipline,head,`; None when the whole area may.
    seen_by: Mapped[str | None] = mapped_column(sa.String(300))
    #: Since when it is suspended (中止); it still counts as running. The suspension says why and until when.
    suspended_at: Mapped[datetime | None] = mapped_column(Instant)
    started_at: Mapped[datetime] = mapped_column(Instant)
    #: Who handed in its first form; None when the system opened it.
    starter_id: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The day whose parameters the case is decided on.
    parameters_on: Mapped[date]
    #: Once it is decided, the very values that it was decided on: a correction afterwards changes nothing in it.
    parameters_kept: Mapped[str | None] = mapped_column(sa.ForeignKey("parameter_snapshot.id"))
    #: Zlib of SpiffWorkflow's serialisation; bytes, because the order of its keys is meaning.
    state: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary))
    version: Mapped[int] = mapped_column(default=1)
    journal_seq: Mapped[int] = mapped_column(default=0)
    journal_hash: Mapped[str] = mapped_column(sa.String(64), default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy reads it from the class

    @property
    def stream(self) -> str:
        """The journal stream of this instance."""
        return f"instance:{self.id}"


class FrozenSubprocess(Base):
    """A finished call activity, moved out of the state: it never changes again, save by a rewind."""

    __tablename__ = "frozen_subprocess"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    task_id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    state: Mapped[bytes] = mapped_column(sa.LargeBinary)


class WorkItem(Base):
    """A READY human task as a row. Signers, drafts and due dates live here, above SpiffWorkflow."""

    __tablename__ = "work_item"
    __table_args__ = (
        sa.UniqueConstraint("instance_id", "task_id"),
        sa.Index("ix_work_item_holder", "holder_id", "state", "due_at"),
        sa.Index("ix_work_item_due", "state", "due_at"),
        sa.Index("ix_work_item_rung", "rung_at", sqlite_where=_RISES, postgresql_where=_RISES),
        # With whom the ball of a case is: its open item that is due first.
        sa.Index("ix_work_item_first", "instance_id", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("ix_work_item_done", "completed_at", sqlite_where=_DONE, postgresql_where=_DONE),
        # What may be taken, due first, and how much of it there is: both are read from this index alone.
        sa.Index("ix_work_item_free", *FREE, sqlite_where=_FREE, postgresql_where=_FREE),
        # What was urged and is not done.
        sa.Index("ix_work_item_urged", "urged_at", sqlite_where=_URGED, postgresql_where=_URGED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    task_id: Mapped[str] = mapped_column(sa.String(36))
    process_id: Mapped[str] = mapped_column(sa.String(80))
    element_id: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[str] = mapped_column(sa.String(40))
    #: The case's area cut at the task's level.
    area: Mapped[str] = mapped_column(sa.String(120))
    form: Mapped[str] = mapped_column(sa.String(80))
    people: Mapped[int] = mapped_column(default=1)
    #: Element ids whose signers may not sign this one.
    separate: Mapped[Any] = mapped_column(Json, default=list)
    clause: Mapped[str | None] = mapped_column(sa.String(200))
    #: open, completed, cancelled
    state: Mapped[str] = mapped_column(sa.String(12), default="open")
    holder_id: Mapped[int | None]
    holder_name: Mapped[str | None] = mapped_column(sa.String(80))
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: 24:00 of the due day; None when the task has no due.
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    warn_at: Mapped[datetime | None] = mapped_column(Instant)
    #: How the date came about: {"length", "start", "raw", "due", "provisional", "calendar", "why"}.
    due_basis: Mapped[Any] = mapped_column(Json, nullable=True)
    #: How long before the due day it turns yellow (`1wd`).
    warn: Mapped[str | None] = mapped_column(sa.String(12))
    #: Who is told of its due date, when: `director@0,deputy@+1wd`.
    ladder: Mapped[str | None] = mapped_column(sa.String(200))
    #: When the next rung of the ladder is due; None when none is.
    rung_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Whom the drawing says it really waits for (`applicant`), when that is not its holder.
    waits_for: Mapped[str | None] = mapped_column(sa.String(20))
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    #: When what it follows from really took place, if that was entered later (补录): its date counts from then.
    meant_at: Mapped[datetime | None] = mapped_column(Instant)
    #: When it was entered, if it was done on paper and entered later: `completed_at` is when it was done.
    entered_at: Mapped[datetime | None] = mapped_column(Instant)
    #: When a leader last urged it; told beside the version, since whoever has its form open goes on.
    urged_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The submission that signatures so far stand on.
    submission_id: Mapped[int | None]
    #: When it was handed in by enough people and only waits for those who sign after them.
    handed_in_at: Mapped[datetime | None] = mapped_column(Instant)
    #: How many rounds of further signers stand in its way; so that an item without any asks no table.
    rounds_open: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Who gave it to its holder to do for them (委派): it comes back to them, and they hand it in.
    lent_by_id: Mapped[int | None]
    lent_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    #: The earlier item whose work this one does anew, after a return.
    again_of: Mapped[int | None]
    #: The item that waits for this correction (补正): only the form of `again_of` is open here, no step of the flow.
    corrects_for_id: Mapped[int | None]
    #: The correction that it waits for (等待补正): until that is back nobody hands it in.
    awaits_id: Mapped[int | None]
    #: When its form was first shown to its holder: from then on nobody takes back what led here.
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def files_under(self) -> str:
        """The element under which what is handed in counts. A correction counts for nothing before it has come back."""
        return self.element_id if self.corrects_for_id is None else f"{PENDING}{self.element_id}"[:80]

    @property
    def arose_at(self) -> datetime:
        """Since when there was this to do: since it came, or since what it follows from really took place."""
        return self.meant_at or self.created_at

    instance: Mapped[Instance] = relationship(lazy="raise")
    signatures: Mapped[list[Signature]] = relationship(lazy="raise", order_by="Signature.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy reads it from the class


class Signature(Base):
    """One person's signature under one submission of a work item."""

    __tablename__ = "signature"
    __table_args__ = (
        sa.UniqueConstraint("work_item_id", "submission_id", "actor_id"),
        # What somebody did, the latest first, and how much of it this month.
        sa.Index("ix_signature_mine", "actor_id", "signed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    work_item_id: Mapped[int] = mapped_column(sa.ForeignKey("work_item.id"), index=True)
    instance_id: Mapped[int] = mapped_column(index=True)
    element_id: Mapped[str] = mapped_column(sa.String(80))
    submission_id: Mapped[int]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(sa.String(80))
    #: In whose stead it was given: it counts as theirs, too, where two must sign or duties are kept apart.
    for_id: Mapped[int | None]
    signed_at: Mapped[datetime] = mapped_column(Instant)
    #: False once somebody changed the form after this signature: it no longer counts.
    valid: Mapped[bool] = mapped_column(default=True)


class Submission(Base):
    """What somebody handed in on a form: immutable, with the release of the form it was made on."""

    __tablename__ = "submission"
    __table_args__ = (sa.Index("ix_submission_element", "instance_id", "element_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"))
    work_item_id: Mapped[int] = mapped_column(index=True)
    element_id: Mapped[str] = mapped_column(sa.String(80))
    form: Mapped[str] = mapped_column(sa.String(80))
    release_id: Mapped[str] = mapped_column(sa.String(64))
    values: Mapped[Any] = mapped_column(Sealed)
    author_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(sa.String(80))
    acted_at: Mapped[datetime] = mapped_column(Instant)
    entered_at: Mapped[datetime] = mapped_column(Instant)
    #: The one in whose place it stands since it was corrected (补正); what was done at the step was done then.
    supersedes_id: Mapped[int | None]


class Draft(Base):
    """What somebody typed and did not hand in yet: as posted, whether right or wrong."""

    __tablename__ = "draft"

    #: `item:12` or `start:dibao`.
    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    actor_id: Mapped[int] = mapped_column(primary_key=True)
    posted: Mapped[Any] = mapped_column(Sealed)
    saved_at: Mapped[datetime] = mapped_column(Instant)


class WaitingTimer(Base):
    """A timer event that waits: a row with its due instant, so a sweep never loads an instance it does not fire."""

    __tablename__ = "waiting_timer"
    __table_args__ = (
        sa.UniqueConstraint("instance_id", "task_id"),
        sa.Index("ix_waiting_timer_due", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"))
    task_id: Mapped[str] = mapped_column(sa.String(36))
    process_id: Mapped[str] = mapped_column(sa.String(80))
    element_id: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(120))
    due_at: Mapped[datetime] = mapped_column(Instant)
    basis: Mapped[Any] = mapped_column(Json)
    #: Its case is suspended: it fires after that, in its turn.
    held: Mapped[bool] = mapped_column(default=False)
    #: How often firing failed for a reason that is not the case's own; it is retried later and later.
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(sa.Text)

    instance: Mapped[Instance] = relationship(lazy="raise")


class Incident(Base):
    """An element where the instance is parked, with the cause in words; resolved by a retry."""

    __tablename__ = "incident"
    __table_args__ = (sa.Index("ix_incident_open", "resolved_at", "instance_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    task_id: Mapped[str] = mapped_column(sa.String(36))
    process_id: Mapped[str] = mapped_column(sa.String(80))
    element_id: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(120))
    #: service, expression, timer, decision, loop, clock, engine
    kind: Mapped[str] = mapped_column(sa.String(20))
    cause: Mapped[str] = mapped_column(sa.Text)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_by: Mapped[str | None] = mapped_column(sa.String(80))

    instance: Mapped[Instance] = relationship(lazy="raise")


class Opening(Base):
    """A case that the system is to open, asked for inside an operation and carried out after its commit: once, however
    often it is asked for, since its key is unique."""

    __tablename__ = "opening"
    __table_args__ = (sa.Index("ix_opening_waits", "not_before", sqlite_where=_WAITS, postgresql_where=_WAITS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What makes it happen once: `death:12:34`, `review:34:2026-06`.
    key: Mapped[str] = mapped_column(sa.String(160), unique=True)
    process_id: Mapped[str] = mapped_column(sa.String(80))
    area: Mapped[str] = mapped_column(sa.String(120))
    #: The scalars that the flow begins with.
    flow: Mapped[Any] = mapped_column(Json, default=dict)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    #: The case that came of it; None until then.
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: How often it failed, when it is tried again, and why it failed last.
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(sa.Text)


class Suspension(Base):
    """One time that a case was suspended (中止办理): why, by whom, until when at most, how it ended."""

    __tablename__ = "suspension"
    __table_args__ = (
        sa.Index(
            "ix_suspension_lasts",
            "until",
            "instance_id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), index=True)
    #: A code that clocks may list among their `pauses`: `force_majeure`.
    cause: Mapped[str] = mapped_column(sa.String(40))
    reason: Mapped[str] = mapped_column(sa.Text)
    began_at: Mapped[datetime] = mapped_column(Instant)
    began_by: Mapped[str] = mapped_column(sa.String(80))
    #: Its last day: after it the case goes on by itself.
    until: Mapped[date]
    #: Ids of the clocks that stand still for it, and of the work items whose date was lifted.
    clocks: Mapped[Any] = mapped_column(Json, default=list)
    items: Mapped[Any] = mapped_column(Json, default=list)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(sa.String(80))
    remark: Mapped[str] = mapped_column(sa.Text, default="")
