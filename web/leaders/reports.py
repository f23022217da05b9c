"""The month report: on the screen, on paper, as a workbook."""

from __future__ import annotations

from io import BytesIO

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import Invalid
from registers.board import lists, report
from registers.board.lists import Filter
from registers.board.scope import villages
from registers.cases.words import overdue_days
from web.leaders import workbook
from web.leaders.blueprints import View, blueprint, view
from web.words import calendar

#: More overdue rows than this are not written into a workbook; it says so.
LISTED = 5000


@blueprint.get("/report")
def report_page() -> ResponseReturnValue:
    """A month in figures; a wrong month says what is wrong with it, and shows the form."""
    seen, given = view(), request.args.get("month", "")
    try:
        first = report.read_month(given, seen.now.date()) if given else seen.now.date().replace(day=1)
    except Invalid as error:
        return render_template("leaders/report.html", found=None, message=error.message, month=given[:20]), 422
    found = report.month(seen.session, seen.scope, first, seen.now, calendar())
    return render_template(
        "leaders/report.html", found=found, message="", month=found.month, figures=report.TITLES, areas=_areas(seen)
    )


@blueprint.get("/report.xlsx")
def report_workbook() -> ResponseReturnValue:
    """The same figures and the overdue cases as an Excel workbook. Raises Invalid for a wrong month."""
    seen = view()
    first = report.read_month(request.args.get("month", ""), seen.now.date())
    found = report.month(seen.session, seen.scope, first, seen.now, calendar())
    late = lists.page(seen.session, seen.scope, seen.now, seen.staff, Filter(state="red"), size=LISTED)
    rows = [
        (
            "回避" if row.barred else row.number,
            row.village,
            row.what,
            row.ball.who,
            row.ball.title,
            overdue_days(row.due_at, seen.now) if row.due_at else 0,
        )
        for row in late.rows
    ]
    out = BytesIO()
    workbook.build(found, rows, seen.now, _areas(seen)).save(out)
    answer = make_response(out.getvalue())
    answer.headers["Content-Type"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer.headers["Content-Disposition"] = f'attachment; filename="doudi-{found.month}.xlsx"'
    return answer


def _areas(seen: View) -> str:
    names = villages(seen.session, seen.scope)
    return "、".join(names.get(area, area) for area in seen.scope.areas)
