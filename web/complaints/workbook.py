"""The ledger as an Excel workbook: text that no spreadsheet runs as a formula; nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO
from typing import Any

from flask import make_response
from flask.typing import ResponseReturnValue
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

from registers.complaints.ledger import Row
from registers.complaints.operations import LONGEST

HEAD = PatternFill("solid", fgColor="12356B")
#: What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = {
    "序号": 6, "编号": 20, "收到日期": 12, "渠道": 14, "性质": 12, "反映对象": 18, "涉及的事": 14, "实名": 8, "村": 12,
    "受理日期": 12, "现在到哪一步": 22, "法定期限": 12, "结果": 14, "答复反馈日期": 14, "复查复核": 10, "办结日期": 12,
}  # fmt: skip


def answer(rows: list[Row], state: str, now: datetime) -> ResponseReturnValue:
    """The workbook as a download."""
    out = BytesIO()
    build(rows, state, now).save(out)
    made = make_response(out.getvalue())
    made.headers["Content-Type"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    made.headers["Content-Disposition"] = f'attachment; filename="complaints-{now:%Y%m%d}.xlsx"'
    made.headers["Cache-Control"] = "no-store"
    return made


def build(rows: Iterable[Row], state: str, now: datetime) -> Workbook:
    """A sheet with a title, a head that repeats on paper, a line a matter."""
    book = Workbook()
    sheet = book.active
    sheet.title = "信访举报台账"
    listed = list(rows)
    more = f"（只列前 {LONGEST} 件）" if len(listed) >= LONGEST else ""
    sheet.append([f"社会救助信访举报台账 · {state} · {len(listed)} 件{more} · 截至 {now:%Y-%m-%d %H:%M}"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(COLUMNS))
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append(list(COLUMNS))
    for cell in sheet[2]:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for number, row in enumerate(listed, 1):
        _line(sheet, number + 2, _cells(number, row))
    for number, width in enumerate(COLUMNS.values()):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    sheet.freeze_panes = "C3"
    sheet.print_title_rows = "2:2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return book


def _cells(number: int, row: Row) -> list[Any]:
    return [
        number, row.number, _day(row.received_on), row.channel, row.kind, row.about, row.subject,
        "实名" if row.named else "匿名", row.village, _day(row.accepted_on), row.stage,
        _day(row.due_at), row.result, _day(row.told_on), row.reviews or "", _day(row.closed_at),
    ]  # fmt: skip


def _line(sheet: Any, number: int, cells: list[Any]) -> None:
    for column, value in enumerate(cells, 1):
        cell = sheet.cell(number, column)
        cell.value = value
        if isinstance(value, str):
            # Said to be text, so that nothing on a form can become a formula in a spreadsheet.
            cell.data_type, cell.number_format = "s", "@"
            cell.quotePrefix = value.startswith(FORMULA)


def _day(given: date | datetime | None) -> str:
    """A day; of a deadline, which ends at 24:00, its last day."""
    if given is None:
        return ""
    if isinstance(given, datetime):
        from engine.runtime.deadlines import last_day

        return f"{last_day(given):%Y-%m-%d}"
    return f"{given:%Y-%m-%d}"
