"""Corrections of earlier forms that come straight back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("for_item_id", sa.Integer(), nullable=False),
        sa.Column("for_name", sa.String(length=120), nullable=False),
        sa.Column("of_item_id", sa.Integer(), nullable=False),
        sa.Column("of_name", sa.String(length=120), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stuck", sa.Text(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["for_item_id"], ["work_item.id"], name=op.f("fk_correction_for_item_id_work_item")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_correction_instance_id_instance")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_correction_item_id_work_item")),
        sa.ForeignKeyConstraint(["of_item_id"], ["work_item.id"], name=op.f("fk_correction_of_item_id_work_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_correction_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "uq_correction_form",
            ["of_item_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.create_index(
            "uq_correction_waits",
            ["for_item_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("supersedes_id", sa.Integer(), nullable=True))

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("corrects_for_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("awaits_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_column("awaits_id")
        batch_op.drop_column("corrects_for_id")

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_column("supersedes_id")

    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_correction_waits", sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'")
        )
        batch_op.drop_index(
            "uq_correction_form", sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'")
        )
        batch_op.drop_index(batch_op.f("ix_correction_item_id"))
        batch_op.drop_index(batch_op.f("ix_correction_instance_id"))

    op.drop_table("correction")
