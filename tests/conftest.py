"""Fixtures of all tests."""

from __future__ import annotations

import pytest

from engine.database import db
from web.app import create_app


@pytest.fixture
def app(tmp_path):
    app = create_app({"DOUDI_INSTANCE": str(tmp_path)})
    with app.app_context():
        import engine.clocks.models
        import engine.journal.models
        import engine.outbox.models
        import engine.parameters.models
        import engine.releases.models
        import engine.runtime.models  # noqa: F401

        db.create_all()
        yield app
        db.session.remove()


@pytest.fixture
def session(app):
    return db.session()
