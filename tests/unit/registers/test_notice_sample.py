"""Every shipped template is shown as a document of nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import Unmade
from engine.parameters.seed import entries
from registers.notices import sample

TEMPLATES = sorted(Path("bpmn/notices").glob("*.html"))


@pytest.fixture(scope="module")
def given():
    files = {each.name: each.read_bytes() for each in Path("bpmn").glob("*.json")}
    return {}, {each.name: each.value for each in entries()}, files


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_template_becomes_a_page(path, given):
    title, page = sample.html(path.read_text(encoding="utf-8"), *given)
    assert title in page


def test_what_a_case_gives_stands_by_its_name_and_what_nobody_gives_is_said(given):
    labels = {"home_visit": ("入户调查", {"conclusion": "结论"})}
    head = "{#\ntitle: 告知书\nkind: letter\nmark: 告\nclause: mca-2021-57:21\n#}\n"
    _, page = sample.html(f"{head}<p>{{{{ form.home_visit.conclusion }}}} {{{{ applicant }}}}</p>", labels, *given[1:])
    assert "〔入户调查：结论〕 〔申请人姓名〕" in page
    with pytest.raises(Unmade, match="无法生成"):
        sample.html(f"{head}<p>{{{{ nobody }}}}</p>", *given)
    with pytest.raises(Unmade, match="注释"):
        sample.html("<p>没有开头</p>", *given)
