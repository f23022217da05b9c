"""A document has a short list of markup, so that nothing in it can be hidden, run or laid out otherwise."""

from __future__ import annotations

import pytest

from engine.documents import markup, sandbox


def test_what_documents_need_passes():
    html = '<p class="center">甲<br>乙</p><table><tr><td colspan="2">丙<td>丁</table><ol><li>戊</ol>'
    assert markup.faults(html) == []


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        '<p style="display:none">不服本决定的</p>',
        "<p hidden>理由</p>",
        "<!-- 理由 -->",
        "<!DOCTYPE html>",
        "<?php 1 ?>",
        '<img src="https://example.org/x.png">',
        '<a href="javascript:1">点</a>',
        '<p onclick="1">点</p>',
        '<p class="doc-copy">副本</p>',
        '<td colspan="9999">宽</td>',
        "</div>",
        "<div>没有结束",
        "<svg><p>藏</p></svg>",
        "<template><p>藏</p></template>",
        "<details><p>藏</p></details>",
    ],
)
def test_all_else_is_refused(html):
    assert markup.faults(html)


def test_words_are_what_a_reader_sees():
    assert markup.words("<p>人均月收入<strong>600</strong>元 &lt;高&gt;</p>") == "人均月收入600元<高>"


@pytest.mark.parametrize(
    "text", ["{{ 'a' * 999999999 }}", "{{ 2 ** 9999 }}", "{{ range(9) }}", "{{ x | safe }}", "{{ x | default('') }}"]
)
def test_a_template_may_not_multiply_text_nor_let_it_pass_nor_fill_a_hole(text):
    with pytest.raises(Exception, match=r"文书模板|undefined|No filter"):
        sandbox.make().from_string(text).render(x="<b>")


def test_what_people_wrote_is_escaped():
    assert sandbox.make().from_string("{{ x }}{{ y }}").render(x="<b>", y=sandbox.Safe("<b>")) == "&lt;b&gt;<b>"
