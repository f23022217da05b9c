"""The fixtures keep their promises: real databases, nothing left over, no way out of this machine."""

from __future__ import annotations

import smtplib
import socket
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import clock
from engine.actors import SYSTEM
from engine.database import db
from engine.journal.models import JournalEntry
from engine.journal.verbs import Verb
from engine.transactions import act
from tests.support import databases, postgres
from tests.support.guards import Forbidden


def write() -> None:
    with act(Verb.PARAMETER_SET, SYSTEM) as deed:
        deed.record(deed.subject("parameters"))


def test_the_backend_is_the_one_that_is_asked_for(app, backend):
    assert db.engine.dialect.name == backend


@pytest.mark.postgres
def test_the_mark_keeps_a_test_to_postgres(app):
    assert db.engine.dialect.name == "postgresql"


@pytest.mark.sqlite
def test_sqlite_is_a_file_with_its_log_and_full_sync(session):
    assert session.scalar(sa.text("PRAGMA journal_mode")) == "wal"
    assert session.scalar(sa.text("PRAGMA synchronous")) == 2
    assert session.scalar(sa.text("PRAGMA foreign_keys")) == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_begins_with_an_empty_database_and_the_number_one(session, turn):
    write()
    assert session.scalars(sa.select(JournalEntry.id)).all() == [1]


def test_statements_counts_queries_and_commits(session, statements):
    with statements.counted() as count:
        write()
        session.scalar(sa.text("SELECT 1"))
    assert count.commits == 1
    # The head is asked for, made, locked, changed; the entry is written; and the question above.
    assert len(count.sql) == 6, str(count)
    with statements.counted() as count:
        pass
    assert (count.sql, count.commits) == ([], 0)


def test_at_holds_the_business_clock(at):
    held = at("2026-02-10 09:00")
    assert clock.now() == held
    assert clock.now().utcoffset() == timedelta(hours=8)
    later = at("2026-03-01 17:30")
    assert clock.now() == later


def test_after_at_the_clock_runs_again():
    assert abs(clock.now() - clock.wall()) < timedelta(seconds=5)


def test_no_test_connects_to_another_machine():
    with pytest.raises(Forbidden), socket.socket() as one:
        one.connect(("192.0.2.1", 80))
    with pytest.raises(Forbidden):
        socket.create_connection(("example.com", 80), timeout=1)


def test_the_loopback_is_open():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as one,
    ):
        assert one.getpeername() == server.getsockname()


def test_no_test_sends_mail():
    with pytest.raises(Forbidden):
        smtplib.SMTP("127.0.0.1", 25)


def test_without_programs_the_message_says_what_to_do(monkeypatch):
    monkeypatch.setattr(postgres.shutil, "which", lambda _name: None)
    monkeypatch.setattr(postgres.Path, "glob", lambda _self, _pattern: iter(()))
    with pytest.raises(postgres.PostgresMissing, match="DOUDI_TEST_SQLITE_ONLY=1"):
        postgres.programs()


def test_a_given_server_is_used_as_it_is(monkeypatch):
    monkeypatch.setenv(postgres.GIVEN, "postgresql://somebody@127.0.0.1/x")
    server = postgres.server("any")
    assert server.url == "postgresql://somebody@127.0.0.1/x"
    server.release()


def test_models_that_the_migrations_lack_are_named(database_url):
    extra = sa.Table("forgotten", db.metadata, sa.Column("id", sa.Integer, primary_key=True))
    try:
        with pytest.raises(databases.Unusable, match=r"(?s)script/migration.*forgotten"):
            databases._same_as_models(database_url)
    finally:
        db.metadata.remove(extra)


def test_writers_in_two_threads_queue_instead_of_failing(app, session):
    problems: list[BaseException] = []

    def work() -> None:
        with app.app_context():
            try:
                for _ in range(10):
                    write()
            except BaseException as error:
                problems.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert session.scalars(sa.select(JournalEntry.seq).order_by(JournalEntry.id)).all() == list(range(1, 21))
