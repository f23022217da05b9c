"""docs/documents.md shows every template, name and fact as they are."""

from __future__ import annotations

from registers import install
from registers.notices import page


def test_the_tables_are_what_the_templates_and_the_registry_say():
    install()
    text = page.PAGE.read_text(encoding="utf-8")
    said = text.partition(page.MARK)[2].strip()
    assert said == page.tables().strip(), "run python -m registers.notices.page"
