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

from engine.errors import DoudiError

STYLES = Path(__file__).with_name("paper.css")
#: PDF/A-2b: fonts inside, nothing that runs, readable in an archive decades from now.
VARIANT = "pdf/a-2b"
#: How much of what was made lately is kept, in bytes.
KEPT = 24_000_000


class Unprintable(DoudiError):
    """排版组件没有装好，暂时不能生成 PDF，请管理员运行 script/setup；文书内容没有丢失，可以在网页上查看。"""


def pdf(html: str, title: str, *, mark: str = "", maker: str = "") -> bytes:
    """The PDF of a document. `mark` (副本第1份) stands on every page of a copy. What was made lately is kept and given
    again. Raises Unprintable when the machine lacks the libraries."""
    return _made.get((html, title, mark, maker))


def _page(html: str, title: str, mark: str, maker: str) -> str:
    marks = ""
    if mark:
        first = " doc-letter-copy" if "doc-letter" in html[:60] else ""
        marks = f'<div class="doc-copy{first}">{escape(mark)}</div><div class="doc-across">副本</div>'
    named = f'<title>{escape(title)}</title><meta name="author" content="{escape(maker)}">'
    return f'<html lang="zh-CN"><head><meta charset="utf-8">{named}</head><body>{marks}{html}</body></html>'


def _render(html: str, title: str, mark: str, maker: str) -> bytes:
    weasy, styles, fonts = _tools()
    page = weasy.HTML(string=_page(html, title, mark, maker), url_fetcher=_nothing)
    made: bytes = page.write_pdf(stylesheets=[styles], font_config=fonts, pdf_variant=VARIANT)
    return made


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"a document fetches nothing: {url[:60]}")


@lru_cache(maxsize=1)
def _tools() -> tuple[Any, Any, Any]:
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
    except (ImportError, OSError) as error:
        raise Unprintable from error
    fonts = FontConfiguration()
    styles = weasyprint.CSS(string=STYLES.read_text(encoding="utf-8"), font_config=fonts, url_fetcher=_nothing)
    return weasyprint, styles, fonts


class _Made:
    """The files made lately, one being made at a time: a page takes a tenth of a second of the processor, and the desk
    of everybody else must not wait for ten of them."""

    def __init__(self) -> None:
        self._files: OrderedDict[tuple[str, str, str, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, asked: tuple[str, str, str, str]) -> bytes:
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
