"""Clause ids as people cite them, by the register of a release: the current one, or on the pages of a case its own."""

from __future__ import annotations

from flask import g, has_app_context

from engine.database import db
from engine.errors import NotFound
from engine.releases import queries as releases
from engine.releases.loaded import LoadedRelease
from engine.statutes.register import Clause, Statutes


def turn_to(release: LoadedRelease) -> None:
    """From now on the page cites by the register of this release: clauses as they stood on its day."""
    g.statutes = release.statutes


def read(ids: str | None) -> list[Clause]:
    """The clauses of a comma-separated list; a stranger is shown by its id, never dropped."""
    return register().read(ids) if ids else []


def register() -> Statutes:
    """The register that the page cites by; an empty one while nothing is deployed."""
    if not has_app_context():
        return Statutes()
    if "statutes" not in g:
        session = db.session()
        try:
            g.statutes = releases.load(releases.current(session).id, session).statutes
        except NotFound:
            g.statutes = Statutes()
    return g.statutes
