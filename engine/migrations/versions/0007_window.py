"""window work and back-entry"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "duplicate_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["high_id"], ["person.id"], name=op.f("fk_duplicate_decision_high_id_person")),
        sa.ForeignKeyConstraint(["low_id"], ["person.id"], name=op.f("fk_duplicate_decision_low_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_decision")),
    )
    with op.batch_alter_table("duplicate_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicate_decision_high_id"), ["high_id"], unique=False)
        batch_op.create_index("ix_duplicate_decision_waits", ["answer", "ended_at"], unique=False)
        batch_op.create_index(
            "uq_duplicate_decision_stands",
            ["low_id", "high_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "person_alias",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_alias_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "fingerprint", name=op.f("pk_person_alias")),
    )
    with op.batch_alter_table("person_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_alias_fingerprint"), ["fingerprint"], unique=False)

    op.create_table(
        "back_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("late_entered", sa.Boolean(), nullable=False),
        sa.Column("late_acted", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_back_entry_instance_id_instance")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_back_entry_work_item_id_work_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_back_entry")),
    )
    with op.batch_alter_table("back_entry", schema=None) as batch_op:
        batch_op.create_index("ix_back_entry_entered", ["entered_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_back_entry_instance_id"), ["instance_id"], unique=False)
        batch_op.create_index(
            "uq_back_entry_open",
            ["work_item_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    with op.batch_alter_table("clock_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phone_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("account_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("address_key", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_household_account_key"), ["account_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_address_key"), ["address_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_phone_key"), ["phone_key"], unique=False)

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("meant_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_column("entered_at")
        batch_op.drop_column("meant_at")

    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_phone_key"))
        batch_op.drop_index(batch_op.f("ix_household_address_key"))
        batch_op.drop_index(batch_op.f("ix_household_account_key"))
        batch_op.drop_column("address_key")
        batch_op.drop_column("account_key")
        batch_op.drop_column("phone_key")

    with op.batch_alter_table("clock_entry", schema=None) as batch_op:
        batch_op.drop_column("entered_at")

    with op.batch_alter_table("back_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_back_entry_open", sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'")
        )
        batch_op.drop_index(batch_op.f("ix_back_entry_instance_id"))
        batch_op.drop_index("ix_back_entry_entered")

    op.drop_table("back_entry")
    with op.batch_alter_table("person_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_alias_fingerprint"))

    op.drop_table("person_alias")
    with op.batch_alter_table("duplicate_decision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_duplicate_decision_stands",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_duplicate_decision_waits")
        batch_op.drop_index(batch_op.f("ix_duplicate_decision_high_id"))

    op.drop_table("duplicate_decision")
