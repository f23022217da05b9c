"""What hundreds of tests begin from, such as a township with its people, is built once by a worker; the others get a
copy of what the database held then, which takes a tenth of the time.

Only an empty database takes the copy: a test that wrote something before builds in full on top of it.
"""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import Base

_kept: dict[tuple[str, str], Any] = {}


def begin(session: Session, name: str, build: Callable[[], object]) -> None:
    """Leaves in the database what `build` leaves in an empty one; `name` stands for everything that `build` uses."""
    tables = Base.metadata.sorted_tables
    if _used(session, tables):
        build()
        return
    dialect = session.get_bind().dialect.name
    save, copy = (_of_sqlite, _to_sqlite) if dialect == "sqlite" else (_of_postgres, _to_postgres)
    session.commit()
    if (dialect, name) in _kept:
        copy(session, _kept[dialect, name])
        return
    build()
    session.commit()
    _kept[dialect, name] = save(session, tables)
    settle()


def settle() -> None:
    """What lives until the end is looked through no more: with thousands of tests and a release of models in memory,
    every full collection took half a second, and there was one every few tests."""
    gc.set_threshold(100_000, 20, 100)
    gc.collect()
    gc.freeze()


def _used(session: Session, tables: list[sa.Table]) -> bool:
    # Written by hand: to compile it anew would take longer than to copy everything.
    held = " OR ".join(f'EXISTS (SELECT 1 FROM "{table.name}")' for table in tables)  # noqa: S608 -- names of tables
    return bool(session.connection().exec_driver_sql(f"SELECT {held}").scalar())


@contextmanager
def _raw(session: Session) -> Iterator[Any]:
    """The driver's connection, in a transaction of its own."""
    connection = session.connection().connection.driver_connection
    yield connection
    session.commit()


def _of_sqlite(session: Session, tables: list[sa.Table]) -> sqlite3.Connection:
    held = sqlite3.connect(":memory:")
    with _raw(session) as connection:
        connection.backup(held)
    return held


def _to_sqlite(session: Session, held: sqlite3.Connection) -> None:
    session.close()
    with session.get_bind().connect() as connection:
        connection.rollback()
        held.backup(connection.connection.driver_connection)


def _of_postgres(session: Session, tables: list[sa.Table]) -> tuple[list[tuple[str, bytes]], list[tuple[str, int]]]:
    rows, counters = [], []
    with _raw(session) as connection, connection.cursor() as cursor:
        for table in tables:
            with cursor.copy(f'COPY "{table.name}" TO STDOUT (FORMAT binary)') as out:
                held = b"".join(bytes(block) for block in out)
            if cursor.rowcount:
                rows.append((table.name, held))
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        counters = cursor.fetchall()
    return rows, counters


def _to_postgres(session: Session, held: tuple[list[tuple[str, bytes]], list[tuple[str, int]]]) -> None:
    rows, counters = held
    with _raw(session) as connection, connection.cursor() as cursor:
        for name, data in rows:
            with cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT binary)') as into:
                into.write(data)
        for name, last in counters:
            cursor.execute("SELECT setval(%s::regclass, %s)", (f'"{name}"', last))
