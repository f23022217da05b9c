"""The first sheet of a workbook (`.xlsx`) as rows of text, its merged cells filled; judged before it is unpacked."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

from openpyxl import load_workbook

from engine.errors import Invalid
from engine.forms.pasting import MOST_COLUMNS, MOST_ROWS, sized

#: Bytes of the file, and of everything in it unpacked; a table of members needs a hundredth of that.
LARGEST, UNPACKED, PARTS = 3_000_000, 40_000_000, 400
#: A number with more digits than a spreadsheet keeps has lost its last ones.
EXACT = 15
FIELD = "file"


def rows(data: bytes) -> tuple[list[list[str]], frozenset[tuple[int, int]]]:
    """(rows, the cells that repeat what a merged one holds). Raises Invalid, in words, for whatever is no such file: by
    its content, not its name."""
    if len(data) > LARGEST:
        raise Invalid.at(FIELD, "文件太大，请只保留家庭成员表后重新上传。")
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise Invalid.at(FIELD, "这是旧格式（.xls）或者加密的文件，请另存为 .xlsx、去掉密码后上传，或者直接粘贴。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > PARTS or sum(each.file_size for each in parts) > UNPACKED:
                raise Invalid.at(FIELD, "文件解开以后过大，不像是家庭成员表，没有读取。")
            if "xl/workbook.xml" not in packed.namelist():
                raise Invalid.at(FIELD, "这不是 Excel 工作簿（.xlsx），请核对文件，或者直接粘贴。")
        book = load_workbook(io.BytesIO(data), data_only=True)
        sheet = book.worksheets[0]
    except Invalid:
        raise
    except Exception:  # A broken file breaks in as many ways as there are parts; none of them is the reader's business.
        raise Invalid.at(FIELD, "无法读取这个文件，请用 Excel 或 WPS 打开另存为 .xlsx 后重试，或者直接粘贴。") from None
    if sheet.max_row > MOST_ROWS * 20 or sheet.max_column > MOST_COLUMNS * 20:
        raise Invalid.at(FIELD, f"表太大，一次最多读 {MOST_ROWS} 行，请只保留家庭成员表。")
    found = [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    merged = set()
    for span in sheet.merged_cells.ranges:
        held = found[span.min_row - 1][span.min_col - 1]
        for row in range(span.min_row, span.max_row + 1):
            for column in range(span.min_col, span.max_col + 1):
                found[row - 1][column - 1] = held
                if row > span.min_row:
                    merged.add((row - 1, column - 1))
    while found and found[0] and all(not row[-1:] or not row[-1] for row in found):
        found = [row[:-1] for row in found]
    return sized(found), frozenset(merged)


def _text(value: object) -> str:
    """A cell as people read it: whole numbers without a point, days as days."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and len(str(abs(value))) > EXACT:
        return f"{float(value):.5E}"
    return " ".join(str(value).split())
