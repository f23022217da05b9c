"""Every step says how it is done; the manual is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.releases.loaded import read_processes
from web.help.markdown import read

ROOT = Path(__file__).parents[3]
MANUAL = ROOT / "docs" / "manual.zh-CN.md"
CHAPTERS = ("登录", "待办", "受理登记", "入户调查", "公示", "审批", "退回补正与变动", "文书送达", "打印", "常见问题")


def tasks():
    for path in sorted((ROOT / "bpmn").glob("*.bpmn")):
        for process in read_processes(path.name, path.read_bytes()):
            yield from (each for each in process.elements.values() if each.kind == "userTask")


@pytest.mark.parametrize("task", list(tasks()), ids=lambda task: task.id)
def test_every_shipped_task_says_how_it_is_done_in_a_few_sentences(task):
    sentences = [each for each in re.split(r"[。！？]", task.help) if each.strip()]
    assert 2 <= len(sentences) <= 6
    assert task.help.endswith("。")
    # Numbers of days and money are parameters and would grow old here.
    assert not re.search(r"[1-9]", task.help)


def test_the_page_of_a_task_shows_how_and_why(visit, township, plan):
    instance = township.apply(plan)
    item = township.items(instance)["check_completeness"]
    page = visit("clerk").get(f"/desk/items/{item.id}").get_data(as_text=True)
    panel = re.search(r'<details class="card dd-help[^>]*data-panel="how".*?</details>', page, re.DOTALL)[0]
    assert "补正告知只能发一次" in panel
    assert "第10条" in panel
    assert "共同生活的人都要列上" in visit("clerk").get("/desk/apply/dibao").get_data(as_text=True)


def test_the_manual_has_its_chapters_and_every_picture_and_link_answers(visit, township):
    clerk = visit("clerk")
    page = clerk.get("/help").get_data(as_text=True)
    for chapter in CHAPTERS:
        assert re.search(rf'<h2 id="c\d+">{chapter}</h2>', page), chapter
    article = page[page.index("<article") : page.index("</article>")]
    pictures = re.findall(r'<img src="([^"]+)"', article)
    assert len(pictures) >= 12
    assert len(pictures) == len(re.findall(r"!\[", MANUAL.read_text(encoding="utf-8")))
    for address in pictures:
        assert clerk.get(address).mimetype == "image/png", address
    for address in set(re.findall(r'href="(/[^"#]*)"', article)):
        assert clerk.get(address).status_code == 200, address


def test_every_picture_of_the_manual_is_used():
    text = MANUAL.read_text(encoding="utf-8")
    for path in (ROOT / "docs" / "pictures" / "manual").glob("*.png"):
        assert f"pictures/manual/{path.name}" in text, f"{path.name} is shown nowhere"


def test_the_manual_s_pictures_are_files_and_nothing_else_is_served(visit, township):
    for name in ("../manual.zh-CN.md", "none.png", "..%2Fweb.md"):
        assert visit("clerk").get(f"/help/pictures/{name}").status_code == 404
    assert visit().get("/help").status_code == 302


def test_nothing_in_the_manual_becomes_markup():
    made = read("## <b>a</b>\n\n<script>x</script> **y** [z](javascript:1) [w](/desk/)", "/p/{}")
    assert "<script>" not in made.html
    assert "<b>" not in made.html
    assert "<strong>y</strong>" in made.html
    assert 'href="/desk/"' in made.html
    assert 'href="javascript' not in made.html
