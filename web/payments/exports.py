"""A run's rows as CSV and as a workbook: masked accounts, no ID numbers; each export stands in the journal."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import quote

from flask import make_response
from flask.typing import ResponseReturnValue
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from engine.database import db
from registers.areas import queries as areas
from registers.cases.schemes import short
from registers.payments import operations, queries
from registers.payments.bank.files import FORMULA
from registers.payments.models import PayRow, PayRun
from registers.payments.words import ROW_STATES, fund_name
from web.payments.views import blueprint, of
from web.security import me

COLUMNS = ("流水号", "村", "姓名", "人数", "类别", "金额（元）", "开户行", "账号（遮盖）", "状态", "失败原因")
ALL = 1_000_000


@blueprint.post("/<int:run_id>/export.csv")
def as_csv(run_id: int) -> ResponseReturnValue:
    of(run_id)
    run = operations.export(me(), run_id, "CSV")
    out = StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(COLUMNS)
    for row in lines(run):
        sheet.writerow([safe(cell) for cell in row])
    return sent(("﻿" + out.getvalue()).encode(), run, "csv", "text/csv; charset=utf-8")


@blueprint.post("/<int:run_id>/export.xlsx")
def as_workbook(run_id: int) -> ResponseReturnValue:
    of(run_id)
    run = operations.export(me(), run_id, "Excel")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("发放名册")
    for letter, width in zip("ABCDEFGHIJ", (10, 14, 14, 8, 12, 14, 14, 24, 12, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    head = []
    for name in COLUMNS:
        cell = WriteOnlyCell(sheet, value=name)
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    for row in lines(run):
        sheet.append([_cell(sheet, value) for value in row])
    out = BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return sent(out.getvalue(), run, "xlsx", kind)


def lines(run: PayRun) -> Iterator[tuple[Any, ...]]:
    """The rows of an export, by village and name."""
    session = db.session()
    names = areas.names(session)
    for row in queries.rows(session, run.id, size=ALL)[0]:
        yield _line(row, names)


def safe(value: Any) -> Any:
    """A text that no spreadsheet runs as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def sent(data: bytes, run: PayRun, suffix: str, kind: str) -> ResponseReturnValue:
    answer = make_response(data)
    answer.headers["Content-Type"] = kind
    name = quote(f"{run.month}-{fund_name(run.fund)}-名册.{suffix}")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _line(row: PayRow, names: dict[str, str]) -> tuple[Any, ...]:
    return (
        row.id,
        names.get(row.area, row.area),
        row.name,
        row.persons,
        short(row.scheme),
        row.amount / 100,
        row.bank,
        row.account_masked,
        ROW_STATES.get(row.state, row.state),
        row.failure,
    )


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type, cell.number_format = "s", "@"
    elif isinstance(value, float):
        cell.number_format = "#,##0.00"
    return cell
