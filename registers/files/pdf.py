"""PDFs: readable, not locked, without programs and without other files inside."""

from __future__ import annotations

import io
import logging
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from engine.errors import Invalid
from registers.files.limits import Limits

# It says of every damaged file that it is damaged; whoever uploaded it hears that from us.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

BROKEN = "PDF 打不开，文件可能没有传完整。请重新扫描，或者用“打印为 PDF”另存后上传。"
LOCKED = "PDF 加了密码。请去掉密码，另存后上传。"
ACTIVE = "PDF 里带有程序或其他文件。请用“打印为 PDF”另存后上传。"
#: What a document that is only read never does, and what lies in one that carries others.
ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMedia", "/GoToE"})
KEYS = frozenset({"/JS", "/EF", "/RichMediaContent", "/XFA"})


def pages(data: bytes, limits: Limits) -> int:
    """How many pages it has. Raises Invalid for one that is broken, locked, too long, or more than a document."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Invalid.at("file", LOCKED)
        numbers = _numbers(reader, limits)
        count = len(reader.pages)
        if count < 1:
            raise Invalid.at("file", BROKEN)
        if count > limits.pages:
            raise Invalid.at("file", f"PDF 有 {count} 页，最多 {limits.pages} 页。请分成几份上传。")
        if _active(reader.trailer) or any(_active(reader.get_object(each)) for each in numbers):
            raise Invalid.at("file", ACTIVE)
        for page in reader.pages:
            _ = page.mediabox
    except Invalid:
        raise
    except RecursionError:
        raise Invalid.at("file", BROKEN) from None
    except Exception:
        raise Invalid.at("file", BROKEN) from None
    return count


def _numbers(reader: PdfReader, limits: Limits) -> list[IndirectObject]:
    """Every object of the file; streams are not opened, so a stream that unfolds without end costs nothing."""
    plain = [(number, generation) for generation, known in reader.xref.items() for number in known]
    packed = [(number, 0) for number in reader.xref_objStm]
    if len(plain) + len(packed) > limits.objects:
        raise Invalid.at("file", "PDF 的结构太复杂。请用“打印为 PDF”另存后上传。")
    return [IndirectObject(number, generation, reader) for number, generation in (*plain, *packed) if number]


def _active(given: Any, depth: int = 0) -> bool:
    """Whether a dictionary, or what is written inside it, is an action or another file."""
    if depth > 20:
        return True  # Nobody writes a scan like that.
    if isinstance(given, DictionaryObject):
        if KEYS & given.keys() or ("/S" in given and given.raw_get("/S") in ACTIONS):
            return True
        return any(_active(given.raw_get(key), depth + 1) for key in given)
    if isinstance(given, list):
        return any(_active(each, depth + 1) for each in list.__iter__(given))
    return False
