"""The pages of a PDF as pictures, for a page that may not hold a reader of PDF: what is seen is what is printed."""

from __future__ import annotations

import io
import threading

from engine.errors import Unmade

#: A page of 210 mm becomes about 950 points wide.
SCALE = 1.6
MOST = 8
#: The library works in one thread at a time.
_lock = threading.Lock()


def pages(pdf: bytes) -> list[bytes]:
    """The first pages as PNG. Raises Unmade when the machine lacks the library."""
    try:
        import pypdfium2
    except ImportError as error:
        raise Unmade("预览组件没有装好，请管理员运行 script/setup；文书本身不受影响。") from error
    found = []
    with _lock:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for number in range(min(len(document), MOST)):
                out = io.BytesIO()
                document[number].render(scale=SCALE).to_pil().save(out, "PNG", optimize=False)
                found.append(out.getvalue())
        finally:
            document.close()
    return found
