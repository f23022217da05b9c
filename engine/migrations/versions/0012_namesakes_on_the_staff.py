"""Namesakes on the staff: whether an account is surely whom a filing of relatives names.

What stands in the register already was bound by whoever chose the account, or by a name that only one account bore when
it was filed; it stays as sure as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("staff_kin", schema=None) as batch_op:
        batch_op.add_column(sa.Column("certain", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("staff_key", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_staff_kin_staff_key"), ["staff_key"], unique=False)
    with op.batch_alter_table("staff_kin", schema=None) as batch_op:
        batch_op.alter_column("certain", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("staff_kin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_kin_staff_key"))
        batch_op.drop_column("staff_key")
        batch_op.drop_column("certain")
