"""What a case's number calls its kind of matter."""

from __future__ import annotations

from pathlib import Path

from engine.releases.loaded import load
from engine.releases.operations import read
from registers import install
from registers.cases.numbers import SHORT

MODELS = Path(__file__).parents[3] / "bpmn"


def test_every_kind_of_matter_has_a_short_chinese_name_of_its_own():
    install()
    shipped = load("shipped", read(MODELS))
    kinds = {each.scheme or each.id for each in shipped.processes.values() if each.begins is not None}
    assert kinds <= SHORT.keys(), kinds - SHORT.keys()
    assert not any(mark.isascii() for mark in SHORT.values())
    assert len(set(SHORT.values())) == len(SHORT)
