"""The messages of whoever is signed in: a list, one opened, an answer, the count in the head."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.errors import Invalid, NotFound
from engine.outbox import operations as outbox
from engine.outbox import queries
from engine.outbox.models import Copy, Message
from engine.outbox.words import KINDS
from web.desk.views import blueprint
from web.security import csrf, me

#: Messages on one page.
PAGE = 30
#: A page number beyond any that somebody has.
LAST_PAGE = 10_000


def place(instance_id: int | None, item_id: int | None) -> str:
    """The path that a link outside the system leads to; the page there asks whether the person may see it."""
    if item_id is not None:
        return f"/desk/items/{item_id}"
    return f"/cases/{instance_id}" if instance_id is not None else "/desk/messages"


@blueprint.get("/desk/messages")
def messages() -> str:
    """Those unread first, then by day."""
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    only_unread = request.args.get("unread") == "1"
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    skip = (page - 1) * PAGE
    account = me().id or 0
    found = queries.inbox(db.session(), account, kind=kind, only_unread=only_unread, limit=PAGE + 1, skip=skip)
    return render_template(
        "desk/messages.html",
        groups=by_day(found[:PAGE]),
        kinds=KINDS,
        kind=kind,
        only_unread=only_unread,
        page=page,
        more=len(found) > PAGE,
    )


@blueprint.get("/desk/messages/unread")
def unread() -> Response:
    """The count in the head, asked for every half minute; when it is another than before, a list of messages hears."""
    count = queries.unread(db.session(), me().id or 0)
    answer = make_response(render_template("desk/messages_unread.html", count=count))
    if request.args.get("had", type=int) != count:
        answer.headers["HX-Trigger"] = "messages-changed"
    return answer


@blueprint.get("/desk/messages/<int:copy_id>")
def message(copy_id: int) -> str:
    """One message, read from now on."""
    mine(copy_id)
    outbox.read(me().id or 0, [copy_id])
    return opened(copy_id)


@blueprint.post("/desk/messages/read")
def read_all() -> ResponseReturnValue:
    """Everything counts as read."""
    count = outbox.read(me().id or 0)
    flash(f"已把 {count} 条消息标为已读。" if count else "没有未读的消息。", "success" if count else "info")
    return redirect(url_for("desk.messages"))


@blueprint.post("/desk/messages/<int:copy_id>/answer")
def answer(copy_id: int) -> ResponseReturnValue:
    """The one answer to a message."""
    text = request.form.get("answer", "")
    try:
        outbox.answer(copy_id, me(), text)
    except Invalid as error:
        problems = {each["field"]: each["message"] for each in error.problems}  # type: ignore[attr-defined]
        return opened(copy_id, given=text, problems=problems), 422
    flash("回复已记入，发件人能看到。", "success")
    return redirect(url_for("desk.message", copy_id=copy_id))


@csrf.redraws("desk.answer")
def answer_again(message: str, copy_id: int) -> str:
    """The page with what was typed, when its token ran out."""
    flash(message, "warning")
    return opened(copy_id, given=request.form.get("answer", ""))


def opened(copy_id: int, given: str = "", problems: dict[str, str] | None = None) -> str:
    """The page of one message."""
    copy, said = mine(copy_id)
    return render_template(
        "desk/messages_one.html",
        copy=copy,
        message=said,
        kinds=KINDS,
        given=given,
        problems=problems or {},
        longest=outbox.LONGEST_ANSWER,
    )


def mine(copy_id: int) -> tuple[Copy, Message]:
    """A message of the person's own; somebody else's is not there."""
    found = queries.one(db.session(), me().id or 0, copy_id)
    if found is None:
        raise NotFound("没有这条消息，请返回消息列表。")
    return found


def by_day(rows: Sequence[tuple[Copy, Message]]) -> list[tuple[str, list[tuple[Copy, Message]]]]:
    """Under headings: 未读, 今天, 昨天, the day."""
    today = clock.today()

    def heading(row: tuple[Any, Message]) -> str:
        if row[0].read_at is None:
            return "未读"
        on: date = row[1].created_at.date()
        return {today: "今天", today - timedelta(days=1): "昨天"}.get(on, f"{on:%Y-%m-%d}")

    return [(name, list(several)) for name, several in groupby(rows, key=heading)]
