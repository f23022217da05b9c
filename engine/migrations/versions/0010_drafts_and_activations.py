"""Drafts of releases, their deployment by two people, and which release was current from when."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

#: Since ever, where there is nothing before (engine.releases.queries.BEGINNING).
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    op.create_table(
        "model_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("base_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("begun_by", sa.String(length=80), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["base_id"], ["release.id"], name=op.f("fk_model_draft_base_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_draft")),
    )
    with op.batch_alter_table("model_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_draft_state"), ["state"], unique=False)

    op.create_table(
        "model_draft_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("saved_by", sa.String(length=80), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["model_draft.id"], name=op.f("fk_model_draft_file_draft_id_model_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_draft_file")),
        sa.UniqueConstraint("draft_id", "path", name=op.f("uq_model_draft_file_draft_id_path")),
    )
    op.create_table(
        "model_side_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["model_draft.id"], name=op.f("fk_model_side_copy_draft_id_model_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_side_copy")),
        sa.UniqueConstraint("draft_id", "path", "made_by_id", name=op.f("uq_model_side_copy_draft_id_path_made_by_id")),
    )
    op.create_table(
        "release_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("base_id", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["release.id"], name=op.f("fk_release_proposal_base_id_release")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["model_draft.id"], name=op.f("fk_release_proposal_draft_id_model_draft")
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_proposal_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_proposal")),
        sa.UniqueConstraint("key", name=op.f("uq_release_proposal_key")),
    )
    with op.batch_alter_table("release_proposal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_release_proposal_open",
            ["draft_id"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_release_proposal_status"), ["status"], unique=False)

    op.create_table(
        "release_activation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=80), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=80), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["release_proposal.id"], name=op.f("fk_release_activation_proposal_id_release_proposal")
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_activation_release_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_activation")),
    )
    with op.batch_alter_table("release_activation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_release_activation_live",
            ["valid_from", "id"],
            unique=False,
            sqlite_where=sa.text("cancelled_at IS NULL"),
            postgresql_where=sa.text("cancelled_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_release_activation_release_id"), ["release_id"], unique=False)

    _as_it_was()


def _as_it_was() -> None:
    """Each release was current from its deploying on, the first one since ever."""
    release = sa.table(
        "release",
        *(sa.column(name) for name in ("id", "note", "deployed_by")),
        sa.column("deployed_at", sa.DateTime(timezone=True)),
    )
    activation = sa.table(
        "release_activation",
        *(sa.column(name) for name in ("release_id", "reason", "made_by", "cancel_reason")),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("valid_from", "made_at")),
        sa.column("again", sa.Boolean()),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(release).order_by(release.c.deployed_at)).mappings().all()
    for number, row in enumerate(rows):
        connection.execute(
            activation.insert().values(
                release_id=row["id"],
                reason=row["note"],
                made_by=row["deployed_by"],
                made_at=row["deployed_at"],
                valid_from=row["deployed_at"] if number else BEGINNING.replace(tzinfo=row["deployed_at"].tzinfo),
                again=False,
                cancel_reason="",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("release_activation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_activation_release_id"))
        batch_op.drop_index(
            "ix_release_activation_live",
            sqlite_where=sa.text("cancelled_at IS NULL"),
            postgresql_where=sa.text("cancelled_at IS NULL"),
        )

    op.drop_table("release_activation")
    with op.batch_alter_table("release_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_proposal_status"))
        batch_op.drop_index(
            "ix_release_proposal_open",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.drop_table("release_proposal")
    op.drop_table("model_side_copy")
    op.drop_table("model_draft_file")
    with op.batch_alter_table("model_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_model_draft_state"))

    op.drop_table("model_draft")
