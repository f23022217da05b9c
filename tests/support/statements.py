"""Counts what reaches the database: statements and commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

CONTROL = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@dataclass
class Count:
    """What was counted between two marks."""

    sql: list[str] = field(default_factory=list)
    commits: int = 0
    savepoints: int = 0

    def __str__(self) -> str:
        lines = "\n".join(f"  {' '.join(text.split())[:160]}" for text in self.sql)
        return f"{len(self.sql)} statements, {self.commits} commits\n{lines}"


class Statements:
    """`with statements.counted() as count: …` then `len(count.sql)`, `count.commits`; `print(count)` lists them."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._counts: list[Count] = []
        sa.event.listen(engine, "before_cursor_execute", self._executed)
        sa.event.listen(engine, "commit", self._committed)

    def close(self) -> None:
        sa.event.remove(self._engine, "before_cursor_execute", self._executed)
        sa.event.remove(self._engine, "commit", self._committed)

    @contextmanager
    def counted(self) -> Iterator[Count]:
        count = Count()
        self._counts.append(count)
        try:
            yield count
        finally:
            self._counts.remove(count)

    def _executed(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        for count in self._counts:
            if not statement.startswith(CONTROL):
                count.sql.append(statement)
            elif statement.startswith("SAVEPOINT"):
                count.savepoints += 1

    def _committed(self, _connection: Any) -> None:
        for count in self._counts:
            count.commits += 1
