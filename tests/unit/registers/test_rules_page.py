"""docs/rules.md lists every rule of the veto and none else."""

from __future__ import annotations

import re
from pathlib import Path

from engine.rules.veto import veto
from registers import install

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_every_rule_is_on_the_page_and_none_else():
    install()
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.M)) == {rule.__name__ for rule in veto.rules}


def test_every_rule_says_what_it_is_for():
    install()
    assert all(rule.__doc__ for rule in veto.rules)
