"""Schema changes. `upgrade(url)` brings a database to the newest revision; nothing else makes or changes tables.

New revisions are written by `script/migration`, which compares the models with the newest schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine import database

FOLDER = Path(__file__).parent
#: Any number that nothing else in the database locks; PostgreSQL lets only one migration run under it.
LOCK = 20260101


def upgrade(url: str | sa.URL, revision: str = "head") -> None:
    """Brings the database to a revision, in one transaction, behind a lock that lets one migration run at a time."""
    with connected(url) as connection:
        command.upgrade(config(connection), revision)


def downgrade(url: str | sa.URL, revision: str = "base") -> None:
    """Takes the database back to a revision."""
    with connected(url) as connection:
        command.downgrade(config(connection), revision)


def stand(connection: sa.Connection) -> str | None:
    """The revision at which this database stands; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision that this source knows."""
    return ScriptDirectory.from_config(config(None)).get_current_head()


def config(connection: sa.Connection | None) -> Config:
    """Alembic's settings, without an ini file; the connection travels to env.py."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


@contextmanager
def connected(url: str | sa.URL) -> Iterator[sa.Connection]:
    """A connection for schema changes. SQLite rebuilds tables to change them, which foreign keys would turn into
    deletions: they rest meanwhile and are checked before the commit."""
    engine = sa.create_engine(url)
    database.prepare(engine)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys=OFF"))
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            yield connection
            if engine.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise sa.exc.IntegrityError(f"a migration broke a reference of {broken[0]}", None, ValueError())
    finally:
        engine.dispose()
