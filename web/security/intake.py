"""What no page takes: row numbers that no row can have, and characters that no text has."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, ValidationError

#: The largest number that a row can have (PostgreSQL's integer).
LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: a number that no row can have is an address that does not exist."""

    def to_python(self, value: str) -> int:
        if len(value) > 10 or int(value) > LARGEST:
            raise ValidationError
        return super().to_python(value)


def install(app: Flask) -> None:
    """Before any address is registered."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(printable)


def printable() -> None:
    """A NUL is no part of a text, and PostgreSQL refuses it: nobody typed it."""
    given = (text for values in (request.args, request.form) for _, texts in values.lists() for text in texts)
    if "\0" in request.path or any("\0" in text for text in given):
        abort(400)
