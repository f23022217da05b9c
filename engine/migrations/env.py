"""Alembic runs this file; the connection comes from engine.migrations. Types are written as plain SQL types, so that
an old revision never depends on today's code."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

from engine.database import Base, Instant, Json, Sealed

PLAIN = {Instant: "sa.DateTime(timezone=True)", Json: "sa.Text()", Sealed: "sa.LargeBinary()"}


def plainly(kind: str, item: Any, _context: object) -> str | bool:
    """How a type of the house is written in a revision."""
    return PLAIN.get(type(item), False) if kind == "type" else False


def numbered(migration: Any, _revision: object, directives: list[Any]) -> None:
    """Revisions are numbered in order; one without a change is not written."""
    (script,) = directives
    if script.upgrade_ops.is_empty():
        directives.clear()
        return
    last = migration.get_current_revision()
    script.rev_id = f"{int(last or 0) + 1:04d}"


connection: sa.Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=plainly,
    compare_type=True,
    process_revision_directives=numbered,
)
context.run_migrations()
