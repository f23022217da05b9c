"""Whoever changes the journal behind the application's back is found; whoever only uses it is not."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from engine.actors import SYSTEM
from engine.database import db
from engine.journal import queries
from engine.journal.models import JournalEntry, JournalStream
from engine.journal.verbs import Verb
from engine.transactions import act

TABLE = JournalEntry.__table__


def write(stream: str, **after: object) -> None:
    with act(Verb.PARAMETER_SET, SYSTEM) as deed:
        deed.record(deed.subject(stream), after=after)


@pytest.fixture
def written(session):
    """Two streams, interleaved: five entries of `a`, three of `b`."""
    for number in range(5):
        write("a", name=f"数值{number}", value=number)
        if number < 3:
            write("b", value=[number, {"中文": 1.5}])
    return session


def tamper(session, statement: sa.Executable) -> None:
    session.commit()
    session.execute(statement)
    session.commit()


def of(stream: str, seq: int) -> sa.ColumnElement[bool]:
    return (TABLE.c.stream == stream) & (TABLE.c.seq == seq)


def test_an_untouched_journal_verifies_and_counts(written):
    found = queries.verify(written)
    assert (found.ok, found.verified, found.streams, found.first_bad) == (True, 8, 2, None)


def test_an_empty_journal_verifies(session):
    assert queries.verify(session).verified == 0
    assert queries.verify(session).ok


@pytest.mark.parametrize(
    "change",
    [
        {"after": {"name": "数值1", "value": 2}},
        {"before": {}},
        {"actor_name": "别人"},
        {"actor_id": 7},
        {"verb": "admin:parameters:loaded"},
        {"reason": ""},
        {"clause": "x:1"},
        {"instance_id": 1},
        {"acted_at": sa.text("'2020-01-01 00:00:00'")},
        {"entered_at": sa.text("'2020-01-01 00:00:00'")},
        {"prev": "0" * 64},
        {"hash": "0" * 64},
        {"hash": ""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_edited_field_is_found(written, change):
    tamper(written, sa.update(TABLE).where(of("a", 2)).values(change))
    found = queries.verify(written)
    assert not found.ok
    assert found.first_bad is not None
    assert (found.first_bad.stream, found.first_bad.seq) == ("a", 2)
    assert found.verified >= 6


def test_a_deleted_middle_entry_is_found(written):
    tamper(written, sa.delete(TABLE).where(of("a", 3)))
    found = queries.verify(written)
    assert found.first_bad is not None
    assert (found.first_bad.stream, found.first_bad.seq) == ("a", 4)
    assert found.verified == 6


def test_a_deleted_first_entry_is_found(written):
    tamper(written, sa.delete(TABLE).where(of("b", 1)))
    assert not queries.verify(written).ok


def test_a_deleted_tail_is_found_by_the_head(written):
    tamper(written, sa.delete(TABLE).where(of("a", 5)))
    found = queries.verify(written)
    assert found.verified == 7
    assert [(bad.stream, bad.id) for bad in found.bad] == [("a", None)]


def test_a_deleted_stream_is_found_by_its_head(written):
    tamper(written, sa.delete(TABLE).where(TABLE.c.stream == "b"))
    assert [bad.stream for bad in queries.verify(written).bad] == ["b"]


def test_a_deleted_head_is_found(written):
    tamper(written, sa.delete(JournalStream).where(JournalStream.stream == "b"))
    assert [bad.stream for bad in queries.verify(written).bad] == ["b"]


def test_a_deleted_stream_whose_head_was_set_back_is_found(written):
    tamper(written, sa.delete(TABLE).where(TABLE.c.stream == "b"))
    back = {"journal_seq": 0, "journal_hash": ""}
    tamper(written, sa.update(JournalStream).where(JournalStream.stream == "b").values(back))
    assert not queries.verify(written).ok


def test_two_entries_that_changed_places_are_found(written):
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper(written, sa.update(TABLE).where(of("a", old)).values(seq=new))
    assert not queries.verify(written).ok


def test_entries_in_another_order_of_writing_are_found(written):
    one, two = written.scalars(sa.select(TABLE.c.id).where(of("a", 2) | of("a", 3)).order_by(TABLE.c.seq)).all()
    for old, new in ((one, 999), (two, one), (999, two)):
        tamper(written, sa.update(TABLE).where(TABLE.c.id == old).values(id=new))
    assert not queries.verify(written).ok


def test_an_entry_moved_to_another_stream_is_found(written):
    tamper(written, sa.update(TABLE).where(of("a", 5)).values(stream="b", seq=4))
    assert {bad.stream for bad in queries.verify(written).bad} == {"a", "b"}


def test_an_entry_that_cannot_be_read_is_a_failure(written):
    tamper(written, sa.text("UPDATE journal_entry SET after = '{broken' WHERE stream = 'a' AND seq = 2"))
    found = queries.verify(written)
    assert found.first_bad is not None
    assert "无法读取" in found.first_bad.problem


@pytest.mark.sqlite
def test_a_null_hash_is_a_failure(written):
    """SQLite lets whoever has the file take NOT NULL away."""
    tamper(written, sa.text("PRAGMA writable_schema=ON"))
    tamper(
        written,
        sa.text(
            "UPDATE sqlite_schema SET sql = replace(sql, 'hash VARCHAR(64) NOT NULL', 'hash VARCHAR(64)') "
            "WHERE name = 'journal_entry'"
        ),
    )
    written.commit()
    db.engine.dispose()
    tamper(written, sa.update(TABLE).where(of("a", 2)).values(hash=None))
    found = queries.verify(written)
    assert found.first_bad is not None
    assert "没有校验值" in found.first_bad.problem


def test_a_quick_look_verifies_the_newest_and_joins_them_to_the_older(written):
    assert queries.verify(written, last=3).verified == 3
    tamper(written, sa.update(TABLE).where(of("a", 5)).values(reason="后补"))
    assert not queries.verify(written, last=3).ok


def test_small_chunks_find_the_same(written, monkeypatch):
    monkeypatch.setattr(queries, "CHUNK", 2)
    assert queries.verify(written).verified == 8
    tamper(written, sa.text("UPDATE journal_entry SET after = '{broken' WHERE stream = 'b' AND seq = 2"))
    found = queries.verify(written)
    assert next(bad.problem for bad in found.bad if bad.id) == "这条记录无法读取，内容已损坏。"


def test_concurrent_writers_leave_whole_chains(app, session):
    write("shared", n=0)
    problems: list[BaseException] = []

    def work(name: str) -> None:
        with app.app_context():
            try:
                for number in range(8):
                    write("shared", by=name, n=number)
                    write(name, n=number)
            except BaseException as error:
                problems.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("甲", "乙", "丙")]
    for thread in threads:
        thread.start()
    for _ in range(5):
        assert queries.verify(session).ok  # A verifier beside writers sees no fault.
    for thread in threads:
        thread.join()
    assert problems == []
    found = queries.verify(session)
    assert (found.ok, found.verified, found.streams) == (True, 49, 4)
