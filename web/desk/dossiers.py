"""The dossier of a case: asked for, watched while it is made, fetched."""

from __future__ import annotations

import threading

from flask import Flask, Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.database import db
from engine.errors import NotFound
from registers.cases.models import Case
from registers.dossiers import operations
from registers.files import store
from web.desk.files import sent
from web.desk.views import blueprint
from web.security import me

#: Those that this process makes right now.
_running: dict[int, threading.Thread] = {}


@blueprint.post("/cases/<int:instance_id>/dossier")
def ask_dossier(instance_id: int) -> ResponseReturnValue:
    """Asks for a dossier; it is made beside the requests, so that nobody waits for a page."""
    row = operations.ask(me(), instance_id)
    if row.state == operations.WORKING and row.id not in _running:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        thread = threading.Thread(target=make, args=(app, row.id), name=f"dossier-{row.id}", daemon=True)
        _running[row.id] = thread
        thread.start()
    return redirect(url_for("desk.dossier", dossier_id=row.id), 303)


@blueprint.get("/dossiers/<int:dossier_id>")
def dossier(dossier_id: int) -> str:
    """How far it has come; the page asks again by itself, with and without a script."""
    row = operations.fetch(db.session(), me(), dossier_id)
    case = db.session().get(Case, row.instance_id)
    return render_template("cases/dossier.html", row=row, case=case, silent=operations.silent(row))


@blueprint.get("/dossiers/<int:dossier_id>.pdf")
def dossier_file(dossier_id: int) -> Response:
    """The file itself, for whoever asked for it."""
    session = db.session()
    row = operations.fetch(session, me(), dossier_id)
    if row.stored is None:
        raise NotFound("案卷还没有做好，请稍后再取。")
    case = session.get(Case, row.instance_id)
    name = f"案卷-{case.number if case is not None else row.instance_id}-{row.asked_at:%Y%m%d}.pdf"
    return sent(store.read(row.stored), "application/pdf", name, inline=False)


def make(app: Flask, dossier_id: int) -> None:
    """In a thread of its own, with a session of its own."""
    try:
        with app.app_context():
            operations.make(dossier_id)
    finally:
        _running.pop(dossier_id, None)


def wait(seconds: float) -> None:
    """Lets what is being made come to its end."""
    for each in list(_running.values()):
        each.join(seconds)
