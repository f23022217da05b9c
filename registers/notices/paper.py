"""From the kept text to paper: a PDF in the layout of GB/T 9704-2012. The text is the truth; the file is made of it
again whenever somebody asks, outside any transaction.

WeasyPrint is loaded when the first page is asked for, since only the web process ever needs it. Nothing is fetched: a
document has no images and no style sheets but ours, and whatever asks for an address is refused.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from engine.errors import Unmade

STYLES = Path(__file__).with_name("paper.css")
#: PDF/A-2b: fonts inside, nothing that runs, readable in an archive decades from now.
VARIANT = "pdf/a-2b"
LETTER = "doc-letter"
LACKING = "排版组件没有装好，暂时不能生成 PDF，请管理员运行 script/setup；文书内容没有丢失，可以在网页上查看。"
#: How much of what was made lately is kept, in bytes.
KEPT = 24_000_000


def pdf(html: str, title: str, *, mark: str = "") -> bytes:
    """The PDF of a document. `mark` (副本第1份) stands on every page of a copy. What was made lately is kept and given
    again. Raises Unmade when the machine lacks the libraries."""
    return _made.get((html, title, mark))


def plain(body: str, style: str) -> bytes:
    """The PDF of a body with its own style sheet instead of the documents'. Raises Unmade as `pdf` does."""
    weasy, _, fonts, fetches = _tools()
    page = weasy.HTML(
        string=f'<html lang="zh-CN"><meta charset="utf-8"><body>{body}</body></html>', url_fetcher=fetches
    )
    sheet = weasy.CSS(string=style, font_config=fonts, url_fetcher=fetches)
    made: bytes = page.write_pdf(stylesheets=[sheet], font_config=fonts)
    return made


def _page(html: str, title: str, mark: str, compact: bool = False) -> str:
    marks = ""
    if mark:
        first = " doc-letter-copy" if LETTER in html[:60] else ""
        marks = f'<div class="doc-copy{first}">{escape(mark)}</div><div class="doc-across">副本</div>'
    closer = ' class="compact"' if compact else ""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    return f'<html lang="zh-CN"><head>{head}</head><body{closer}>{marks}{html}</body></html>'


def _render(html: str, title: str, mark: str) -> bytes:
    weasy, styles, fonts, fetches = _tools()

    def laid(compact: bool) -> Any:
        page = weasy.HTML(string=_page(html, title, mark, compact), url_fetcher=fetches)
        return page.render(stylesheets=[styles], font_config=fonts, pdf_variant=VARIANT)

    found = laid(False)
    if len(found.pages) > 1 and LETTER in html[:60]:
        closer = laid(True)
        found = closer if len(closer.pages) < len(found.pages) else found
    made: bytes = found.write_pdf(pdf_variant=VARIANT)
    return made


@lru_cache(maxsize=1)
def _tools() -> tuple[Any, Any, Any, Any]:
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise Unmade(LACKING) from error
    fonts, nothing = FontConfiguration(), URLFetcher(allowed_protocols=())
    styles = weasyprint.CSS(string=STYLES.read_text(encoding="utf-8"), font_config=fonts, url_fetcher=nothing)
    return weasyprint, styles, fonts, nothing


class _Made:
    """The files made lately, one being made at a time: a page takes a tenth of a second of the processor, and the desk
    of everybody else must not wait for ten of them."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, str, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, asked: tuple[str, str, str]) -> bytes:
        with self._lock:
            if asked in self._files:
                self._files.move_to_end(asked)
                return self._files[asked]
            made = self._files[asked] = _render(*asked)
            while sum(map(len, self._files.values())) > KEPT and len(self._files) > 1:
                self._files.popitem(last=False)
            return made


_made = _Made()
_SPACE = re.compile(r"[^\w〔〕号-]+")


def filename(title: str, number: str | None, mark: str = "") -> str:
    """不予确认告知书-高仁民救不〔2026〕1号-副本第1份.pdf"""
    return "-".join(_SPACE.sub("", each) for each in (title, number or "", mark) if each) + ".pdf"
