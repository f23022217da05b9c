"""The migrations make what the models say, on both databases, and can be taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine import migrations
from registers import install
from tests.support.databases import differences


def tables(url: str) -> set[str]:
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def test_the_migrated_schema_is_what_the_models_say(database_url):
    assert differences(database_url) == []


def test_upgrading_again_changes_nothing(database_url):
    migrations.upgrade(database_url)
    with migrations.connected(database_url) as connection:
        assert migrations.stand(connection) == migrations.head()


def test_down_to_nothing_and_up_again(database_url):
    install()
    before = tables(database_url)
    assert {"instance", "journal_entry", "account", "household"} <= before
    try:
        migrations.downgrade(database_url)
        assert tables(database_url) == set()
    finally:
        migrations.upgrade(database_url)
    assert tables(database_url) == before
    assert differences(database_url) == []


def half_way(url: str) -> None:
    with migrations.connected(url) as connection:
        for _ in range(2):  # The second time it is there already.
            connection.exec_driver_sql("CREATE TABLE half_done (id INTEGER)")


def test_a_failing_migration_leaves_the_schema_as_it_was(database_url):
    """Both databases change tables inside the transaction."""
    before = tables(database_url)
    with pytest.raises(sa.exc.DatabaseError):
        half_way(database_url)
    assert tables(database_url) == before
