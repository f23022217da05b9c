"""The database: one declarative base, the column types of the house, and how SQLite and PostgreSQL are opened.

SQLite runs with a write-ahead log and full sync; a transaction that will write begins IMMEDIATE, so that two
writers queue at its start instead of failing at its end. PostgreSQL locks the rows that an operation reads for update.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import DateTime, LargeBinary, Text, TypeDecorator

from engine import clock, secrets

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
#: Set on every connection to SQLite; the cache is 16 MB, so that a leaders' board need not read its pages twice.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "cache_size=-16384")


class Base(DeclarativeBase):
    """All tables; names of constraints are fixed so that migrations can speak of them."""

    metadata = sa.MetaData(naming_convention=NAMING)


db = SQLAlchemy(
    model_class=Base,
    session_options={"expire_on_commit": False},
    engine_options={"hide_parameters": True, "json_serializer": lambda value: json.dumps(value, ensure_ascii=False)},
)


class Instant(TypeDecorator[datetime]):
    """An aware instant: stored in UTC, read back in Asia/Shanghai; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(clock.ZONE)


class Json(TypeDecorator[Any]):
    """Plain JSON as text, the order of keys kept (never jsonb, which loses it), Chinese as it is."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        return None if value is None else json.loads(value)


class Sealed(TypeDecorator[Any]):
    """JSON that names people: compressed and encrypted at rest with the installation's key."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> bytes | None:
        return None if value is None else secrets.seal(value)

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> Any:
        return None if value is None else secrets.unseal(value)


def prepare(engine: sa.Engine) -> None:
    """Hangs the house's habits on an engine; safe to call once for each engine."""
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "connect")
        def connected(connection: Any, _record: object) -> None:
            # Compiling a statement costs more than any of ours runs: the leaders' board took a second with it.
            connection.autocommit = True
            connection.execute("SET jit = off")
            # Ours is a database that fits into memory or lies on a solid disk: with the price of a turning disk the
            # planner reads whole tables where fifty looks into an index would do.
            connection.execute("SET random_page_cost = 1.1")
            connection.autocommit = False

    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def opened(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one.
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def began(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


#: How many rows of an index are looked at to learn how it is filled: a moment's work whatever its size.
LOOKED_AT = 1000


def refresh_statistics(engine: sa.Engine) -> None:
    """Lets SQLite learn how its tables are filled now: without that it takes the index of all open items, tens of
    thousands, for a list that has one of its own. PostgreSQL does it by itself."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA analysis_limit={LOOKED_AT}")
        cursor.execute("ANALYZE")
        cursor.close()
    finally:
        connection.close()


def first_of(session: Session, table: type[Base], **values: Any) -> None:
    """Inserts a row unless one with its key is there, on both databases without an error for whoever comes second."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(table).values(**values).on_conflict_do_nothing())
