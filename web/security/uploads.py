"""Files that a browser sends: held in memory, never past the limit of one file, whatever the browser goes on
sending."""

from __future__ import annotations

import io
from typing import IO, Any

from flask import Flask, Request, request

from registers.files import limits

#: Endpoints that take files; every other takes no more than a form holds.
TAKING: set[str] = set()
#: So many whole files come at once.
AT_ONCE = 3
FORM = 4 * 1024 * 1024


class Held(io.BytesIO):
    """Keeps what is written up to one byte more than a file may have, so that whoever reads it sees that it is too
    large; the rest is let go."""

    def write(self, data: Any, /) -> int:
        room = limits.current().size + 1 - self.tell()
        super().write(memoryview(data)[: max(room, 0)])
        return len(data)


class Visit(Request):
    """A request whose files never touch the disk in the clear."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return Held()


def ceiling() -> int:
    """The most that a request with files may bring; the server that listens refuses more by its head."""
    return AT_ONCE * limits.current().size + FORM


def takes(endpoint: str) -> str:
    """Says that an endpoint takes files."""
    TAKING.add(endpoint)
    return endpoint


def install(app: Flask) -> None:
    """Before anything reads the form."""
    app.request_class = Visit
    app.before_request(widen)


def widen() -> None:
    if request.endpoint in TAKING:
        request.max_content_length = ceiling()
