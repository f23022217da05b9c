"""The HTML of a form without a browser: what is escaped, what buttons do, what history shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from engine import forms
from web.forms import blueprint, edit, render_form, render_values
from web.forms.prose import prose

FILE = Path(__file__).parents[3] / "fixtures/forms/everything.form"


@pytest.fixture(scope="module")
def form():
    return forms.load(FILE.read_bytes(), "everything")[0]


@pytest.fixture(autouse=True)
def app():
    found = Flask(__name__)
    found.register_blueprint(blueprint)
    with found.app_context():
        yield found


def test_what_was_typed_is_escaped_and_kept(form):
    html = render_form(form, context={}, posted={"head_name": ['"><script>x</script>'], "reason": ["</textarea>"]})
    assert "<script>" not in html
    assert "&lt;/textarea&gt;" in html
    assert "style=" not in html
    assert "onclick" not in html


def test_without_a_preview_there_is_no_htmx(form):
    assert "hx-" not in render_form(form, context={})
    assert 'hx-post="/p"' in render_form(form, context={}, preview_url="/p")


def test_a_wrong_day_stays_as_it_was_typed(form):
    html = render_form(form, context={}, posted={"applied_on": ["2026年2月30日"]})
    assert 'value="2026年2月30日"' in html
    assert "日期不存在" in html


def test_rows_are_added_and_removed(form):
    added = edit(form, {"members[0].name": ["甲乙"], "_add": ["members"]})
    assert added.posted["_row.members"] == ["1"]
    assert added.focus == "members[1]"
    removed = edit(form, {"members[0].name": ["甲乙"], "members[1].name": ["丙丁"], "_remove": ["members[0]"]})
    assert "members[0].name" not in removed.posted
    assert removed.posted["members[1].name"] == ["丙丁"]
    assert edit(form, {"_check": ["1"], "wage": ["3"]}).posted == {"wage": ["3"]}
    assert edit(form, {"wage": ["3"]}) is None


@pytest.mark.parametrize("name", ["bogus", "members[0]", "../x", "members[0].name", ""])
def test_rows_of_nothing_are_not_added(form, name):
    assert edit(form, {"_add": [name]}).posted == {}


def test_the_number_of_rows_is_bounded(form):
    posted = {"_row.members": [str(n) for n in range(5)], "_add": ["members"]}
    assert len(edit(form, posted).posted["_row.members"]) == 5


def test_history_masks_unless_told_otherwise(form):
    values = {"head_id": "640221199001011231", "wage": 120050, "hukou": "rural", "members": [{"name": "李四"}]}
    html = render_values(form, values)
    assert "640221********1231" in html
    assert "1,200.50 元" in html
    assert "农业户口" in html
    assert "申请理由" not in html
    assert "640221199001011231" in render_values(form, values, mask=False)


def test_prose_is_little_and_safe():
    html = prose("## 题\n一<b>\n\n- **甲**\n- [乙](/notices) [丙](javascript:x) [丁](//evil.example)")
    assert "<b>" not in html
    assert "<strong>甲</strong>" in html
    assert 'href="/notices"' in html
    assert html.count("href") == 1


def test_columns_fill_twelve():
    components = [
        {"type": "textfield", "key": f"k{n}", "label": "项", "layout": {"row": "r", "columns": c}}
        for n, c in enumerate([5, 6, 5])
    ]
    form, _ = forms.load(json.dumps({"components": components}).encode(), "f")
    html = render_form(form, context={})
    assert [html.count(f"col-md-{n} ") for n in (4, 5)] == [3, 0]
