"""The shipped models' stories all go as they are written, and together take every sequence flow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registers.scenarios import reading, run
from tests.support.township import MODELS
from web import trials


def test_every_story_goes_as_it_is_written(report):
    assert report.problems == ()
    assert [(told.file, told.problems) for told in report.told if told.problems] == []


def test_together_they_take_every_flow_of_every_process(report):
    assert report.missing == {}


# What a story says when it goes otherwise: the same county, stories of our own.

STORY = """
scenario: 试一试
process: dibao
begins: 2026-01-05 09:00
parameters: {dibao_mode: A}
steps:
  - {who: clerk, does: fill_application}
  - {who: clerk, does: check_completeness}
  - {until: publicity_period}
  - {wait: publicity_period, due: 2026-01-12}
  - {until: end}
documents: [acceptance_notice, publicity_notice, confirmation_notice]
decision: {outcome: confirm, amount: 780}
ends: confirmed
"""


@pytest.fixture(scope="module")
def world():
    with trials.trial(MODELS) as made:
        yield made


@pytest.fixture(scope="module")
def usual():
    return run.read_usual(MODELS / "scenarios")[0]


@pytest.fixture
def told(world, usual):
    """The problems of STORY with some of its words replaced."""

    def tell(*changes: tuple[str, str], usual=usual):
        text = STORY
        for before, after in changes:
            assert before in text
            text = text.replace(before, after, 1)
        story, wrong = reading.read("试.yaml", text.encode())
        assert wrong == []
        return run.tell(world, story, usual).problems

    return tell


def test_the_story_itself_goes_well(told):
    assert told() == ()


@pytest.mark.parametrize(
    ("before", "after", "step", "words"),
    [
        ("due: 2026-01-12", "due: 2026-01-13", "第4步", "应等到 2026-01-13（当日24时），实际等到 2026-01-12"),
        ("wait: publicity_period", "wait: lunch", "第4步", "停在：publicity_period"),
        ("until: publicity_period", "until: lunch", "第3步", "没有走到这里"),
        ("does: check_completeness", "does: opinion", "第2步", "办件停在：check_completeness"),
        ("does: fill_application", "does: check_completeness", "第1步", "从“填写救助申请”（fill_application）开始"),
        ("process: dibao", "process: no_such", "第1步", "没有流程“no_such”"),
        ("who: clerk, does: check", "who: nobody, does: check", "第2步", "没有账号或角色“nobody”"),
        ("who: clerk, does: check", "who: head, does: check", "第2步", "没有这个角色"),
        ("check_completeness", "check_completeness, with: {complete: 也许}", "第2步", "complete"),
        ("check_completeness", "check_completeness, with: {weather: fine}", "第2步", "表单中没有“weather”"),
        ("check_completeness", "check_completeness, with: {remark: =1 / 0}", "第2步", "算不出来"),
        ("check_completeness", "check_completeness, expect: {refused: 回避}", "第2步", "本应被拒绝，却办成了"),
        ("check_completeness", "check_completeness, expect: {open: opinion}", "第2步", "应停在 opinion"),
        ("check_completeness", "check_completeness, expect: {stage: 公示}", "第2步", "应停在“公示”"),
        ("check_completeness", "check_completeness, expect: {incident: 断电}", "第2步", "应出现异常"),
        ("check_completeness", "check_completeness, expect: {flow: {complete: false}}", "第2步", "流程变量“complete”"),
        (
            "check_completeness",
            "check_completeness, expect: {due: {declare_relatives: 2026-01-05}}",
            "第2步",
            "期限应为",
        ),
        (
            "check_completeness",
            "check_completeness, expect: {clocks: {total: 2026-02-14}}",
            "第2步",
            "没有起算时限“total”",
        ),
        ("check_completeness", "check_completeness, at: 08:00", "第2步", "时间倒退了"),
        ("check_completeness", "check_completeness, case: objection#1, parent: x", "第2步", "还没有名为“x”的办件"),
        ("{until: end}", "{act: dance}", "第5步", "不认识这个动作"),
        ("{until: end}", "{opens: objection}", "第5步", "系统没有开出这件办件"),
        ("confirmation_notice]", "refusal_notice]", "最后", "应依次制发"),
        ("amount: 780", "amount: 781", "最后", "“amount”应为 781，实际是 780"),
        ("ends: confirmed", "ends: refused", "最后", "应以“refused”办结，实际是“confirmed”"),
        ("ends: confirmed", "ends: {dibao#2: confirmed}", "最后", "“dibao#2”不是这个情景里的办件"),
        ("ends: confirmed", "ends: confirmed\nopens: [recovery]", "最后", "系统没有开出：recovery"),
        ("ends: confirmed", "ends: confirmed\nclocks: {total: lapsed}", "最后", "应为 lapsed，实际是 satisfied"),
        ("ends: confirmed", "ends: confirmed\nclocks: {total: none}", "最后", "应为 none"),
        ("parameters: {dibao_mode: A}", "parameters: {no_such: 1}", "parameters", "没有名为“no_such”的参数"),
        ("parameters: {dibao_mode: A}", "parameters: {dibao_mode: 7}", "parameters", ""),
        ("parameters: {dibao_mode: A}", "people: {head: {age: 200}}", "people", "age"),
    ],
)
def test_what_goes_otherwise_is_told_with_its_step(told, before, after, step, words):
    (problem,) = told((before, after))
    assert problem.startswith(step)
    assert words in problem


def test_a_usual_answer_that_fits_no_field_is_told(told, usual):
    (problem,) = told(usual={**usual, "check_completeness": {"weather": "fine"}})
    assert "usual/check_completeness.yaml 里的“weather”不是这张表单的项" in problem


def test_without_usual_answers_the_plainest_lawful_ones_are_given(told, usual):
    """What the page offers and the plainest answers carry a case on, as far as their own checks let them."""
    bare = {
        name: answers for name, answers in usual.items() if name in ("fill_application", "opinion", "county_decide")
    }
    (problem,) = told(usual=bare)
    assert not problem.startswith(("第1步", "第2步"))


def test_each_story_has_a_county_of_its_own_and_goes_the_same_again(world, usual):
    """The second telling finds no family, no case, no message of the first, and its people have the same numbers."""
    story, _ = reading.read("试.yaml", STORY.encode())
    first, second = run.tell(world, story, usual), run.tell(world, replace(story, file="b.yaml"), usual)
    assert first.problems == second.problems == ()
    assert first.flows == second.flows
    assert (first.clocks, first.documents) == (second.clocks, second.documents)
