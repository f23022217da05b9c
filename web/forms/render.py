"""Puts a form, what was posted and its problems before the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template
from markupsafe import Markup

from engine.forms import FieldProblem, Form, initial, to_posted
from engine.forms.reading import read_back
from engine.forms.tree import grow
from web.forms.files import Files
from web.forms.page import Facts, Page


def render_form(
    form: Form,
    *,
    context: Mapping[str, object],
    posted: Mapping[str, Sequence[str]] | None = None,
    values: Mapping[str, object] | None = None,
    problems: Sequence[FieldProblem] = (),
    warnings: Sequence[FieldProblem] = (),
    facts: Facts | None = None,
    preview_url: str = "",
    focus: str = "",
    body_id: str = "form-body",
    files: Files | None = None,
    paste: bool = False,
) -> Markup:
    """The inside of a form: summary of problems, then the fields.

    `posted` (what came back) wins over `values` (a draft, or `engine.forms.initial`), which win over
    prefills; `values` also gives the read-only fields. `facts(view)` gives the rows of a read-only view.
    Without `files` a file field is shown closed. `paste`: lists have a button (`_paste`) that asks the page to read a
    table into them.
    """
    start = to_posted(form, initial(form, context) if values is None else values)
    given = start if posted is None else posted
    nodes = grow(form, given, context, start)
    page = Page(form, nodes, tuple(problems), tuple(warnings), facts, preview_url, focus, body_id, files, paste)
    return Markup(render_template("forms/body.html", page=page))  # noqa: S704 - the template escapes


def render_values(form: Form, values: Mapping[str, object], *, mask: bool = True) -> Markup:
    """A submission as a definition list: what was asked and what was answered, secrets masked by default."""
    return Markup(render_template("forms/values.html", parts=read_back(form, values, mask)))  # noqa: S704
