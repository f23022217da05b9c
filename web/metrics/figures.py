"""The installation's figures, asked of the database at the moment of the scrape. Counts only: nothing of a person."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from engine.database import db
from engine.pulse import queries


class Figures(Collector):
    """Collects inside an application context of its own, so that it works in whatever process serves it."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        with self._app.app_context():
            session = db.session()
            try:
                found, counted = queries.status(session), queries.counts(session)
            finally:
                session.rollback()
        for name, words, value in (
            ("doudi_timers_waiting", "Timers of cases that wait.", found.waiting_timers),
            ("doudi_timers_due", "Timers whose instant has come and that did not fire yet.", found.due_timers),
            ("doudi_rungs_due", "Rungs of ladders that are due and not taken yet.", found.due_rungs),
            ("doudi_timers_lag_seconds", "How long the earliest due timer or rung has waited.", found.lag_seconds),
            ("doudi_timers_failed", "Timers whose firing failed and that are tried again.", found.failed_timers),
            ("doudi_messages_waiting", "Copies of messages that wait to go out.", found.messages.get("waiting", 0)),
            ("doudi_messages_failed", "Copies of messages that were given up.", found.messages.get("failed", 0)),
            ("doudi_timers_processes", "Timers processes that live.", sum(each.alive for each in found.processes)),
            ("doudi_items_open", "Open work items.", counted["items_open"]),
            ("doudi_items_overdue", "Open work items past their due day.", counted["items_overdue"]),
            ("doudi_incidents_open", "Elements at which cases are parked.", counted["incidents_open"]),
        ):
            yield GaugeMetricFamily(name, words, value=value)
        clocks = GaugeMetricFamily("doudi_clocks_overdue", "Running clocks past their due day.", labels=["kind"])
        for kind in ("advisory", "service", "legal"):
            clocks.add_metric([kind], counted[f"clocks_overdue_{kind}"])
        yield clocks
