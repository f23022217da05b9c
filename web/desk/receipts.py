"""Right after an application was registered: its receipt, which Enter prints. Looking at it writes nothing; printing is
an act of its own (a POST), after which the paper is shown with the number of its copy."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.errors import NotFound
from engine.rules.veto import Question, veto
from registers.cases import intake
from registers.cases.models import Case
from registers.households import duplicates
from registers.notices import operations, queries
from registers.notices.models import DocumentPrint
from web.desk.notices import FETCHED, seen
from web.desk.views import blueprint
from web.security import me


@blueprint.get("/cases/<int:instance_id>/intake")
def intake_receipt(instance_id: int) -> str:
    """The receipt of what was taken in, how often it was printed, and which of the records just made may be double."""
    return _page(instance_id, None)


@blueprint.post("/cases/<int:instance_id>/intake/print")
def print_intake(instance_id: int) -> ResponseReturnValue:
    """Notes that the receipt was given, and goes on to the paper."""
    row = operations.print_intake(me(), instance_id)
    return redirect(url_for("desk.intake_paper", instance_id=instance_id, print_id=row.id), 303)


@blueprint.get("/cases/<int:instance_id>/intake/<int:print_id>")
def intake_paper(instance_id: int, print_id: int) -> str:
    """One print of the receipt, for whoever made it and while it is fresh: a later one is a copy with a number of its
    own."""
    row = db.session().get(DocumentPrint, print_id)
    known = row is not None and row.what == operations.intake_key(instance_id) and row.printed_by_id == me().id
    if row is None or not known or clock.wall() - row.printed_at > FETCHED:
        raise NotFound("这份回执已经过了打印时间，请从办件页打开收件回执重新打印；重新打印的会标明“补打”。")
    return _page(instance_id, row)


def _page(instance_id: int, issued: DocumentPrint | None) -> str:
    session, instance = db.session(), seen(instance_id)
    case = session.get(Case, instance_id)
    homes = [case.household_id] if case is not None and case.household_id is not None else []
    return render_template(
        "cases/intake.html",
        instance=instance,
        receipt=intake.receipt(session, instance),
        doubts=duplicates.pairs(session, me(), homes),
        issued=issued,
        prints=queries.prints_of(session, instance_id, operations.intake_key(instance_id)),
        words=operations.intake_words,
        may_print=bool(veto.ask(session, Question("print", me(), instance=instance))),
    )
