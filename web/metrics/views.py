"""`/metrics` of the web process, and the timing of its requests.

Whoever scrapes sits on the same machine, or brings the token of `DOUDI_METRICS_TOKEN`; anybody else sees a 404.
"""

from __future__ import annotations

import hmac

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from engine import clock
from web.metrics.figures import Figures
from web.security import public

blueprint = Blueprint("metrics", __name__)
LOOPBACK = ("127.0.0.1", "::1")
#: Seconds; the budget of a step is 0.025.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)


def install(app: Flask) -> None:
    """Each application has figures of its own, so that tests and commands do not share them."""
    registry = CollectorRegistry()
    registry.register(Figures(app))
    GCCollector(registry)
    ProcessCollector(registry=registry)
    seconds = Histogram(
        "doudi_http_request_seconds", "Time of a request.", ["endpoint"], buckets=BUCKETS, registry=registry
    )
    answers = Counter("doudi_http_requests_total", "Requests.", ["endpoint", "status"], registry=registry)
    app.extensions["doudi_metrics"] = registry

    def begun() -> None:
        g.begun = clock.monotonic()

    def ended(response: Response) -> Response:
        endpoint = request.endpoint or "unknown"
        if "begun" in g and endpoint not in ("static", "metrics.metrics"):
            seconds.labels(endpoint).observe(clock.monotonic() - g.begun)
            answers.labels(endpoint, str(response.status_code)).inc()
        return response

    app.before_request(begun)
    app.after_request(ended)
    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    if not _may():
        abort(404)
    text = generate_latest(current_app.extensions["doudi_metrics"])
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _may() -> bool:
    token = current_app.config["METRICS_TOKEN"]
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), str(token).encode())
    # A request that came through a web server in front has been forwarded: it is somebody else's.
    return request.remote_addr in LOOPBACK and "X-Forwarded-For" not in request.headers
