"""SQLite has one writer: one timers process an installation, and the second is told so instead of waiting for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import DoudiError

try:
    import fcntl
except ImportError:  # A system without it (Windows): nothing can be promised there, nothing is refused.
    fcntl = None  # type: ignore[assignment]


class NotAlone(DoudiError):
    """另一个定时进程已在这个 SQLite 数据库上运行，请先停止它；要同时运行几个，请改用 PostgreSQL。"""


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Holds the place of the one timers process of a SQLite database; raises NotAlone with the other's process id when
    it is taken. A process that dies gives its place up, however it dies."""
    if fcntl is None:
        yield
        return
    database = database.resolve()  # However its address is written, it is one database.
    path = database.with_name(f"{database.name}.timers")
    with path.open("a+") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            place.seek(0)
            pid = place.read().strip() or "?"
            raise NotAlone(
                f"另一个定时进程（进程号 {pid}）已在这个 SQLite 数据库上运行。"
                "请先停止它；要同时运行几个，请改用 PostgreSQL。"
            ) from None
        place.truncate(0)
        place.write(str(os.getpid()))
        place.flush()
        yield
