"""Puts the application together: configuration, database, the registers' services and rules, the blueprints."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from engine import database, secrets
from engine.database import db
from engine.outbox import settings as channels
from registers import install
from registers.files import limits, store
from web import compressing, forms, security, shell
from web.admin import views as admin
from web.api import views as api
from web.checks import views as checks
from web.commitments import views as commitments
from web.complaints import views as complaints
from web.demo import views as demo
from web.desk import messages
from web.desk import views as desk
from web.hall import views as hall
from web.help import views as manual
from web.leaders import views as leaders
from web.leaders.orders import order_blueprint
from web.metrics import views as metrics
from web.modeler import views as modeler
from web.payments import views as payments
from web.registers import views as ledgers
from web.security import sessions
from web.statutes import views as statutes
from web.visits import views as visits
from web.why import views as why

#: What a browser may send at once. A form may hold fifty rows of a dozen fields.
LIMITS = {
    "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
    "MAX_FORM_PARTS": 5000,
    # How long a phone may read what it took along after its person last signed in: a day in the villages.
    "VISIT_KEY_SECONDS": 12 * 60 * 60,
    "PROXY": os.environ.get("DOUDI_PROXY") == "1",
}


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """A Flask application. `settings` overrides the environment:

    `DATABASE_URL` (SQLite in the instance folder by default), `DOUDI_KEY` (see engine.secrets),
    `SECRET_KEY` (sessions; made and kept in the instance folder when absent), `DOUDI_DEMO` (`1`: demonstration mode),
    `DOUDI_INSTANCE` (the folder of database, keys and files; `instance/` by default), `DOUDI_PROXY` (`1`: behind one
    web server that sets the forwarded headers), `DOUDI_SMTP`, `DOUDI_MAIL_FROM`, `DOUDI_ADDRESS`, `WEBHOOK_HOSTS`
    (messages that leave the house, docs/messages.md), `DOUDI_METRICS_TOKEN` (who may read /metrics from elsewhere),
    `SESSION_COOKIE_SECURE`, `SESSION_IDLE`, `SESSION_ABSOLUTE`, `VISIT_KEY_SECONDS` (seconds; docs/visits.md).
    `DOUDI_FILE_MB`, `DOUDI_FILE_COUNT` (attachments, docs/files.md).
    """
    folder = Path((settings or {}).get("DOUDI_INSTANCE") or os.environ.get("DOUDI_INSTANCE") or "instance").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    app = Flask("web", root_path=str(Path(__file__).parent), instance_path=str(folder))
    app.config.update(
        SQLALCHEMY_DATABASE_URI=_url(os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'doudi.db'}"),
        SECRET_KEY=os.environ.get("SECRET_KEY") or _kept(folder / "session.key"),
        DEMO=os.environ.get("DOUDI_DEMO") == "1",
        METRICS_TOKEN=os.environ.get("DOUDI_METRICS_TOKEN", ""),
        **{name: os.environ.get(name, "") for name in (*channels.NAMES, *limits.NAMES)},
    )
    app.config.update(LIMITS, **sessions.DEFAULTS)
    app.config.update(settings or {})
    app.config["SQLALCHEMY_DATABASE_URI"] = _url(str(app.config["SQLALCHEMY_DATABASE_URI"]))
    channels.use({name: str(app.config.get(name) or "") for name in channels.NAMES}, place=messages.place)
    secrets.load(folder / "data.key")
    store.use(folder / "files")
    limits.use({name: str(app.config.get(name) or "") for name in limits.NAMES})
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    install()
    if app.config["PROXY"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    _rooms(app)
    return app


def _rooms(app: Flask) -> None:
    """The demonstration's clock is read first, then who is there; then the pages."""
    compressing.install(app)
    if app.config["DEMO"]:
        demo.install(app)
    metrics.install(app)
    security.install(app)
    shell.install(app)
    for room in (
        forms,
        desk,
        leaders,
        hall,
        ledgers,
        admin,
        modeler,
        api,
        why,
        payments,
        commitments,
        complaints,
        checks,
        statutes,
        visits,
        manual,
    ):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(order_blueprint)


def _url(text: str) -> str:
    """PostgreSQL addresses, however written, go to the psycopg 3 driver."""
    for prefix in ("postgresql://", "postgres://"):
        if text.startswith(prefix):
            return "postgresql+psycopg://" + text.removeprefix(prefix)
    return text


def _kept(path: Path) -> str:
    """A random secret that survives restarts, readable by the service only."""
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(os.urandom(32).hex())
    return path.read_text()
