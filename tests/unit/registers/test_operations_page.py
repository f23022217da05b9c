"""docs/operations.md and the registry say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.runtime.services import services
from registers import install

PAGE = Path(__file__).parents[3] / "docs" / "operations.md"
#: A length is a text to the flow.
KINDS = {"length": "text"}


def rows() -> dict[str, list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): row for row in cells}


def declared(cell: str) -> dict[str, str]:
    """{name: kind} of a cell such as `` `mode` text (`A`/`B`), `total_limit` length ``."""
    found = re.findall(r"`(\w+)` (text|number|boolean|length)", re.sub(r"\([^)]*\)", "", cell))
    return {name: KINDS.get(kind, kind) for name, kind in found}


def test_every_operation_is_on_the_page_and_none_else():
    install()
    assert set(rows()) == {service.name for service in services.all()}


@pytest.mark.parametrize("name", sorted(rows()))
def test_the_page_says_what_the_registry_says(name):
    install()
    _, reads, inputs, outputs, repeat = rows()[name]
    service = services.get(name)
    assert declared(inputs) == dict(service.inputs)
    assert declared(outputs) == dict(service.outputs)
    assert repeat == service.repeat
    if "submission" in reads and "deciding" not in reads:
        assert set(re.findall(r"`(\w+)`", reads)) == set(service.reads)
