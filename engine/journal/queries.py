"""Reading the journal, and proving that it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import Base
from engine.journal.chain import digest
from engine.journal.models import JournalEntry, JournalStream

CHUNK = 1000


@dataclass(frozen=True)
class Bad:
    """One thing that could not be verified: the entry (None for a head) and what is wrong, in words."""

    id: int | None
    stream: str
    seq: int | None
    problem: str


@dataclass
class Verification:
    """What verifying found. `ok` only when every entry that was looked at is proved, and every head agrees."""

    verified: int = 0
    streams: int = 0
    bad: list[Bad] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.bad

    @property
    def first_bad(self) -> Bad | None:
        return self.bad[0] if self.bad else None


def history(session: Session, instance_id: int) -> list[JournalEntry]:
    """What happened to an instance, oldest first."""
    return list(
        session.scalars(
            sa.select(JournalEntry).where(JournalEntry.instance_id == instance_id).order_by(JournalEntry.seq)
        )
    )


def verify(session: Session, last: int | None = None) -> Verification:
    """Walks all entries in the order in which they were written: in each stream the numbers run without a gap, each
    entry names the hash before it, each hash is right, and the head of the stream is its last entry. What cannot be
    read or has no hash is a failure, never skipped. `last`: only that many entries, for a quick look; the heads of
    older streams are left out then.

    Reads committed data on a connection of its own, so that writers meanwhile do not look like a fault.
    """
    found = Verification()
    with _snapshot(session) as connection:
        since = 0
        if last is not None:
            newest = connection.scalar(sa.select(sa.func.max(JournalEntry.id))) or 0
            since = max(0, newest - last)
        heads: dict[str, tuple[int, str]] = {}
        for key, entry in _entries(connection, since):
            if entry is None:
                found.bad.append(Bad(key, "", None, "这条记录无法读取，内容已损坏。"))
                continue
            known = heads.get(entry.stream)
            if known is None:
                known = _before(connection, entry, since)
            problem = _problem(entry, known)
            if problem is None:
                found.verified += 1
            else:
                found.bad.append(Bad(key, entry.stream, entry.seq, problem))
            heads[entry.stream] = (entry.seq, entry.hash)
        found.streams = len(heads)
        found.bad += _heads(connection, heads, whole=last is None)
    return found


def _snapshot(session: Session) -> sa.Connection:
    """A connection that sees one state of the database from its first to its last query."""
    connection = session.get_bind().engine.connect()
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def _entries(connection: sa.Connection, since: int) -> Iterator[tuple[int, Any]]:
    """Every entry after an id, in chunks; None in place of one that cannot be read."""
    table = Base.metadata.tables["journal_entry"]
    while True:
        question = sa.select(table.c.id).where(table.c.id > since).order_by(table.c.id).limit(CHUNK)
        ids = connection.scalars(question).all()
        if not ids:
            return
        try:
            rows = connection.execute(
                sa.select(table).where(table.c.id.between(ids[0], ids[-1])).order_by(table.c.id)
            ).all()
            yield from ((row.id, row) for row in rows)
        except (ValueError, TypeError):
            for each in ids:  # Something in this chunk is damaged: find which.
                yield each, _readable(connection, sa.select(table).where(table.c.id == each))
        since = ids[-1]


def _readable(connection: sa.Connection, question: sa.Select[Any]) -> Any:
    try:
        return connection.execute(question).one()
    except (ValueError, TypeError):
        return None


def _before(connection: sa.Connection, entry: Any, since: int) -> tuple[int, str]:
    """What a stream's first seen entry must follow: nothing, or the entry before the quick look began."""
    if since and isinstance(entry.seq, int) and entry.seq > 1:
        table = Base.metadata.tables["journal_entry"]
        before = connection.execute(
            sa.select(table.c.seq, table.c.hash).where(
                table.c.stream == entry.stream, table.c.seq == entry.seq - 1, table.c.id <= since
            )
        ).first()
        if before is not None:
            return before.seq, before.hash
    return 0, ""


def _problem(entry: Any, known: tuple[int, str]) -> str | None:
    seq, before = known
    if not entry.hash:
        return "这条记录没有校验值。"
    if entry.seq != seq + 1:
        return f"序号应为{seq + 1}，实为{entry.seq}：中间的记录被删除或调换。"
    if entry.prev != before:
        return "与前一条记录接不上：前面的记录被改动、删除或调换。"
    try:
        right = digest(entry) == entry.hash
    except (AttributeError, TypeError, ValueError):
        return "这条记录缺少必要的内容。"
    return None if right else "内容与校验值不符：这条记录被改动过。"


def _heads(connection: sa.Connection, seen: dict[str, tuple[int, str]], whole: bool) -> Iterator[Bad]:
    """Streams whose head is not their last entry: a tail, a stream or a head was taken away."""
    instance = Base.metadata.tables["instance"]
    own = connection.execute(sa.select(JournalStream.stream, JournalStream.journal_seq, JournalStream.journal_hash))
    cases = connection.execute(sa.select(instance.c.id, instance.c.journal_seq, instance.c.journal_hash))
    heads = {stream: (seq, hash_) for stream, seq, hash_ in own}
    heads.update((f"instance:{key}", (seq, hash_)) for key, seq, hash_ in cases)
    for stream, head in heads.items():
        if stream not in seen:
            if whole:
                yield Bad(None, stream, head[0], "应有的记录全部缺失。")
        elif seen[stream] != head:
            problem = f"末尾应为第{head[0]}条，实为第{seen[stream][0]}条：末尾的记录被删除或改动。"
            yield Bad(None, stream, head[0], problem)
    for stream, (seq, _) in seen.items():
        if stream not in heads:
            yield Bad(None, stream, seq, "有记录而没有对应的办件或卷宗。")
