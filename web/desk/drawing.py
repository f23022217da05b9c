"""Drawing the form of a task, an application or an objection; what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import make_response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from engine import clock, forms
from engine.database import db
from engine.errors import Invalid
from engine.forms import FieldProblem, Form
from engine.parameters import queries as parameters
from engine.runtime import operations as runtime
from engine.runtime import queries
from web.forms import Files, edit, render_form
from web.security import carry, me

Posted = Mapping[str, Sequence[str]]


def posted() -> dict[str, list[str]]:
    """What the form's own fields hold, as the browser sent it."""
    return carry.fields(carry.typed())


def pressed(form: Form) -> tuple[dict[str, list[str]], str] | None:
    """(fields, focus) when one of the form's own buttons was pressed: add a row, remove one, draw again."""
    done = edit(form, carry.typed())
    return (carry.fields(done.posted), done.focus) if done else None


def wants_edit() -> bool:
    """Whether one of the form's own buttons was pressed; asked before anything is read from the database."""
    return any(name in request.form for name in ("_add", "_remove", "_check", "_detach"))


def problems(error: Invalid) -> list[FieldProblem]:
    """The problems of a refused form as the macros show them."""
    return [FieldProblem(each["field"], each["message"]) for each in error.data.get("problems", [])]  # type: ignore[attr-defined]


def first_context(form: Form) -> dict[str, Any]:
    """What a start form's expressions see: there is no flow yet."""
    seen: dict[str, Any] = {"today": clock.today().isoformat()}
    if "parameters" in form.read_names:
        seen["parameters"] = parameters.on(db.session(), clock.today())
    return seen


def draw(
    form: Form,
    context: Mapping[str, Any],
    *,
    preview_url: str,
    given: Posted | None = None,
    values: Mapping[str, Any] | None = None,
    found: Sequence[FieldProblem] = (),
    marked: Sequence[FieldProblem] = (),
    focus: str = "",
    facts: Callable[[str], Any] | None = None,
    files: Files | None = None,
    paste: bool = False,
) -> Markup:
    """The inside of the form; `found` is what is wrong with it, `marked` what somebody who returned it said of it."""
    return render_form(
        form,
        context=context,
        posted=given,
        values=values if values is not None else forms.initial(form, context),
        problems=found,
        warnings=marked,
        facts=facts,
        preview_url=preview_url,
        focus=focus,
        files=files,
        paste=paste,
    )


def draft(key: str) -> dict[str, list[str]] | None:
    """The person's draft under a key; an emptied one is none."""
    return queries.draft(db.session(), key, me().id) or None


def keep_draft(key: str) -> ResponseReturnValue:
    """Autosave: keeps what was typed and says when."""
    saved = runtime.save_draft(key, me(), posted())
    answer = make_response(f"草稿已于 {saved.saved_at:%H:%M} 保存", 200)
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    return answer
