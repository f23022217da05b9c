"""Saying that a process lives. Bookkeeping: no law looks at it."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from engine import clock
from engine.outbox.operations import enqueue
from engine.pulse.models import Pulse
from engine.transactions import scratch

#: A process that was not seen for so long is dead; its row goes after a day, so that a restart does not hide it.
SILENCE, FORGOTTEN = timedelta(minutes=1), timedelta(days=1)
#: A machine's clock may be put right by so much without anybody having to know.
TOLERANCE = timedelta(minutes=1)


class Heart:
    """The pulse of this process: an identity and what it did since it started."""

    def __init__(self, kind: str) -> None:
        self.kind, self.started_at = kind, clock.wall()
        self.host, self.pid = socket.gethostname()[:80], os.getpid()
        self.id = f"{self.host[:60]}:{self.pid}:{self.started_at:%Y%m%dT%H%M%S%f}"
        self.fired = self.failed = 0

    def beat(self) -> timedelta:
        """Writes that this process lives. Returns by how much the machine's clock was put back since any process was
        last seen (zero when it was not): deadlines would seem further away than they are."""
        now = clock.wall()
        with scratch() as session:
            last: datetime | None = session.scalar(select(func.max(Pulse.seen_at)))
            row = session.get(Pulse, self.id)
            if row is None:
                row = Pulse(id=self.id, kind=self.kind, host=self.host, pid=self.pid, started_at=self.started_at)
                session.add(row)
            row.seen_at, row.fired, row.failed = now, self.fired, self.failed
            session.execute(delete(Pulse).where(Pulse.seen_at < now - FORGOTTEN))
            back = last - now if last is not None else timedelta(0)
            if back <= TOLERANCE:
                return timedelta(0)
            enqueue(
                session,
                kind="incident",
                role="admin",
                subject="服务器时钟被拨回",
                body=f"服务器的时钟比上次运行时早了{int(back.total_seconds() // 60)}分钟。已触发的事项不会重复触发，"
                "但在时钟追上之前，到期事项会推迟。请核对服务器时间和网络校时（NTP）。",
                now=clock.now(),
                urgent=True,
                key=f"clock-back:{now:%Y-%m-%d}",
            )
        return back

    def stop(self) -> None:
        """Takes the row away: this process ends of itself."""
        with scratch() as session:
            session.execute(delete(Pulse).where(Pulse.id == self.id))
