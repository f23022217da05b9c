"""Reads a table that was copied from a spreadsheet into the rows of a form's list, with every problem at its cell.

Nothing is guessed and nothing dropped in silence: a cell that cannot be taken keeps its text beside what is wrong with
it, a column that the list does not have is shown, and the same table gives the same rows in whatever order its columns
stand.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine import clock
from engine.errors import Invalid
from engine.forms import identity, kinds, validate, values
from engine.forms.model import Field
from engine.forms.tree import Node

#: So many rows are read at once, so many columns, so many characters.
MOST_ROWS, MOST_COLUMNS, LONGEST = 500, 60, 400_000
#: Columns that a number decides by itself: they are compared with it.
CHECKED = {"sex": "性别", "birth": "出生日期", "age": "年龄"}
_ROUNDED = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE | re.ASCII)
_SAME = ("同上", "〃", "″", "''", '"')


@dataclass(frozen=True)
class Words:
    """What columns and answers are called beside their own labels: {key of a field: names of its column}, {key: {name:
    an answer's value}}; the names of the columns in CHECKED; the answers of a column that say that a row is the
    applicant (`self_key`), and the columns that say nothing."""

    heads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    checked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    self_key: str = ""
    self_names: Sequence[str] = ()
    ignored: Sequence[str] = ()


@dataclass
class Cell:
    """One cell: what stood there, what of it goes into the form, what is wrong."""

    shown: str
    text: str = ""
    problem: str = ""


@dataclass
class Line:
    """One row of the table: `number` is its line as people count them, `cells` by column; `note` says why it is not
    taken over unasked (it is the applicant, or stands there already)."""

    number: int
    cells: list[Cell]
    posted: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def problems(self) -> list[str]:
        """Everything that is wrong with the row."""
        return [each.problem for each in self.cells if each.problem] + self.missing


@dataclass
class Table:
    """A table that was read. `heads`: what each column is in the form (its label, empty when it has none) and as typed;
    `unknown` the headings that the form does not have, `absent` what it asks for and the table does not have."""

    heads: list[tuple[str, str]]
    lines: list[Line]
    unknown: list[str]
    absent: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many problems there are."""
        return sum(len(line.problems) for line in self.lines)


def grid(text: str) -> list[list[str]]:
    """Rows of cells of what a spreadsheet puts on the clipboard: tabs between cells, quotes around a cell with line
    breaks. Raises Invalid for what is no table or too large."""
    if len(text) > LONGEST:
        raise Invalid.at("table", "内容太多，请分几次粘贴。")
    text = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not text.strip():
        raise Invalid.at("table", "请把表格粘贴到这里，连同标题行一起。")
    reader = csv.reader(text.split("\n") if '"' not in text else text.splitlines(keepends=True), delimiter="\t")
    try:
        return sized([[_clean(cell) for cell in row] for row in reader])
    except csv.Error:
        # A single quotation mark that nobody closed: then quotes are plain characters.
        return sized([[_clean(cell) for cell in row.split("\t")] for row in text.split("\n")])


def sized(rows: list[list[str]]) -> list[list[str]]:
    """The rows without the empty ones at the end; Invalid for more than may be read at once."""
    while rows and not any(rows[-1]):
        rows.pop()
    filled = sum(1 for row in rows if any(row))
    if filled > MOST_ROWS + 1:
        raise Invalid.at(
            "table", f"表里有 {filled - 1} 行，一次最多读 {MOST_ROWS} 行，请分几次粘贴。没有带入任何一行。"
        )
    if any(len(row) > MOST_COLUMNS for row in rows):
        raise Invalid.at("table", f"表里超过 {MOST_COLUMNS} 列，请只复制家庭成员的那几列。")
    return rows


def read(
    one: Field,
    rows: Sequence[Sequence[str]],
    words: Words,
    *,
    merged: frozenset[tuple[int, int]] = frozenset(),
    known: Mapping[str, str] | None = None,
) -> Table:
    """The rows of a list's table. `merged` are cells (row, column) that repeat what a merged cell holds; `known` ID
    numbers that stand in the form already, with whose they are. Raises Invalid when no row of headings is found."""
    at = next((number for number, row in enumerate(rows) if _is_head(one, row, words)), None)
    if at is None:
        named = "、".join(each.title for each in one.children if each.required)
        raise Invalid.at("table", f"没有找到标题行。表的第一行应写明各列是什么，例如：{named}。")
    columns = [_column(one, head, words) for head in rows[at]]
    _once(columns, rows[at])
    wide = max(len(row) for row in rows[at:])
    heads = [(rows[at][n] if n < len(rows[at]) else "") for n in range(wide)]
    columns += [None] * (wide - len(columns))
    lines: list[Line] = []
    above: Sequence[str] = ()
    for number, row in enumerate(rows[at + 1 :], at + 2):
        if any(row):
            shared = frozenset(column for line, column in merged if line == number - 1)
            lines.append(_line(number, [*row, *[""] * (wide - len(row))], columns, words, above, shared))
            above = [cell.shown for cell in lines[-1].cells]
    _twice(lines, columns, known or {})
    unknown = [
        head
        for head, column in zip(heads, columns, strict=True)
        if head and column is None and _plain(head) not in {_plain(each) for each in words.ignored}
    ]
    labels = [
        (column.title if isinstance(column, Field) else CHECKED.get(column or "", ""), head)
        for head, column in zip(heads, columns, strict=True)
    ]
    absent = [each.title for each in _inputs(one.children) if each.required and not each.hide and each not in columns]
    return Table(labels, lines, unknown, absent)


def _line(
    number: int,
    row: Sequence[str],
    columns: Sequence[Field | str | None],
    words: Words,
    above: Sequence[str],
    shared: frozenset[int],
) -> Line:
    line = Line(number, [])
    for at, (shown, column) in enumerate(zip(row, columns, strict=True)):
        if shown in _SAME and at < len(above):
            shown = above[at]
            shared = shared | {at}
        cell = Cell(shown)
        line.cells.append(cell)
        if not isinstance(column, Field) or not shown:
            continue
        if column.key == words.self_key and _plain(shown) in words.self_names:
            line.note = "这一行是申请人本人，填在表单上面，不带入成员"
            continue
        if at in shared and column.kind in ("id_number", "person_name"):
            cell.problem = f"“{column.title}”是合并单元格，不能分清是几个人，请拆开后重新粘贴"
            continue
        cell.text, cell.problem = _taken(column, shown, words)
        if cell.text:
            line.posted[column.key] = cell.text
    fields = [each for each in columns if isinstance(each, Field)]
    if not line.note:
        line.missing = [
            validate.missing(Node(each, each.key))
            for each in fields
            if each.required and not each.hide and not row[columns.index(each)]
        ]
    _compare(line, columns)
    return line


def _taken(one: Field, shown: str, words: Words) -> tuple[str, str]:
    """(what goes into the form, what is wrong with it). What is wrong goes into the form too where a person can mend it
    there; a choice that the form does not have cannot."""
    if one.kind in ("id_number", "phone", "bank_account") and _ROUNDED.fullmatch(shown):
        return "", f"“{one.title}”被表格软件改成了 {shown}，后几位已经丢失，请把这一列设为文本、重新输入后再复制"
    if one.options:
        value = answer(one, shown, words)
        if value is None:
            offered = "、".join(each.label for each in one.options[:8])
            return "", f"“{one.title}”里没有“{shown[:20]}”这一项，可选：{offered}"
        return value, ""
    found = values.read(one, (shown,))
    if one.kind and not found.fault:
        return str(found.value), ""
    return shown, found.fault


def answer(one: Field, shown: str, words: Words) -> str | None:
    """The value of a choice that a text means: its label, its value, or a usual name of it."""
    plain = _plain(shown)
    for option in one.options:
        if plain in (_plain(option.label), _plain(option.value)):
            return option.value
    usual = words.answers.get(one.key, {}).get(plain)
    return usual if usual in {each.value for each in one.options} else None


def _compare(line: Line, columns: Sequence[Field | str | None]) -> None:
    """What the columns of sex, birth date and age say, against what the number says."""
    number = next((c.text for c, f in zip(line.cells, columns, strict=True) if _is_number(f)), "")
    found = kinds.identity(number) if number else None
    if found is None:
        return
    for cell, column in zip(line.cells, columns, strict=True):
        if not isinstance(column, str) or not cell.shown:
            continue
        if column == "sex" and cell.shown[0] in "男女" and cell.shown[0] != found.sex:
            cell.problem = f"性别与身份证号不一致，号码里是{found.sex}"
        elif column == "birth":
            digits = [int(each) for each in re.findall(r"\d+", cell.shown)]
            typed = digits if len(digits) == 3 else _packed(cell.shown)
            if typed and typed[: len(typed)] != [found.birth.year, found.birth.month, found.birth.day][: len(typed)]:
                cell.problem = f"出生日期与身份证号不一致，号码里是 {identity.told(found, 'birth')}"
        elif column == "age":
            age, told = found.age(clock.today()), re.sub(r"\D", "", cell.shown)
            if told and len(told) < 4 and abs(int(told) - age) > 1:  # Some count the year of birth.
                cell.problem = f"年龄与身份证号不一致，按号码是 {age} 岁"


def _packed(shown: str) -> list[int]:
    found = re.fullmatch(r"\s*(\d{4})[-/.年]?(\d{2})?[-/.月]?(\d{2})?日?\s*", shown, re.ASCII)
    return [int(each) for each in found.groups() if each] if found else []


def _twice(lines: Sequence[Line], columns: Sequence[Field | str | None], known: Mapping[str, str]) -> None:
    """The same number on two lines, or in the form already."""
    seen: dict[str, int] = {}
    for line in lines:
        for cell, column in zip(line.cells, columns, strict=True):
            if not _is_number(column) or not cell.text or cell.problem or line.note:
                continue
            if cell.text in known:
                line.note = f"{known[cell.text]}，不重复带入"
            elif cell.text in seen:
                cell.problem = f"“{column.title}”与第 {seen[cell.text]} 行相同"
            else:
                seen[cell.text] = line.number


def _is_number(column: Field | str | None) -> bool:
    return isinstance(column, Field) and column.kind == "id_number"


def _is_head(one: Field, row: Sequence[str], words: Words) -> bool:
    """Whether a row is that of the headings: two of its cells, or its only one, name fields of the list."""
    named = sum(isinstance(_column(one, head, words), Field) for head in row)
    return named >= 2 or (named == 1 and sum(map(bool, row)) == 1)


def _column(one: Field, head: str, words: Words) -> Field | str | None:
    """What a heading names: a field of the list, a column that a number decides, or nothing."""
    plain = _plain(head)
    if not plain:
        return None
    for child in _inputs(one.children):
        names = [child.label, child.key, *words.heads.get(child.key, ())]
        if plain in map(_plain, names):
            return child
    return next((key for key, names in words.checked.items() if plain in map(_plain, names)), None)


def _once(columns: list[Field | str | None], heads: Sequence[str]) -> None:
    """A field is named by one column: two would contradict each other."""
    for number, column in enumerate(columns):
        if isinstance(column, Field) and column in columns[:number]:
            raise Invalid.at("table", f"有两列都是“{column.title}”（“{heads[number]}”），请只留一列。")


def _inputs(fields: Sequence[Field]) -> Iterator[Field]:
    for one in fields:
        if one.type == "group" and not one.key:
            yield from _inputs(one.children)
        elif one.is_input and one.key and not (one.readonly or one.disabled):
            yield one


def _plain(text: str) -> str:
    """A heading or an answer without what people write differently: blanks, brackets with remarks, stars, colons."""
    text = re.sub(r"[(（\[【].*?[)）\]】]", "", kinds.narrow(text)) or kinds.narrow(text)
    return re.sub(r"[\s*:：、．.]+", "", text).lower()


def _clean(cell: str) -> str:
    """A cell as one line, without the apostrophe by which spreadsheets mark text."""
    return " ".join(cell.replace("\u00a0", " ").split()).removeprefix("'").strip()
