"""The grammar of the `clock` property."""

from __future__ import annotations

import pytest

from engine.clocks.orders import Order, parse
from engine.errors import Invalid


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("start total", [Order("start", "total")]),
        ("start total 30wd", [Order("start", "total", "30wd")]),
        ("start total 30wd extend 45wd", [Order("start", "total", "30wd", "45wd")]),
        (
            'start total if mode = "B" then b else a extend c when ok',
            [Order("start", "total", 'if mode = "B" then b else a', "c", condition="ok")],
        ),
        ("pause total publicity when deducts", [Order("pause", "total", cause="publicity", condition="deducts")]),
        (" resume total ;satisfy total; ", [Order("resume", "total"), Order("satisfy", "total")]),
    ],
)
def test_what_is_read(text, orders):
    assert parse(text) == orders


@pytest.mark.parametrize(
    "text",
    [
        "", ";", "start", "begin total 3wd", "start Total 3wd", "start 1total", "satisfy total now", "pause total",
        "pause total two causes", "start total 3wd extend", "start total 3wd when",
        "start total when a when b", "resume total soon",
    ],
)  # fmt: skip
def test_what_is_refused(text):
    with pytest.raises(Invalid):
        parse(text)
