"""The month report as an Excel workbook: figures with number formats, text that no spreadsheet runs as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from registers.board.report import FIGURES, TITLES, Line, Report

HEAD = PatternFill("solid", fgColor="12356B")
TOTAL = PatternFill("solid", fgColor="EEF3FB")
EDGE = Border(*(Side(style="thin", color="D8DFE8") for _ in range(4)))
#: What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COUNT, DAYS = "#,##0", "0.0"


def build(report: Report, overdue: Iterable[Sequence[Any]], now: datetime, areas: str) -> Workbook:
    """A sheet of figures and a sheet of what is overdue (number, village, stage, hands, cause, days)."""
    book = Workbook()
    sheet = book.active
    sheet.title = "月报"
    _title(sheet, f"社会救助办理月报 {report.month}", f"{areas} · 截至 {now:%Y-%m-%d %H:%M}", len(FIGURES) + 3)
    _head(sheet, 3, ["村", "救助类别", *TITLES.values(), "办理工作日（中位数）"])
    for number, line in enumerate(report.lines, 4):
        _line(sheet, number, line)
    last = 4 + len(report.lines)
    _line(sheet, last, report.total, fill=TOTAL)
    _widths(sheet, [14, 12, *[10] * len(FIGURES), 14])
    sheet.freeze_panes = "C4"
    listed = book.create_sheet("超期清单")
    _title(listed, "现在超期的环节和时限", f"截至 {now:%Y-%m-%d %H:%M}", 6)
    _head(listed, 3, ["办件编号", "村", "环节或时限", "在谁手中", "原因", "超期天数"])
    for number, row in enumerate(overdue, 4):
        for column, value in enumerate(row, 1):
            _write(listed, number, column, value)
    _widths(listed, [22, 14, 26, 30, 18, 10])
    listed.freeze_panes = "A4"
    for each in (sheet, listed):
        each.page_setup.orientation, each.page_setup.paperSize = "landscape", each.PAPERSIZE_A4
        each.page_setup.fitToHeight = 0
        each.sheet_properties.pageSetUpPr.fitToPage = True
        each.print_title_rows = "3:3"
    return book


def _line(sheet: Worksheet, number: int, line: Line, fill: PatternFill | None = None) -> None:
    _write(sheet, number, 1, line.village, fill)
    _write(sheet, number, 2, line.scheme, fill)
    for column, name in enumerate(FIGURES, 3):
        _write(sheet, number, column, getattr(line, name), fill)
    _write(sheet, number, len(FIGURES) + 3, line.median, fill).number_format = DAYS


def _title(sheet: Worksheet, title: str, said: str, width: int) -> None:
    for row, text, font in ((1, title, Font(bold=True, size=14)), (2, said, Font(color="52606D"))):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
        _write(sheet, row, 1, text).font = font
        sheet.cell(row, 1).border = Border()


def _head(sheet: Worksheet, row: int, names: Sequence[str]) -> None:
    for column, name in enumerate(names, 1):
        cell = _write(sheet, row, column, name, HEAD)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = 32


def _write(sheet: Worksheet, row: int, column: int, value: Any, fill: PatternFill | None = None) -> Cell:
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        # Said to be text before the value is looked at, and marked as such for whoever edits the cell.
        cell.value = value
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA)
        cell.number_format = "@"
    else:
        cell.value = value
        cell.number_format = COUNT
    cell.border = EDGE
    if fill is not None:
        cell.fill = fill
    return cell


def _widths(sheet: Worksheet, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
