"""A table of members as it is pasted: headings in any order, every problem at its cell, nothing lost."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from engine import forms
from engine.errors import Invalid
from engine.forms import kinds, pasting, workbooks
from registers.households.pasting import MEMBERS

SHIPPED = Path(__file__).parents[4] / "bpmn" / "forms" / "fill_application.form"
FORM, _ = forms.load(SHIPPED.read_bytes(), "fill_application")
ONE = next(each for each in FORM.walk() if each.key == "members")


def number(birth: str = "19850301", sequence: int = 1) -> str:
    body = f"640221{birth}{sequence:03d}"
    return body + kinds.check_digit(body)


def read(text, **more):
    return pasting.read(ONE, pasting.grid(text), MEMBERS, **more)


HEADS = {
    "name": "姓名", "id_number": "身份证号", "relation": "与户主关系", "health": "健康状况", "disability": "残疾等级",
    "work": "职业",
}  # fmt: skip


def test_a_plain_table_becomes_rows():
    table = read(f"姓名\t身份证号码\t关系\t健康状况\t残疾等级\t职业\n李秀兰\t{number()}\t妻子\t良好\t无\t务农")
    (line,) = table.lines
    assert line.problems == []
    assert line.posted == {
        "name": "李秀兰", "id_number": number(), "relation": "spouse", "health": "healthy", "disability": "none",
        "work": "farming",
    }  # fmt: skip
    assert table.absent == []


def cells():
    """Rows that are right, by key."""
    person = st.tuples(
        st.dates(date(1930, 1, 1), date(2020, 1, 1)),
        st.sampled_from(["妻子", "长子", "女儿", "父亲", "孙女", "弟弟", "其他"]),
        st.sampled_from(["健康", "体弱"]), st.sampled_from(["无", "一级", "3级"]), st.sampled_from(["务农", "学生"]),
    )  # fmt: skip
    return st.lists(person, min_size=1, max_size=30)


@given(cells(), st.permutations(list(HEADS)), st.booleans())
def test_columns_in_any_order_give_the_same_rows(people, order, padded):
    rows = [
        {
            "name": f"马{'小' * (n % 3)}花", "id_number": number(f"{birth:%Y%m%d}", n), "relation": relation,
            "health": health, "disability": disability, "work": work,
        }
        for n, (birth, relation, health, disability, work) in enumerate(people)
    ]  # fmt: skip

    def text(keys):
        lines = ["\t".join(HEADS[key] for key in keys)]
        lines += ["\t".join(f" {row[key]} " if padded else row[key] for key in keys) for row in rows]
        return "\r\n".join(lines) + "\r\n"

    one, other = read(text(list(HEADS))), read(text(order))
    assert [each.posted for each in one.lines] == [each.posted for each in other.lines]
    assert len(one.lines) == len(people)
    assert all(each.problems == [] for each in other.lines)


@given(st.text(max_size=400))
def test_no_text_breaks_it_and_what_is_read_is_shown(text):
    try:
        table = read("姓名\t身份证号\t关系\n" + text)
    except Invalid:
        return  # More columns than a table has: said in words, tested below.
    shown = "".join("".join(cell.shown for cell in line.cells) for line in table.lines)
    heads = "".join(head for _, head in table.heads)
    kept = "".join(text.replace("\u00a0", " ").split())
    for character in set(kept) - set("\ufeff\x00'\"〃″同上\t"):
        assert character in shown + heads or not character.isprintable() or character.isspace()


@given(st.lists(st.lists(st.text(alphabet="马李12〃'\"\n\t X", max_size=6), max_size=8), max_size=12))
def test_any_grid_is_read_or_refused(rows):
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    table = pasting.read(ONE, [["姓名", "身份证号"], *rows], MEMBERS)
    assert len(table.lines) == sum(1 for row in rows if any(row))


@pytest.mark.parametrize(
    ("head", "cell", "told"),
    [
        ("身份证号", "6.40221E+17", "后几位已经丢失"),
        ("身份证号", "64022119850301001", "现在是 17 位"),
        ("姓名", "马1", "只用汉字"),
        ("与户主关系", "干儿子", "里没有“干儿子”这一项，可选：配偶"),
        ("健康状况", "凑合", "里没有“凑合”"),
        ("性别", "女", "号码里是男"),
        ("出生日期", "1985年3月2日", "号码里是 1985-03-01"),
        ("出生日期", "19850302", "号码里是 1985-03-01"),
        ("年龄", "12岁", "按号码是"),
    ],
)
def test_every_problem_stands_at_its_cell(head, cell, told):
    row = {"姓名": "李秀兰", "身份证号": number(), "与户主关系": "妻子", head: cell}
    table = read("\t".join(row) + "\n" + "\t".join(row.values()))
    at = list(row).index(head)
    assert told in table.lines[0].cells[at].problem
    assert table.lines[0].cells[at].shown == cell


def test_what_fits_the_number_is_no_problem():
    table = read(f"姓名\t身份证号\t关系\t性别\t出生年月\n李贵\t{number()}\t哥哥\t男\t1985.03")
    assert table.lines[0].problems == []


def test_the_applicant_and_who_is_there_already_are_not_taken_unasked():
    text = (
        f"姓名\t身份证号\t关系\n马占江\t{number(sequence=3)}\t户主\n李秀兰\t{number()}\t妻子\n李秀兰\t{number()}\t妻子"
    )
    table = read(text, known={number(): "表单里已经有这个人"})
    assert "申请人本人" in table.lines[0].note
    assert [each.note for each in table.lines[1:]] == ["表单里已经有这个人，不重复带入"] * 2
    assert "与第 3 行相同" in read(text).lines[2].problems[0]


def test_ditto_marks_repeat_and_a_merged_name_is_told():
    son, daughter = number("20150101"), number("20170101", 2)
    text = f"姓名\t身份证号\t关系\t职业\n马小军\t{son}\t长子\t学生\n马小梅\t{daughter}\t女儿\t同上"
    assert read(text).lines[1].posted["work"] == "student"
    table = read(text.replace("马小梅", "马小军"), merged=frozenset({(2, 0)}))
    assert "合并单元格" in table.lines[1].problems[0]


def test_columns_that_the_form_lacks_are_told_and_what_it_asks_for_besides():
    table = read(f"序号\t姓名\t身份证号\t关系\t备注\n1\t李秀兰\t{number()}\t妻子\t外地")
    assert table.unknown == ["备注"]
    assert table.absent == ["健康状况", "残疾等级", "就业就学状况"]
    assert table.lines[0].cells[4].shown == "外地"


def test_a_title_above_the_headings_is_skipped_and_a_quoted_cell_may_hold_lines():
    table = read(f'家庭成员表\t\t\n姓名\t身份证号\t关系\n李秀兰\t"{number()[:9]}\n{number()[9:]}"\t妻子')
    assert table.lines[0].posted["id_number"] == number()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "请把表格粘贴到这里"),
        ("甲\t乙\n1\t2", "没有找到标题行"),
        ("姓名\t成员姓名\t关系\n马\t马\t子", "有两列都是“姓名”"),
        ("姓名\t身份证号\n" + "马小花\t1\n" * 501, "表里有 501 行，一次最多读 500 行"),
        ("姓名\t身份证号" + "\t甲" * 70, "超过 60 列"),
        ("姓" * 400_001, "内容太多"),
    ],
)
def test_what_is_no_table_is_refused_in_words(text, told):
    with pytest.raises(Invalid, match=told):
        read(text)


def test_five_hundred_rows_are_understood():
    lines = "".join(f"马小花\t{number(sequence=n)}\t长女\n" for n in range(500))
    assert len(read("姓名\t身份证号\t关系\n" + lines).lines) == 500


def book(fill) -> bytes:
    made = Workbook()
    fill(made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_workbook_is_read_with_its_merged_cells_filled_and_rounded_numbers_told():
    def fill(sheet):
        sheet.append(["家庭成员", None, None, None, None])
        sheet.merge_cells("A1:E1")
        sheet.append(["姓名", "身份证号", "关系", "职业", "出生日期"])
        sheet.append(["马小军", number("20150101"), "长子", "学生", date(2015, 1, 1)])
        sheet.append(["马小梅", 640221201701010021, "女儿", None, date(2017, 1, 1)])
        sheet.merge_cells("D3:D4")

    rows, merged = workbooks.rows(book(fill))
    table = pasting.read(ONE, rows, MEMBERS, merged=merged)
    assert [each.number for each in table.lines] == [3, 4]
    assert table.lines[1].posted["work"] == "student"
    assert "后几位已经丢失" in table.lines[1].cells[1].problem
    assert table.lines[0].problems == []


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "无法读取"),
        (b"MZ\x90\x00" * 100, "无法读取"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 100, "旧格式"),
        (b"PK\x03\x04broken", "无法读取"),
        (b"0" * 3_000_001, "文件太大"),
        (bomb(), "解开以后过大"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_by_its_content(data, told):
    with pytest.raises(Invalid, match=told):
        workbooks.rows(data)
