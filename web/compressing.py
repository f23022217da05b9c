"""Pages and their files go out compressed, so that a phone on a slow network has them soon (docs/performance.md).

A page says what somebody typed beside what nobody may learn, and how small it became tells something of both. So each
compressed page has a length of chance in its gzip header: who measures many answers sees no pattern in them.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from secrets import randbelow

from flask import Flask, Response, current_app, request

#: What is text. Pictures, workbooks and PDF are compressed already.
TEXTS = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml",
     "application/manifest+json", "text/plain"}
)  # fmt: skip
#: A smaller answer fits one packet anyway.
SMALLEST = 1024
#: So many bytes of chance at most.
CHANCE = 128
#: Pages are made anew each time, files of the program once.
PAGE, FILE = 5, 9


def install(app: Flask) -> None:
    """Runs last of all that looks at an answer, so it is to be installed first."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The answer, compressed where its reader takes that and it is worth it. Parts of a file stay as they are."""
    if response.mimetype not in TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    if (
        request.method == "HEAD"
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or request.accept_encodings["gzip"] <= 0
    ):
        return response
    file = _file(response)
    if file is None and response.direct_passthrough:
        return response
    data = _of_file(str(file), file.stat().st_mtime_ns) if file is not None else response.get_data()
    if file is None:
        if len(data) < SMALLEST:
            return response
        data = _page(data)
    if file is not None and hasattr(response.response, "close"):
        response.response.close()  # The file that was opened to be sent.
    response.direct_passthrough = False
    response.set_data(data)
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _file(response: Response) -> Path | None:
    """The file of the program that is sent, when it is one: under whatever address, and none that people uploaded."""
    name = getattr(getattr(response.response, "file", None), "name", None)
    if not response.direct_passthrough or not isinstance(name, str):
        return None
    path = Path(name)
    return path if path.is_relative_to(current_app.static_folder or "") else None


@lru_cache(maxsize=128)
def _of_file(path: str, _: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), FILE, mtime=0)


def _page(data: bytes) -> bytes:
    """Gzip with a name of chance in its header (RFC 1952, FNAME), which every reader skips."""
    made = zlib.compressobj(PAGE, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = made.compress(data) + made.flush()
    name = b"p" * (1 + randbelow(CHANCE))
    head = b"\x1f\x8b\x08\x08" + b"\0\0\0\0" + b"\x00\xff" + name + b"\0"
    return head + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
