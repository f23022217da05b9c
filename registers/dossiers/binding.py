"""Binds the parts of a dossier: each is set as its own document, scans are laid on A4, then come the index in front and
on every page its number, who printed it and when."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter, Transformation

from engine.errors import DoudiError, Unmade
from registers.dossiers.contents import Entry, caption, sheet_of
from registers.files import pictures, store
from registers.notices import paper
from registers.notices.words import day

A4 = (595.276, 841.89)
#: Where a picture or a scanned page stands on its sheet, in points from the lower left corner.
LEFT, LOW, WIDE, HIGH = 57.0, 62.0, 481.0, 660.0
PHOTO = 2000
LOST = "这份附件打不开，没有装进案卷，请在系统里查看。"
#: The marks: set once for all pages and laid over them.
MARKS = (
    "@page { size: 210mm 297mm; margin: 0 }"
    "body { margin: 0; font: 9pt/1.2 'SimSun', 'Noto Serif CJK SC', serif; color: #333 }"
    "section { position: relative; height: 296mm; break-after: page }"
    ".n { position: absolute; top: 9mm; right: 12mm }"
    ".m { position: absolute; bottom: 7mm; left: 14mm; right: 14mm; text-align: center }"
)


@dataclass(frozen=True)
class Cover:
    """What the index says above its table and every page in its margin."""

    title: str
    lines: Sequence[str]
    mark: str


def bind(entries: Sequence[Entry], cover: Cover, told: Callable[[int], None]) -> tuple[bytes, int]:
    """(PDF, pages). `told` hears after each part how many are made. Raises Unmade when the libraries are missing."""
    parts: list[tuple[Entry, list[PageObject]]] = []
    for count, entry in enumerate(entries, 1):
        parts.append((entry, _pages(entry)))
        told(count)
    index = _set(_index(parts, cover), cover.title)
    out = PdfWriter()
    for page in index:
        out.add_page(page)
    for entry, pages in parts:
        at = len(out.pages)
        for page in pages:
            out.add_page(page)
        out.add_outline_item(title=entry.title, page_number=at)
    total = len(out.pages) - len(index)
    for page, over in zip(out.pages, _marks(len(index), total, cover.mark), strict=True):
        page.merge_page(over)
    out.add_metadata({"/Title": cover.title})
    out.compress_identical_objects()
    made = io.BytesIO()
    out.write(made)
    return made.getvalue(), len(out.pages)


def _pages(entry: Entry) -> list[PageObject]:
    if entry.file is None:
        return _set(entry.html, entry.title)
    try:
        data = store.read(entry.file.stored)
        if entry.file.is_image:
            return [_photo(entry, data)]
        return [_scan(page) for page in _reader(data).pages] or [_note(entry)]
    except Unmade:
        raise
    except Exception:
        return [_note(entry)]


def _set(html: str, title: str) -> list[PageObject]:
    return list(PdfReader(io.BytesIO(paper.pdf(html, title))).pages)


def _reader(data: bytes) -> PdfWriter:
    """A scan, ready to be turned upright; its own links and notes stay behind."""
    found = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    for page in found.pages:
        page.pop("/Annots", None)
        page.transfer_rotation_to_content()
    return found


def _photo(entry: Entry, data: bytes) -> PageObject:
    """A picture below what is known of it, freed of its own notes."""
    assert entry.file is not None  # noqa: S101 -- the caller has looked
    clean, _ = pictures.clean(data, longest=PHOTO)
    out = io.BytesIO()
    with Image.open(io.BytesIO(clean), formats=["JPEG"]) as image:
        image.save(out, "PDF")
    (picture,) = PdfReader(io.BytesIO(out.getvalue())).pages
    lines = "".join(f'<p class="note">{escape(each)}</p>' for each in caption(entry.file))
    sheet = PageObject.create_blank_page(width=A4[0], height=A4[1])
    (words,) = _set(f'<div class="doc doc-record"><div class="doc-body">{lines}</div></div>', entry.title)[:1]
    sheet.merge_transformed_page(words, Transformation().translate(0, 62))
    return _laid(sheet, picture, high=560.0)


def _scan(page: PageObject) -> PageObject:
    return _laid(PageObject.create_blank_page(width=A4[0], height=A4[1]), page)


def _laid(sheet: PageObject, page: PageObject, high: float = HIGH) -> PageObject:
    """A page of any size in the middle of a sheet, never larger than it is on its own A4."""
    box = page.mediabox
    scale = min(WIDE / float(box.width), high / float(box.height))
    left = LEFT + (WIDE - float(box.width) * scale) / 2
    low = LOW + (high - float(box.height) * scale) / 2
    move = Transformation().translate(-float(box.left), -float(box.bottom)).scale(scale).translate(left, low)
    sheet.merge_transformed_page(page, move)
    return sheet


def _note(entry: Entry) -> PageObject:
    return _set(sheet_of(entry.title, f"<p>{LOST}</p>"), entry.title)[0]


def _index(parts: Sequence[tuple[Entry, list[PageObject]]], cover: Cover) -> str:
    """档案目录: number, title, number of the document, date, pages; grouped as the parts are."""
    rows, number, at = [], 0, 1
    for group, some in groupby(parts, key=lambda each: each[0].group):
        rows.append(f'<tr><th colspan="5">{escape(group)}</th></tr>')
        for entry, pages in some:
            number, last = number + 1, at + len(pages) - 1
            span = f"{at}" if last == at else f"{at}—{last}"
            cells = (str(number), entry.title, entry.number, day(entry.on), span)
            rows.append("<tr>" + "".join(f"<td>{escape(each)}</td>" for each in cells) + "</tr>")
            at = last + 1
    heads = "".join(f"<th>{each}</th>" for each in ("序号", "题名", "文号", "日期", "页次"))
    lines = "".join(f"<p>{escape(each)}</p>" for each in cover.lines)
    return sheet_of("档案目录", f"{lines}<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>")


def _marks(index: int, total: int, mark: str) -> list[PageObject]:
    """As many sheets as the dossier has, with nothing but the marks."""
    numbers = ["目录"] * index + [f"第 {each} 页 共 {total} 页" for each in range(1, total + 1)]
    body = "".join(
        f'<section><div class="n">{each}</div><div class="m">{escape(mark)}</div></section>' for each in numbers
    )
    found = list(PdfReader(io.BytesIO(paper.plain(body, MARKS))).pages)[: len(numbers)]
    if len(found) != len(numbers):
        raise DoudiError("案卷的页码没有排好，请联系管理员。")
    return found
