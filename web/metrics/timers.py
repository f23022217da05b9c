"""`/metrics` and `/healthz` of the timers process, on the machine itself only."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from engine.database import db
from engine.errors import DoudiError
from engine.pulse import queries
from web.metrics.figures import Figures


@contextmanager
def serving(app: Flask, port: int) -> Iterator[None]:
    """Serves them while the block runs; DoudiError when the port is taken."""
    from waitress.server import create_server

    registry = CollectorRegistry()
    registry.register(Figures(app))
    GCCollector(registry)
    ProcessCollector(registry=registry)
    try:
        server = create_server(_answer(app, registry), host="127.0.0.1", port=port, threads=1, ident="doudi-timers")
    except OSError:
        raise DoudiError(f"端口 {port} 已被占用，请用 --metrics 换一个端口。") from None
    thread = threading.Thread(target=server.run, name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join(timeout=5)


def _answer(app: Flask, registry: CollectorRegistry) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            start("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
            return [generate_latest(registry)]
        if path != "/healthz":
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not found\n"]
        ok, said = _health(app)
        start("200 OK" if ok else "503 Service Unavailable", [("Content-Type", "application/json")])
        return [json.dumps(said).encode()]

    return answer


def _health(app: Flask) -> tuple[bool, dict[str, Any]]:
    """Whether what is due is being fired: 503 when the earliest has waited too long or the database does not answer."""
    try:
        with app.app_context():
            found = queries.status(db.session())
    except Exception as error:  # Whatever it is: the process is not well.
        return False, {"ok": False, "error": type(error).__name__}
    ok = found.lag_seconds <= queries.LATE
    return ok, {"ok": ok, "lag_seconds": found.lag_seconds, "due": found.due_timers + found.due_rungs}
