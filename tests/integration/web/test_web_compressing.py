"""Pages and the program's files go out compressed to whoever takes that, and say the same."""

from __future__ import annotations

import gzip

import pytest

pytestmark = pytest.mark.sqlite
GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def fetch(app, township):
    """`fetch(path, …)` is an answer as it was on the wire, read to its end."""

    def ask(path: str, method: str = "GET", **headers: str):
        answer = app.test_client().open(path, method=method, headers=headers)
        answer.get_data()
        answer.close()
        return answer

    return ask


def plain(answer) -> bytes:
    return gzip.decompress(answer.get_data())


@pytest.mark.parametrize("path", ["/sign-in", "/static/pages.css", "/static/print.js", "/visits/feel.js"])
def test_what_is_text_is_compressed_and_reads_the_same(fetch, path):
    whole, small = fetch(path), fetch(path, **GZIP)
    assert "Content-Encoding" not in whole.headers
    assert "Accept-Encoding" in whole.headers["Vary"]
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert int(small.headers["Content-Length"]) == len(small.get_data())
    if path == "/sign-in":  # Its token is another each time.
        assert "<h1" in plain(small).decode()
        assert len(small.get_data()) < len(whole.get_data()) * 0.6
        return
    assert plain(small) == whole.get_data()
    if path.startswith("/static"):
        assert small.headers["ETag"].startswith("W/")
        again = fetch(path, **GZIP, **{"If-None-Match": small.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b"")


def test_the_length_of_a_page_tells_nothing(fetch):
    """The same page comes in many lengths: how well what was typed fits what stands there is not to be measured."""
    lengths = {len(fetch("/board", **GZIP).get_data()) for _ in range(12)}
    assert len(lengths) > 4


def test_what_nobody_asked_to_be_compressed_is_not(fetch):
    for headers in ({}, {"Accept-Encoding": "gzip;q=0"}, {"Accept-Encoding": "br"}):
        assert "Content-Encoding" not in fetch("/sign-in", **headers).headers
    assert "Content-Encoding" not in fetch("/sign-in", "HEAD", **GZIP).headers
    part = fetch("/static/pages.css", **GZIP, Range="bytes=0-9")
    assert (part.status_code, "Content-Encoding" in part.headers) == (206, False)
    assert "Content-Encoding" not in fetch("/healthz", **GZIP).headers, "too small"
    assert "Content-Encoding" not in fetch("/help/pictures/inbox.png", **GZIP).headers
