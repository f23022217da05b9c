"""APScheduler says when: a fixed sweep, and a job at the very instant at which the next timer is due.

What happens then is in `firing` and the operations that it calls. Any number of these processes may run; missed
timers fire after downtime, since the rows, not the scheduler, remember them.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
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

#: Seconds between two glances at whether to stop.
GLANCE = 0.1

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
        self._stopped = False
        self._working = threading.Lock()
        self._scheduler = BackgroundScheduler(
            timezone=clock.ZONE,
            executors={"default": ThreadPoolExecutor(1)},  # One after the other: sweeps of a process never overlap.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def once(self) -> int:
        """One sweep: fires what is due, delivers what waits; returns how many timers fired."""
        with self._context():
            self._before()
            fired = firing.fire_due(stop=lambda: self._stopped)
            while outbox.deliver() and not self._stopped:
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
            # Looked at, not waited for: a lock that a signal must wake sleeps on when the signal comes a moment early,
            # and an Event that two signals set at once locks itself out.
            while not self._stopped:
                time.sleep(GLANCE)
        finally:
            # First the sweep under way ends, then the scheduler: its shutdown holds the lock that a sweep's last
            # line, which aims at the next instant, would wait for.
            self._stopped = True
            with self._working:
                pass
            self._scheduler.shutdown(wait=True)

    def stop(self) -> None:
        """Lets `run` return after the transaction under way."""
        self._stopped = True

    def handle_signals(self) -> None:
        """SIGTERM and SIGINT stop cleanly; for the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self.stop())

    def _work(self) -> None:
        with self._working:
            if self._stopped:
                return
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
        if due is None or self._stopped:
            return
        moment = due - clock.offset()
        if moment - clock.wall() > timedelta(days=1):
            return  # The sweeps look again long before.
        self._scheduler.add_job(self._work, "date", run_date=moment, id="next", replace_existing=True)
