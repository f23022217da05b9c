"""A fresh, migrated database for every test, quickly: SQLite as a copy of a file, PostgreSQL as one database of this
worker whose used tables are emptied."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from engine import migrations
from engine.database import Base
from registers import install
from tests.support import postgres

SQLITE_ONLY = os.environ.get("DOUDI_TEST_SQLITE_ONLY") == "1"
RESTART = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) "
    "FROM pg_sequences WHERE last_value IS NOT NULL"
)
BACKENDS = ("sqlite",) if SQLITE_ONLY else ("sqlite", "postgresql")


class Unusable(Exception):
    """There is no database to test on; the message says why and what to do."""


class Database(Protocol):
    """Where fresh databases come from."""

    def fresh(self, folder: Path) -> str:
        """The address of an empty migrated database."""

    def close(self) -> None: ...


class SqliteFiles:
    """One migrated file, copied for every test."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        migrations.upgrade(f"sqlite:///{self._template}")
        _same_as_models(f"sqlite:///{self._template}")

    def fresh(self, folder: Path) -> str:
        shutil.copyfile(self._template, folder / "doudi.db")
        return f"sqlite:///{folder / 'doudi.db'}"

    def close(self) -> None:
        self._template.unlink()


class PostgresDatabase:
    """One migrated database of this worker."""

    def __init__(self, run: str, worker: str) -> None:
        try:
            self._server = postgres.server(run)
        except postgres.PostgresMissing as missing:
            raise Unusable(str(missing)) from None
        server = sa.make_url(self._server.url).set(drivername="postgresql+psycopg")
        self.url = server.set(database=f"doudi_test_{worker}_{os.getpid()}")
        # Null pools: a connection is closed when it is given back, whatever becomes of the test run.
        self._admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self._drop()
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE \"{self.url.database}\" ENCODING 'UTF8' TEMPLATE template0")
        migrations.upgrade(self.url)
        _same_as_models(self.url)
        self._engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        install()
        # A row of a child goes before its parent's.
        names = [table.name for table in reversed(Base.metadata.sorted_tables)]
        self._used = " UNION ALL ".join(
            f"SELECT {at}, '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")"  # noqa: S608 -- names of tables
            for at, name in enumerate(names)
        )

    def fresh(self, folder: Path) -> str:
        with self._engine.connect() as connection:
            used = sorted(tuple(row) for row in connection.exec_driver_sql(self._used))
            # Deleting a few rows is ten times as quick as truncating, which makes new files.
            emptied = [f'DELETE FROM "{name}"' for _, name in used]  # noqa: S608 -- names of tables
            connection.connection.driver_connection.execute("; ".join([*emptied, RESTART]))
        return self.url.render_as_string(hide_password=False)

    def close(self) -> None:
        self._engine.dispose()
        self._drop()
        self._admin.dispose()
        self._server.release()

    def _drop(self) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{self.url.database}" WITH (FORCE)')


def differences(url: str | sa.URL) -> list[object]:
    """What the migrated schema and the models disagree about."""
    install()
    with migrations.connected(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def _same_as_models(url: str | sa.URL) -> None:
    found = differences(url)
    if found:
        words = "\n".join(f"  {each}" for each in found)
        raise Unusable(f"The models differ from the migrations; run script/migration.\n{words}")
