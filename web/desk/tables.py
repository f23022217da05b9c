"""A table from a spreadsheet into a list of an application: paste or upload, see every problem, take over."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine import forms
from engine.errors import Invalid, NotFound
from engine.forms import Field, pasting, tree, workbooks
from engine.runtime import operations as runtime
from registers.households.pasting import MEMBERS
from web.desk import drawing, starting
from web.desk.starting import Start
from web.desk.views import blueprint
from web.security import csrf, me

Cells = frozenset[tuple[int, int]]


@blueprint.route("/desk/apply/<process_id>/table/<name>", methods=["GET", "POST"])
def table(process_id: str, name: str) -> ResponseReturnValue:
    """The page: a box for the table and a file; then the table with what is wrong in it; then back to the form."""
    start, one = _list(process_id, name)
    if request.method == "GET":
        return page(start, one)
    text, merged = request.form.get("table", ""), _cells(request.form.get("merged", ""))
    try:
        file = request.files.get("file")
        if file is not None and file.filename:
            rows, merged = workbooks.rows(file.stream.read(workbooks.LARGEST + 1))
            text = "\n".join("\t".join(row) for row in rows)
        else:
            rows = pasting.grid(text)
        posted = _posted(start)
        words = MEMBERS if one.key == "members" else pasting.Words()
        found = pasting.read(one, rows, words, merged=merged, known=_known(one, posted))
        if request.form.get("_do") == "take":
            return take(start, one, found, posted, text, merged)
    except Invalid as error:
        problems = {each.field: each.message for each in drawing.problems(error)}
        return page(start, one, text=text, problems=problems), 422
    return page(start, one, text=text, merged=merged, found=found)


def take(
    start: Start, one: Field, found: pasting.Table, posted: dict[str, list[str]], text: str, merged: Cells
) -> ResponseReturnValue:
    """Adds the ticked rows to what stands in the form; all of them or, when the form holds fewer, none."""
    ticked = set(request.form.getlist("row"))
    lines = [each for each in found.lines if str(each.number) in ticked]
    there = tree.indexes(posted, one.key)
    room = min(one.max_rows, tree.MOST_ROWS) - len(there)
    message = ""
    if not lines:
        message = "还没有勾选要带入的行。"
    elif len(lines) > room:
        message = (
            f"“{one.title}”最多 {one.max_rows} 行，表单里已有 {len(there)} 行，这次勾选了 {len(lines)} 行，"
            f"请少选 {len(lines) - room} 行。没有带入任何一行。"
        )
    if message:
        problems = {"row": message}
        return page(start, one, text=text, merged=merged, found=found, ticked=ticked, problems=problems), 422
    for index, line in enumerate(lines, (there[-1] + 1) if there else 0):
        posted.setdefault(f"_row.{one.key}", []).append(str(index))
        for key, value in line.posted.items():
            posted[f"{one.key}[{index}].{key}"] = [value]
    runtime.save_draft(start.key, me(), posted)
    wrong = sum(len(each.problems) for each in lines)
    flash(
        f"已带入 {len(lines)} 行。{f'其中有 {wrong} 处要补充或改正，请逐项核对。' if wrong else '请逐项核对。'}",
        "success",
    )
    return redirect(start.url(), 303)


@csrf.redraws("desk.table")
def table_again(message: str, process_id: str, name: str) -> str:
    return page(*_list(process_id, name), text=request.form.get("table", ""), problems={"table": message})


def page(
    start: Start,
    one: Field,
    *,
    text: str = "",
    merged: Cells = frozenset(),
    found: pasting.Table | None = None,
    ticked: set[str] | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    chosen = (
        {str(each.number) for each in found.lines if not each.note} if found and ticked is None else ticked or set()
    )
    return render_template(
        "desk/table.html",
        start=start,
        process=start.process,
        one=one,
        text=text,
        merged=",".join(f"{row}:{column}" for row, column in sorted(merged)),
        found=found,
        ticked=chosen,
        problems=problems or {},
        most=pasting.MOST_ROWS,
    )


def _list(process_id: str, name: str) -> tuple[Start, Field]:
    start = starting.at_the_window(process_id)
    one = next((each for each in start.form.walk() if each.type == "dynamiclist" and each.key == name), None)
    if one is None:
        raise NotFound("这张表单没有这个列表，请从登记表重新打开。")
    return start, one


def _posted(start: Start) -> dict[str, list[str]]:
    """What stands in the form: the clerk's draft, else what it begins with; without empty rows of its lists."""
    first = forms.to_posted(start.form, forms.initial(start.form, start.context))
    posted = {name: list(texts) for name, texts in (drawing.draft(start.key) or first).items()}
    nodes = tree.grow(start.form, posted, start.context, first)
    for node in (each for top in nodes for each in top.walk() if each.field.type == "dynamiclist"):
        for row in node.rows:
            if row.empty:
                posted = {key: texts for key, texts in posted.items() if not key.startswith(f"{row.name}.")}
                kept = [each for each in posted.get(f"_row.{node.name}", []) if each != str(row.index)]
                posted[f"_row.{node.name}"] = kept
    return posted


def _known(one: Field, posted: dict[str, list[str]]) -> dict[str, str]:
    """ID numbers that stand in the form already, with whose they are."""
    number = next((each.key for each in one.children if each.kind == "id_number"), "")
    there = {text.upper(): "表单里已经有这个人" for index in tree.indexes(posted, one.key)
             for text in posted.get(f"{one.key}[{index}].{number}", [])}  # fmt: skip
    return there | {text.upper(): "这一行是申请人本人" for text in posted.get("id_number", []) if text}


def _cells(text: str) -> Cells:
    """The merged cells as the page keeps them between two posts; what is none is left out."""
    found = (each.split(":") for each in text[:20_000].split(",") if each)
    return frozenset((int(row), int(column)) for row, column in (p for p in found if len(p) == 2)
                     if row.isascii() and row.isdigit() and column.isascii() and column.isdigit())  # fmt: skip
