"""APScheduler says when: a sweep every second, a job at the very instant at which the next deadline comes, and chores.

What happens then is in `firing`, in `chores` and in the operations that they call. Any number of these processes may
run; what was missed happens after downtime, since the rows, not the scheduler, remember it. Sweeps, the outbox and the
other chores have a thread each: a mail server that does not answer makes no deadline late.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine import clock
from timers import firing
from timers.chores import CHORES, Chore
from timers.firing import Tally

log = logging.getLogger(__name__)

#: Seconds between two sweeps: how late a deadline can be that another process made after we last looked. A sweep that
#: finds nothing costs three index lookups.
SWEEP = 1.0
#: Seconds between two signs of life.
BEAT = 10.0
#: Seconds between two glances at whether to stop.
GLANCE = 0.1

Beat = Callable[[Tally], None]


class Timers:
    """The timers of one process. `context` opens what the database needs around each piece of work (an application
    context), `before` is called first in it (a demonstration sets its clock), `beat` says that the process lives."""

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[object]],
        *,
        before: Callable[[], None] = lambda: None,
        beat: Beat = lambda _tally: None,
        sweep: float = SWEEP,
        chores: Sequence[Chore] = CHORES,
    ) -> None:
        self._context, self._before, self._beat, self._sweep = context, before, beat, sweep
        self._chores = chores
        self._tally = Tally()
        self._stopped = False
        self._working = threading.Lock()
        self._scheduler = BackgroundScheduler(
            timezone=clock.ZONE,
            executors={
                # One after the other: sweeps of a process never overlap, nor do two runs of a chore.
                "default": ThreadPoolExecutor(1),
                **{chore.name: ThreadPoolExecutor(1) for chore in chores},
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def once(self) -> int:
        """One sweep and every chore; returns how many timers and rungs fired."""
        with self._context():
            self._before()
            fired = firing.fire_due(stop=lambda: self._stopped, tally=self._tally)
            for chore in self._chores:
                chore.run(lambda: self._stopped)
            self._beat(self._tally)
        return fired

    def run(self) -> None:
        """Sweeps until `stop` (or SIGTERM, SIGINT, when they are `handled`); a transaction under way is finished."""
        first = clock.wall().astimezone(clock.ZONE)
        every = {"trigger": "interval", "next_run_time": first, "timezone": clock.ZONE}
        self._scheduler.add_job(self._work, seconds=self._sweep, id="sweep", **every)
        self._scheduler.add_job(self._guarded, args=[self._say], seconds=BEAT, id="beat", **every)
        for chore in self._chores:
            self._scheduler.add_job(
                self._guarded, args=[chore.run], seconds=chore.every, id=chore.name, executor=chore.name, **every
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
                with self._context():
                    self._before()
                    firing.fire_due(stop=lambda: self._stopped, tally=self._tally)
                self._aim()
            except Exception:
                log.exception("a sweep failed; the next one comes in %s seconds", self._sweep)

    def _guarded(self, run: Callable[[Callable[[], bool]], None]) -> None:
        """A chore that fails is not the last one, and stops nothing else."""
        if self._stopped:
            return
        try:
            with self._context():
                self._before()
                run(lambda: self._stopped)
        except Exception:
            log.exception("a chore failed; it comes again")

    def _say(self, _stop: Callable[[], bool]) -> None:
        self._beat(self._tally)

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
