"""Paper: what comes out of the printer has the size, the type and the lines of GB/T 9704-2012, and a copy says so.

DOUDI_PICTURES=/tmp/pics pytest tests/integration/registers/test_paper.py     keeps every document as a PDF
"""

from __future__ import annotations

import base64
import io
import os
import re
from itertools import pairwise
from pathlib import Path
from urllib.request import OpenerDirector

import pytest
from pypdf import PdfReader

from engine import clock
from engine.errors import Unmade
from registers.notices import issuing, paper
from registers.notices.compose import Draft, compose
from registers.notices.issuer import of as issuer_of
from tests.support import documents

MM = 72 / 25.4
LINE = 225 * MM / 22
LONG = "<p>" + "依据最低生活保障审核确认办法的规定逐项核对" * 60 + "</p>"


def letter(body: str) -> str:
    return (
        '<article class="doc doc-letter"><header class="doc-head"><p class="doc-office">高仁乡人民政府</p></header>'
        '<p class="doc-number">高仁民救不〔2026〕12号</p><h1 class="doc-title">不予确认告知书</h1>'
        f'<p class="doc-to">红柳村 马某：</p><div class="doc-body">{body}</div>'
        '<p class="doc-cc">抄送：红柳村村民委员会。</p></article>'
    )


def read(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def spots(page) -> list[tuple[float, float, str]]:
    """(mm from the left edge, mm from the top, text) of every run of text."""
    found = []

    def see(text, matrix, inner, _font, _size):
        if text.strip():
            x = matrix[0] * inner[4] + matrix[4]
            y = matrix[3] * inner[5] + matrix[5]
            found.append((x / MM, 297 - y / MM, text.strip()))

    page.extract_text(visitor_text=see)
    return found


@pytest.fixture(scope="module")
def printed():
    return read(paper.pdf(letter(LONG), "不予确认告知书"))


def test_the_sheet_is_a4_and_the_type_stands_in_its_area(printed):
    for page in printed.pages:
        assert (round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)) == (210, 297)
    body = [spot for spot in spots(printed.pages[1]) if "—" not in spot[2]]
    assert min(x for x, _, _ in body) == pytest.approx(28, abs=1)
    assert 37 <= min(y for _, y, _ in body) <= 37 + LINE / MM
    assert max(y for _, y, _ in body) <= 37 + 225


def test_a_line_has_28_characters_and_a_page_22_lines(printed):
    lines = [line for line in printed.pages[1].extract_text().splitlines() if "—" not in line and "抄送" not in line]
    full = [line for line in lines if len(line) > 20]
    assert {len(line) for line in full[:-1]} == {28}
    plain = read(paper.pdf(f'<article class="doc doc-list"><div class="doc-body">{LONG * 3}</div></article>', "长"))
    assert len([line for line in plain.pages[0].extract_text().splitlines() if "—" not in line]) == 22
    rows = sorted({round(y, 1) for _, y, text in spots(plain.pages[0]) if "—" not in text})
    assert [b - a for a, b in pairwise(rows)] == [pytest.approx(LINE / MM, abs=0.15)] * (len(rows) - 1)


def test_the_head_of_a_letter_is_red_and_30_mm_from_the_edge(printed):
    heights = {text: y for _, y, text in spots(printed.pages[0])}
    assert 30 <= heights["高仁乡人民政府"] <= 45
    assert heights["高仁乡人民政府"] < heights["高仁民救不〔2026〕12号"] < heights["不予确认告知书"]
    assert b"0.866667 0 0 " in printed.pages[0].get_contents().get_data()


def test_pages_are_numbered_outside_but_for_the_first_of_a_letter(printed):
    assert "— 1 —" not in printed.pages[0].extract_text()
    numbers = [spot for spot in spots(printed.pages[1]) if "2" in spot[2] and "—" in spot[2]]
    assert [text for _, _, text in numbers] == ["— 2 —"]
    assert 28 < numbers[0][0] < 40  # an even page: left, one character in
    assert 262 + 7 <= numbers[0][1] <= 262 + 15
    record = read(paper.pdf('<article class="doc doc-record"><p>表</p></article>', "表"))
    (number,) = [spot for spot in spots(record.pages[0]) if "—" in spot[2]]
    assert number[0] > 150


def test_fonts_are_inside_and_the_file_is_made_for_an_archive(printed):
    for page in printed.pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
    metadata = printed.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.search('pdfaid:part="2" pdfaid:conformance="B"', metadata)
    assert printed.metadata.title == "不予确认告知书"
    assert "/JavaScript" not in str(printed.trailer["/Root"])


def test_a_copy_says_so_on_every_page_and_the_original_nowhere(printed):
    assert all("副本" not in page.extract_text() for page in printed.pages)
    copy = read(paper.pdf(letter(LONG), "不予确认告知书", mark="副本第2份"))
    assert len(copy.pages) == len(printed.pages)
    assert all("副本第2份" in page.extract_text() for page in copy.pages)


def test_the_copy_for_others_stands_on_the_last_page_only(printed):
    assert ["抄送" in page.extract_text() for page in printed.pages] == [False] * (len(printed.pages) - 1) + [True]


def test_what_was_made_lately_is_given_again():
    first = paper.pdf(letter("<p>一</p>"), "一")
    assert paper.pdf(letter("<p>一</p>"), "一") is first


def test_nothing_is_fetched_wherever_it_lies(monkeypatch, tmp_path):
    pixel = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
    there = tmp_path / "pixel.gif"
    there.write_bytes(pixel)
    asked = []
    monkeypatch.setattr(OpenerDirector, "open", lambda _self, address, *_: asked.append(address))
    sources = (there.as_uri(), "http://192.0.2.1/x.gif", f"data:image/gif;base64,{base64.b64encode(pixel).decode()}")
    images = "".join(f'<img src="{source}">' for source in sources)
    data = paper.pdf(
        f'<article class="doc"><p>文</p>{images}<link rel="stylesheet" href="http://192.0.2.1/x.css"></article>', "文"
    )
    assert list(read(data).pages[0].images) == []
    assert asked == []


def test_a_machine_without_the_libraries_is_told_in_words(monkeypatch):
    import builtins

    real = builtins.__import__

    def lacking(name, *more):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *more)

    paper._tools.cache_clear()
    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(Unmade, match="script/setup"):
        paper.pdf(letter("<p>没有组件</p>"), "没有组件")
    monkeypatch.undo()
    paper._tools.cache_clear()


def test_a_name_of_a_file_says_what_it_is():
    assert (
        paper.filename("不予确认告知书", "高仁民救不〔2026〕1号", "副本第1份")
        == "不予确认告知书-高仁民救不〔2026〕1号-副本第1份.pdf"
    )
    assert paper.filename("../../etc", None) == "etc.pdf"


@pytest.mark.sqlite
def test_every_shipped_template_becomes_paper(town):
    """Each comes out on few pages, with its title, nothing outside the type area."""
    case = town.registered()
    case.flow = {"members": 2, "amount": 78000, "mode": "B", "total_limit": "30wd", "income_per_head": 30000}
    kept = os.environ.get("DOUDI_PICTURES")
    for name, (text, head) in documents.templates().items():
        made = documents.hand_in(town, case, head, text)
        call = issuing.outside(town.session, case, town.actors.get("c") or town.person("c", "clerk"), clock.now())
        number = f"高仁民救{head.mark}〔2026〕1号" if head.mark else ""
        html = compose(Draft(call, name, text, head, issuer_of(head, call), number, documents.given(text), made))
        data = paper.pdf(html, head.title)
        pages = read(data).pages
        assert 1 <= len(pages) <= 4, name
        said = "".join("".join(page.extract_text().split()) for page in pages)
        assert head.title in said, name
        assert number in said, name
        wide = head.paper == "wide"
        for page in pages:
            width = float(page.mediabox.width) / MM
            assert round(width) == (297 if wide else 210), name
            assert all(15 < x < width - 20 for x, _, _ in spots(page)), name
        if kept:
            Path(kept).mkdir(parents=True, exist_ok=True)
            Path(kept, f"{name}.pdf").write_bytes(data)
