"""Every step says how it is done; the manual is whole."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from random import Random

import pytest

from engine import clock
from engine.actors import SYSTEM
from engine.parameters import operations as parameters
from engine.parameters.seed import entries
from engine.releases import howto
from engine.releases.loaded import read_processes
from engine.statutes import ids, register
from registers.demonstration.acts import Plan
from registers.demonstration.people import family
from web.help.markdown import read

ROOT = Path(__file__).parents[3]
REGISTER = register.read((ROOT / "bpmn" / register.FILE).read_bytes())[0]
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
    assert howto.typed(task.help) == []
    assert not re.search(r"[1-9]", howto.PLACE.sub("", task.help))
    assert howto.names(task.help) <= {each.name for each in entries()}


@pytest.mark.parametrize("task", list(tasks()), ids=lambda task: task.id)
def test_every_shipped_task_says_what_it_rests_on(task):
    """Its rule: each clause is one that the register of the release has."""
    cited = ids.split(task.properties.get("clause"))
    assert cited
    assert set(cited) <= set(REGISTER.citable)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("决定作出后3个工作日内送达。", ["3个工作日"]),
        ("公示七天，期满取证。", ["七天"]),
        ("一个月内备案，最多半年。", ["一个月", "半年"]),
        ("24小时内核实。", ["24小时"]),
        ("两名调查人员当天到场，从次日起算，按月公布，写明从哪一天起。", []),
        ("{parameters.delivery_limit}内送达，登记三次以上联系经过。", []),
    ],
)
def test_a_time_that_is_typed_out_is_found(text, found):
    assert howto.typed(text) == found


def test_a_parameter_is_told_in_words_and_what_is_unknown_is_no_hole():
    text = "{parameters.delivery_limit}内送达，{parameters.nothing}内归档，{parameters.rate}"
    assert howto.told(text, {"delivery_limit": "3wd", "rate": "30"}) == "3个工作日内送达，规定的期限内归档，30"


def test_the_page_of_a_task_shows_how_and_why(visit, township, plan):
    instance = township.apply(plan)
    item = township.items(instance)["check_completeness"]
    page = visit("clerk").get(f"/desk/items/{item.id}").get_data(as_text=True)
    panel = re.search(r'<details class="card dd-help[^>]*data-panel="how".*?</details>', page, re.DOTALL)[0]
    assert "补正告知只能发一次" in panel
    assert "什么时候补齐（10个工作日内）" in panel
    assert "第10条" in panel
    assert "共同生活的人都要列上" in visit("clerk").get("/desk/apply/dibao").get_data(as_text=True)


def test_a_step_shows_the_numbers_of_its_case(visit, township, plan, at):
    """Of the day that counts for the case, as its own deadlines are; a case that begins later reads the new ones."""
    instance = township.apply(plan)
    parameters.set_value(SYSTEM, "correction_limit", "5wd", date(2026, 3, 10), "测试")
    at("2026-03-12 09:00")
    later = township.apply(Plan(family(Random(4), clock.today(), poor=True), Random(2)))  # noqa: S311 -- synthetic
    for case, said in ((instance, "10个工作日内"), (later, "5个工作日内")):
        item = township.items(case)["check_completeness"]
        assert said in visit("clerk").get(f"/desk/items/{item.id}").get_data(as_text=True)


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
