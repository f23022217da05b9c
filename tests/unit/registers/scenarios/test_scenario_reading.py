"""A scenario file becomes a story, or everything that is wrong with it is told: file, step, what to do."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import clock
from registers.scenarios import reading

GOOD = """
scenario: 一件事
process: dibao
begins: 2026-01-05 09:00
parameters: {dibao_mode: A}
steps:
  - {who: clerk, does: fill_application, with: {income_wage: 900}}
  - {at: +2wd 10:30, case: objection#1, who: [investigator, investigator2], does: investigate_objection}
  - {wait: publicity_period, due: 2026-01-15}
ends: confirmed
"""


def wrong(text: str) -> list[str]:
    story, problems = reading.read("dibao/a.yaml", text.encode())
    assert (story is None) == bool(problems)
    return problems


def test_a_file_becomes_a_story():
    story, problems = reading.read("dibao/a.yaml", GOOD.encode())
    assert problems == []
    assert (story.name, story.process, story.begins) == ("一件事", "dibao", clock.instant(date(2026, 1, 5), 9))
    first, second, third = story.steps
    assert (first.kind, first.what, first.who, first.given) == (
        "does",
        "fill_application",
        ("clerk",),
        {"income_wage": 900},
    )
    assert (second.case, second.who, second.at.span, second.at.hour) == (
        "objection#1",
        ("investigator", "investigator2"),
        (2, "wd"),
        (10, 30),
    )
    assert (third.kind, third.expect) == ("wait", {"until": "2026-01-15"})
    assert story.finally_ == {"ends": "confirmed"}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("scenario: 一件事", "", "缺少“scenario”"),
        ("process: dibao", "", "缺少“process”"),
        ("begins: 2026-01-05 09:00", "begins: 明天", "缺少“begins”，或写法有误"),
        ("begins: 2026-01-05 09:00", "begins: 2026-02-30", "begins"),
        ("ends: confirmed", "", "缺少“ends”"),
        ("parameters: {dibao_mode: A}", "parameters: [A]", "“parameters”应是"),
        ("ends: confirmed", "ends: confirmed\nclaims: x", "不认识“claims”"),
        ("does: fill_application", "dose: fill_application", "第1步：不认识“dose”"),
        ("does: fill_application", "does: fill_application, wait: x", "第1步：应写且只写一项"),
        ("does: fill_application", "does: ", "第1步：“does”后面要写明"),
        ("with: {income_wage: 900}", "with: 900", "第1步：“with”应是"),
        ("with: {income_wage: 900}", "expect: {refuse: x}", "第1步：expect 里不认识“refuse”"),
        ("with: {income_wage: 900}", "due: 2026-01-01", "第1步：“due”只跟在“wait”后面"),
        ("+2wd 10:30", "+2wd 25:30", "第2步：“at: +2wd 25:30”的写法有误"),
        ("+2wd 10:30", "+30min 10:30", "第2步：“at"),
        ("+2wd 10:30", "过两天", "第2步：“at"),
        ("who: clerk", "who: {a: b}", "第1步：“who”写一个人"),
        ("with: {income_wage: 900}", "expect: {open: {a: b}}", "第1步：expect 里的“open”应是一个名称或一列名称"),
        ("with: {income_wage: 900}", "expect: {ends: [a]}", "第1步：expect 里的“ends”应是一个名称"),
        ("with: {income_wage: 900}", "expect: {due: 3wd}", "第1步：expect 里的“due”应是"),
        ("ends: confirmed", "ends: [a]", "“ends”应是一个名称"),
        ("ends: confirmed", "ends: a\ndocuments: {main: [1]}", "“documents”应是一个名称或一列名称"),
        ("ends: confirmed", "ends: a\nbenefit: 780", "“benefit”应是"),
    ],
)
def test_each_mistake_is_named_with_its_step(before, after, words):
    text = GOOD.replace(before, after, 1)
    assert text != GOOD
    found = wrong(text)
    assert any(words in each for each in found), found
    assert all(each.startswith("dibao/a.yaml：") for each in found)


def test_all_mistakes_come_at_once():
    text = GOOD.replace("process: dibao", "").replace("who: clerk", "whom: clerk").replace("+2wd 10:30", "嗯")
    assert len(wrong(text)) == 3


@pytest.mark.parametrize("text", ["", "[]", "一段话", "a: [", "steps: [1, 2]"])
def test_what_is_no_scenario_is_a_message(text):
    assert wrong(text)


def test_two_stories_of_one_name_are_a_problem(tmp_path):
    (tmp_path / "dibao").mkdir()
    for name in ("a", "b"):
        (tmp_path / "dibao" / f"{name}.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "usual").mkdir()
    (tmp_path / "usual" / "opinion.yaml").write_text("opinion: grant", encoding="utf-8")
    stories, problems = reading.read_all(tmp_path)
    assert [story.file for story in stories] == ["dibao/a.yaml", "dibao/b.yaml"]
    assert problems == ["dibao/b.yaml：与 dibao/a.yaml 同名，请给情景“一件事”换个名字。"]
    assert [story.file for story in reading.read_all(tmp_path, "a.yaml")[0]] == ["dibao/a.yaml"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from([*reading.HEAD, *reading.FINAL])
step_keys = st.sampled_from([*reading.KINDS, *reading.STEP])


@given(st.dictionaries(keys, values, max_size=6), st.lists(st.dictionaries(step_keys, values, max_size=4), max_size=3))
def test_no_content_breaks_the_reader(head, steps):
    import yaml

    text = yaml.safe_dump({**head, "steps": steps}, allow_unicode=True)
    story, problems = reading.read("x.yaml", text.encode())
    assert (story is None) == bool(problems)
