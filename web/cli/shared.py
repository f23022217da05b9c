"""What commands share: the application, and how data are printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flask import Flask

as_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


@contextmanager
def application() -> Iterator[Flask]:
    """The application of this installation, its context pushed; in a demonstration the business clock stands where
    the demonstration stands."""
    from engine.database import db
    from web.app import create_app

    app = create_app()
    with app.app_context():
        try:
            if app.config["DEMO"]:
                synchronise()
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def synchronise() -> None:
    """Sets the business clock to the demonstration's, when there is one yet."""
    from sqlalchemy.exc import DatabaseError

    from engine.database import db
    from registers.demonstration.operations import sync

    try:
        sync()
    except DatabaseError:  # No tables yet: `doudi db upgrade` is about to make them.
        db.session.rollback()


def show(data: Any) -> None:
    """One JSON value on one line."""
    click.echo(json.dumps(data, ensure_ascii=False))
