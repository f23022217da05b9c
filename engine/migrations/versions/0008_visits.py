"""visits on a phone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "visit_phone",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_phone")),
    )
    with op.batch_alter_table("visit_phone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_phone_account_id"), ["account_id"], unique=False)

    op.create_table(
        "visit_packet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone_id", sa.String(length=32), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("base", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["phone_id"], ["visit_phone.id"], name=op.f("fk_visit_packet_phone_id_visit_phone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_packet")),
    )
    with op.batch_alter_table("visit_packet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_packet_phone_id"), ["phone_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_packet_work_item_id"), ["work_item_id"], unique=False)

    op.create_table(
        "visit_entry",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skew", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["packet_id"], ["visit_packet.id"], name=op.f("fk_visit_entry_packet_id_visit_packet")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_visit_entry")),
    )
    with op.batch_alter_table("visit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_entry_packet_id"), ["packet_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_entry_work_item_id"), ["work_item_id"], unique=False)


def downgrade() -> None:
    op.drop_table("visit_entry")
    op.drop_table("visit_packet")
    op.drop_table("visit_phone")
