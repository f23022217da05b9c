"""The file that comes back from a bank: read line by line, matched row by row; one wrong line and nothing is taken."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO

from engine import secrets
from engine.errors import Invalid
from registers.payments.models import PayRow

#: What a return file may weigh.
LARGEST = 8 * 1024 * 1024
#: So many problems are told at once.
TOLD = 50
LONGEST = 200
#: How banks head their columns.
HEADS = {
    "row": ("流水号", "序号"),
    "number": ("账号", "卡号"),
    "amount": ("金额（分）", "金额(分)", "金额"),
    "result": ("结果", "处理结果"),
    "reason": ("原因", "失败原因"),
}
RESULTS = {"成功": True, "失败": False}


@dataclass(frozen=True)
class Line:
    """What a bank says of one row."""

    row_id: int
    paid: bool
    reason: str


def text_of(data: bytes) -> str:
    """The file as text, UTF-8 or GB18030. Raises Invalid for anything else, for an empty and for a huge file."""
    if not data.strip():
        raise Invalid.at("file", "文件是空的，请选择银行发回的回盘文件。")
    if len(data) > LARGEST:
        raise Invalid.at("file", f"文件太大（超过{LARGEST // 1024 // 1024} MB），请确认选对了文件。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid.at("file", "文件不是文本（CSV），请向银行索取 CSV 格式的回盘文件。")


def read(data: bytes, rows: Mapping[int, PayRow]) -> list[Line]:
    """A line for each of `rows` (those of one bank and batch). Raises Invalid with every problem, each with its line
    number: an unknown row, a row twice, another account or amount, a failure without a reason, a row left out."""
    problems: list[str] = []
    found: dict[int, Line] = {}
    try:
        sheet = list(csv.reader(StringIO(text_of(data)), strict=True))
    except csv.Error:
        raise Invalid.at("file", "文件不是有效的 CSV：引号没有成对，或一格太长。") from None
    columns = _columns(sheet[0] if sheet else [])
    for number, cells in enumerate(sheet[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        line = _line(cells, columns, rows)
        if isinstance(line, str):
            problems.append(f"第{number}行：{line}")
        elif line.row_id in found:
            problems.append(f"第{number}行：流水号{line.row_id}出现了两次。")
        else:
            found[line.row_id] = line
    if not problems:
        problems += [f"缺少流水号{key}（{rows[key].name}）的结果。" for key in sorted(set(rows) - set(found))]
    if problems:
        raise _refuse(problems)
    return list(found.values())


def _columns(head: Iterable[str]) -> dict[str, int]:
    names = [cell.strip() for cell in head]
    columns = {key: names.index(word) for key, words in HEADS.items() for word in words if word in names}
    missing = [words[0] for key, words in HEADS.items() if key not in columns and key != "reason"]
    if missing:
        raise Invalid.at("file", f"第1行：表头缺少{'、'.join(missing)}。表头应为：流水号,账号,金额（分）,结果,原因。")
    return columns


def _line(cells: list[str], columns: Mapping[str, int], rows: Mapping[int, PayRow]) -> Line | str:
    def cell(key: str) -> str:
        at = columns.get(key)
        return cells[at].strip().lstrip("'") if at is not None and at < len(cells) else ""

    written, amount = cell("row"), cell("amount")
    if not re.fullmatch(r"[0-9]{1,12}", written, re.ASCII):
        return f"流水号“{written[:20]}”不是数字。"
    row = rows.get(int(written))
    if row is None:
        return f"流水号{written}不在这一批代发文件中。"
    if secrets.fingerprint(cell("number")) != row.account_hash:
        return f"流水号{written}的账号与代发文件不一致。"
    if amount != str(row.amount):
        return f"流水号{written}的金额是{amount[:20] or '空'}分，代发文件是{row.amount}分。"
    if cell("result") not in RESULTS:
        return f"流水号{written}的结果“{cell('result')[:20]}”只能是“成功”或“失败”。"
    paid, reason = RESULTS[cell("result")], cell("reason")[:LONGEST]
    if not paid and not reason:
        return f"流水号{written}发放失败，没有写原因。"
    return Line(row.id, paid, "" if paid else reason)


def _refuse(problems: list[str]) -> Invalid:
    told = problems[:TOLD]
    if len(problems) > TOLD:
        told.append(f"还有{len(problems) - TOLD}处问题没有列出。")
    return Invalid(
        f"回盘文件有{len(problems)}处问题，没有导入。", problems=[{"field": "file", "message": each} for each in told]
    )
