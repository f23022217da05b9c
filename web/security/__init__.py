"""Who is there, for how long, and what a browser may do with our pages."""

from __future__ import annotations

from flask import Flask

from web.security import csrf, errors, headers, intake, people, sessions, uploads, views
from web.security.people import me, public

__all__ = ["install", "me", "public"]


def install(app: Flask) -> None:
    """Order matters: CSRF judges a form before anybody asks who sent it; both come before every view."""
    uploads.install(app)
    intake.install(app)
    sessions.install(app)
    csrf.install(app)
    people.install(app)
    headers.install(app)
    errors.install(app)
    app.register_blueprint(views.blueprint)
