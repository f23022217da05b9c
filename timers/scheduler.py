"""APScheduler says when: a fixed sweep, and a job at the very instant at which the next timer is due.

What happens then is in `firing` and the operations that it calls. Any number of these processes may run; missed
timers fire after downtime, since the rows, not the scheduler, remember them.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine import clock
from engine.outbox import operations as outbox
from timers import firing

log = logging.getLogger(__name__)

#: Seconds between two sweeps: how late a timer can be that another process made after we last looked.
SWEEP = 20

Beat = Callable[[int], None]


class Timers:
    """The timers of one process. `context` opens what the database needs around each sweep (an application context),
    `before` is called first in it (a demonstration sets its clock), `beat` afterwards with the number fired."""

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[object]],
        *,
        before: Callable[[], None] = lambda: None,
        beat: Beat = lambda _fired: None,
        sweep: float = SWEEP,
    ) -> None:
        self._context, self._before, self._beat, self._sweep = context, before, beat, sweep
        self._stopping = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=clock.ZONE,
            executors={"default": ThreadPoolExecutor(1)},  # One after the other: sweeps of a process never overlap.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def once(self) -> int:
        """One sweep: fires what is due, delivers what waits; returns how many timers fired."""
        with self._context():
            self._before()
            fired = firing.fire_due(stop=self._stopping.is_set)
            while outbox.deliver() and not self._stopping.is_set():
                pass
            self._beat(fired)
        return fired

    def run(self) -> None:
        """Sweeps until `stop` (or SIGTERM, SIGINT, when they are `handled`); a transaction under way is finished."""
        first = clock.wall().astimezone(clock.ZONE)
        self._scheduler.add_job(
            self._work, "interval", seconds=self._sweep, id="sweep", next_run_time=first, timezone=clock.ZONE
        )
        self._scheduler.start()
        try:
            self._stopping.wait()
        finally:
            self._scheduler.shutdown(wait=True)

    def stop(self) -> None:
        """Lets `run` return after the transaction under way."""
        self._stopping.set()

    def handle_signals(self) -> None:
        """SIGTERM and SIGINT stop cleanly; for the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self.stop())

    def _work(self) -> None:
        try:
            self.once()
            self._aim()
        except Exception:
            log.exception("a sweep failed; the next one comes in %s seconds", self._sweep)

    def _aim(self) -> None:
        """A job at the next due instant. That instant is business time: in a demonstration the wall clock stands
        elsewhere."""
        with self._context():
            due = firing.next_due(clock.now())
        if due is None or self._stopping.is_set():
            return
        moment = due - clock.offset()
        if moment - clock.wall() > timedelta(days=1):
            return  # The sweeps look again long before.
        self._scheduler.add_job(self._work, "date", run_date=moment, id="next", replace_existing=True)
