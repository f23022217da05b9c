"""Clocks with a ledger, ladders, the calendar in force, messages with copies, orders, the pulse of processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BOARD = (
    ("ix_instance_runs", "instance", ["status", "area", "process_id"], None),
    ("ix_instance_ended", "instance", ["ended_at"], "ended_at IS NOT NULL"),
    ("ix_instance_started", "instance", ["started_at"], None),
    ("ix_work_item_first", "work_item", ["instance_id", "due_at", "id"], "state = 'open'"),
    ("ix_work_item_done", "work_item", ["completed_at"], "completed_at IS NOT NULL"),
)


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_edition",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("counted", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_edition")),
    )
    op.create_table(
        "calendar_recount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_recount")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("off", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loaded_by", sa.String(length=80), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "pulse",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("host", sa.String(length=80), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse")),
    )
    op.create_table(
        "robot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("area", sa.String(length=120), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_robot")),
    )
    op.create_table(
        "message_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("robot_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_copy_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_copy")),
        sa.UniqueConstraint(
            "message_id",
            "channel",
            "account_id",
            "robot_id",
            name=op.f("uq_message_copy_message_id_channel_account_id_robot_id"),
        ),
    )
    with op.batch_alter_table("message_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_copy_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_message_copy_mine", ["account_id", "channel", "read_at"], unique=False)
        batch_op.create_index(
            "ix_message_copy_waiting",
            ["not_before"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(
            "ix_message_copy_failed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        )

    op.create_table(
        "rung",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("lap", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_rung_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rung")),
        sa.UniqueConstraint("subject", "subject_id", "lap", "step", name=op.f("uq_rung_subject_subject_id_lap_step")),
    )
    with op.batch_alter_table("rung", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rung_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rung_message_id"), ["message_id"], unique=False)

    op.create_table(
        "clock_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_clock_entry_clock_id_clock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_entry")),
    )
    with op.batch_alter_table("clock_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clock_entry_clock_id"), ["clock_id"], unique=False)

    op.create_table(
        "clock_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_clock_extension_clock_id_clock")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_clock_extension_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_extension")),
    )
    with op.batch_alter_table("clock_extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clock_extension_clock_id"), ["clock_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clock_extension_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(
            "uq_clock_extension_open",
            ["clock_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "supervision_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=True),
        sa.Column("clock_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("to_name", sa.String(length=80), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_supervision_order_clock_id_clock")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_supervision_order_instance_id_instance")
        ),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name=op.f("fk_supervision_order_work_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_order")),
        sa.UniqueConstraint("number", name=op.f("uq_supervision_order_number")),
    )
    with op.batch_alter_table("supervision_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supervision_order_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_order_to_id"), ["to_id"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=120), nullable=True))

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("title", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="legal"))
        batch_op.add_column(sa.Column("extends_to", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("lap", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("meant_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("warn", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("ladder", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("holder_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ending", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.alter_column(
            "name", existing_type=sa.String(length=40), type_=sa.String(length=60), existing_nullable=False
        )
        batch_op.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        batch_op.drop_index(batch_op.f("ix_clock_running"))
    op.execute("UPDATE clock SET title = CASE name WHEN 'total' THEN '全程办理时限' ELSE name END")
    op.execute("UPDATE clock SET ended_at = satisfied_at, ending = 'satisfied' WHERE satisfied_at IS NOT NULL")
    with op.batch_alter_table("clock", schema=None) as batch_op:
        for name in ("title", "kind", "lap", "version"):
            batch_op.alter_column(name, server_default=None)
        batch_op.create_index(
            "ix_clock_rung",
            ["rung_at"],
            unique=False,
            sqlite_where=sa.text("rung_at IS NOT NULL"),
            postgresql_where=sa.text("rung_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_clock_runs",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_clock_extended",
            ["lap"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL AND lap > 0"),
            postgresql_where=sa.text("ended_at IS NULL AND lap > 0"),
        )
        batch_op.drop_column("satisfied_at")
    # The ledger of clocks that ran before there was one: when they started, when they were satisfied.
    op.execute(
        "INSERT INTO clock_entry (clock_id, kind, at, note, who, due_at)"
        " SELECT id, 'started', started_at, '', '系统', due_at FROM clock"
    )
    op.execute(
        "INSERT INTO clock_entry (clock_id, kind, at, note, who, due_at)"
        " SELECT id, 'satisfied', ended_at, '', '系统', due_at FROM clock WHERE ended_at IS NOT NULL"
    )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="incident"))
        batch_op.add_column(sa.Column("work_item_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sender", sa.String(length=80), nullable=False, server_default="系统"))
        batch_op.add_column(sa.Column("sender_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("key", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_message_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_work_item_id"), ["work_item_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_message_key"), ["key"])
    with op.batch_alter_table("message", schema=None) as batch_op:
        for name in ("kind", "sender", "urgent"):
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_column("attempts")
        batch_op.drop_column("error")
        batch_op.drop_column("account_id")

    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("basis", sa.Text(), nullable=True))

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warn", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("ladder", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("waits_for", sa.String(length=20), nullable=True))
        batch_op.create_index(
            "ix_work_item_rung",
            ["rung_at"],
            unique=False,
            sqlite_where=sa.text("rung_at IS NOT NULL"),
            postgresql_where=sa.text("rung_at IS NOT NULL"),
        )
    # What the leaders' board reads.
    for name, table, columns, where in BOARD:
        with op.batch_alter_table(table, schema=None) as batch_op:
            condition = sa.text(where) if where else None
            batch_op.create_index(name, columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for name, table, _, _ in BOARD:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(name)
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_work_item_rung",
            sqlite_where=sa.text("rung_at IS NOT NULL"),
            postgresql_where=sa.text("rung_at IS NOT NULL"),
        )
        batch_op.drop_column("waits_for")
        batch_op.drop_column("rung_at")
        batch_op.drop_column("ladder")
        batch_op.drop_column("warn")

    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.drop_column("basis")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_id", sa.INTEGER(), nullable=True))
        batch_op.add_column(sa.Column("error", sa.TEXT(), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.INTEGER(), nullable=False, server_default="0"))
        batch_op.drop_constraint(batch_op.f("uq_message_key"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_message_work_item_id"))
        batch_op.drop_index(batch_op.f("ix_message_instance_id"))
        batch_op.drop_column("not_before")
        batch_op.drop_column("key")
        batch_op.drop_column("urgent")
        batch_op.drop_column("sender_id")
        batch_op.drop_column("sender")
        batch_op.drop_column("work_item_id")
        batch_op.drop_column("kind")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.alter_column("attempts", server_default=None)

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("satisfied_at", sa.DateTime(timezone=True), nullable=True))
    # A clock that is paused, or ended with its case, has no counterpart in the older schema.
    op.execute("UPDATE clock SET satisfied_at = ended_at")
    op.execute("UPDATE clock SET due_at = paused_at WHERE due_at IS NULL")
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_runs")
        batch_op.drop_index("ix_clock_extended")
        batch_op.drop_index("ix_clock_rung")
        batch_op.create_index(batch_op.f("ix_clock_running"), ["satisfied_at", "due_at"], unique=False)
        batch_op.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column(
            "name", existing_type=sa.String(length=60), type_=sa.String(length=40), existing_nullable=False
        )
        for name in (
            "version", "ending", "ended_at", "paused_at", "rung_at", "ladder", "warn", "warn_at", "meant_at", "lap",
            "holder_id",
            "extends_to", "kind", "title",
        ):  # fmt: skip
            batch_op.drop_column(name)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("email")

    with op.batch_alter_table("supervision_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supervision_order_to_id"))
        batch_op.drop_index(batch_op.f("ix_supervision_order_instance_id"))

    op.drop_table("supervision_order")
    with op.batch_alter_table("clock_extension", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_clock_extension_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_clock_extension_instance_id"))
        batch_op.drop_index(batch_op.f("ix_clock_extension_clock_id"))

    op.drop_table("clock_extension")
    with op.batch_alter_table("clock_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clock_entry_clock_id"))

    op.drop_table("clock_entry")
    with op.batch_alter_table("rung", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rung_message_id"))
        batch_op.drop_index(batch_op.f("ix_rung_instance_id"))

    op.drop_table("rung")
    with op.batch_alter_table("message_copy", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_copy_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_message_copy_mine")
        batch_op.drop_index(batch_op.f("ix_message_copy_message_id"))

    op.drop_table("message_copy")
    op.drop_table("robot")
    op.drop_table("pulse")
    op.drop_table("calendar_year")
    op.drop_table("calendar_recount")
    op.drop_table("calendar_edition")
    op.drop_table("calendar_day")
