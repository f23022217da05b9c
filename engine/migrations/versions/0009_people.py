"""Stand-ins, what they took over, talk; in whose stead a signature was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "stand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("absent_name", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=True),
        sa.Column("named_by", sa.String(length=80), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
    )
    with op.batch_alter_table("stand_in", schema=None) as batch_op:
        batch_op.create_index("ix_stand_in_absent", ["absent_id", "ends_at"], unique=False)
        batch_op.create_index("ix_stand_in_account", ["account_id", "ends_at"], unique=False)

    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=True),
        sa.Column("asked_name", sa.String(length=80), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_remark_instance_id_instance")),
        sa.ForeignKeyConstraint(["parent_id"], ["remark.id"], name=op.f("fk_remark_parent_id_remark")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_remark_work_item_id_work_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.create_index(
            "ix_remark_asked",
            ["asked_id"],
            unique=False,
            sqlite_where=sa.text(
                "kind = 'question' AND answered_at IS NULL AND withdrawn_at IS NULL AND struck_at IS NULL"
            ),
            postgresql_where=sa.text(
                "kind = 'question' AND answered_at IS NULL AND withdrawn_at IS NULL AND struck_at IS NULL"
            ),
        )
        batch_op.create_index(
            "ix_remark_by",
            ["by_id"],
            unique=False,
            sqlite_where=sa.text(
                "kind = 'question' AND answered_at IS NULL AND withdrawn_at IS NULL AND struck_at IS NULL"
            ),
            postgresql_where=sa.text(
                "kind = 'question' AND answered_at IS NULL AND withdrawn_at IS NULL AND struck_at IS NULL"
            ),
        )
        batch_op.create_index(batch_op.f("ix_remark_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_remark_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "taken_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["stand_in_id"], ["stand_in.id"], name=op.f("fk_taken_over_stand_in_id_stand_in")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_taken_over_work_item_id_work_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_over")),
    )
    with op.batch_alter_table("taken_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taken_over_settled_at"), ["settled_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_taken_over_stand_in_id"), ["stand_in_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_taken_over_work_item_id"), ["work_item_id"], unique=False)

    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("for_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_column("for_id")

    with op.batch_alter_table("taken_over", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_taken_over_work_item_id"))
        batch_op.drop_index(batch_op.f("ix_taken_over_stand_in_id"))
        batch_op.drop_index(batch_op.f("ix_taken_over_settled_at"))

    op.drop_table("taken_over")
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remark_parent_id"))
        batch_op.drop_index(batch_op.f("ix_remark_instance_id"))
        batch_op.drop_index(
            "ix_remark_by",
            sqlite_where=sa.text(
                "kind = 'question' AND answered_at IS NULL AND withdrawn_at IS NULL AND struck_at IS NULL"
            ),
            postgresql_where=sa.text(
                "kind = 'question' AND answered_at IS NULL AND withdrawn_at IS NULL AND struck_at IS NULL"
            ),
        )
        batch_op.drop_index(
            "ix_remark_asked",
            sqlite_where=sa.text(
                "kind = 'question' AND answered_at IS NULL AND withdrawn_at IS NULL AND struck_at IS NULL"
            ),
            postgresql_where=sa.text(
                "kind = 'question' AND answered_at IS NULL AND withdrawn_at IS NULL AND struck_at IS NULL"
            ),
        )

    op.drop_table("remark")
    with op.batch_alter_table("stand_in", schema=None) as batch_op:
        batch_op.drop_index("ix_stand_in_account")
        batch_op.drop_index("ix_stand_in_absent")

    op.drop_table("stand_in")
