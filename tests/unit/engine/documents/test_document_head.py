"""What a template declares of itself, and every fault of it."""

from __future__ import annotations

import pytest

from engine.documents.head import read


def head(*lines: str):
    return read("{#\n" + "\n".join(lines) + "\n#}\n<p></p>")


def test_an_adverse_letter_names_its_redress_and_must_be_served():
    found, faults = head("title: 不予确认告知书", "kind: letter", "mark: 不", "adverse: yes", "served_by: a, b_c")
    assert faults == []
    assert (found.appeal, found.service, found.issuer) == (("decision",), "receipt", "decider")
    assert found.served_by == ("a", "b_c")


def test_redress_cannot_be_taken_from_an_adverse_letter():
    found, faults = head("title: 停发告知书", "mark: 停", "adverse: yes", "appeal: none")
    assert faults == []
    assert found.appeal == ("decision",)


def test_a_letter_is_served_with_a_receipt_unless_it_says_otherwise():
    assert head("title: 甲", "mark: 甲")[0].service == "receipt"
    assert head("title: 甲", "mark: 甲", "service: hand")[0].service == "hand"
    assert head("title: 甲", "kind: record")[0].service == "none"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("kind: letter", "mark: 甲"), "title"),
        (("title: 甲", "kind: paper"), "letter、record、list"),
        (("title: 甲", "kind: letter"), "mark"),
        (("title: 甲", "kind: record", "mark: 甲"), "不编文号"),
        (("title: 甲", "mark: abc"), "汉字"),
        (("title: 甲", "mark: 甲乙丙丁"), "汉字"),
        (("title: 甲", "mark: 甲", "adverse: maybe"), "yes、no"),
        (("title: 甲", "mark: 甲", "adverse: yes", "service: hand"), "必须送达"),
        (("title: 甲", "mark: 甲", "appeal: court"), "decision"),
        (("title: 甲", "mark: 甲", "served_by: 送达"), "写法有误"),
        (("title: 甲", "kind: list", "served_by: a"), "只有 letter"),
        (("title: 甲", "mark: 甲", "of: home_visit"), "只有 record"),
        (("title: 甲", "kind: record", "of: a", "only: 停发"), "exit_decision=stop"),
        (("title: 甲", "mark: 甲", "numbers: full"), "masked"),
        (("title: 甲", "kind: record", "public: yes"), "只能是 list"),
        (("title: 甲", "mark: 甲", "marks: 乙"), "是不是“mark”"),
        (("title: 甲", "title: 乙", "mark: 甲"), "两次"),
        (("title: 甲", "mark: 甲", "随便写一行"), "不认识"),
        (("title: " + "长" * 300, "mark: 甲"), "太长"),
    ],
)
def test_every_fault_is_said_in_words(lines, words):
    assert words in "；".join(head(*lines)[1])


def test_a_record_may_print_only_some_submissions_of_its_tasks():
    found, faults = head("title: 审批表", "kind: record", "of: decide", "only: decision=stop|reduce")
    assert faults == []
    assert found.prints("decide", {"decision": "stop"})
    assert not found.prints("decide", {"decision": "taper"})
    assert not found.prints("decide", {})
    assert not found.prints("other", {"decision": "stop"})
    assert head("title: 甲", "kind: record", "of: a", "only: by_agent=true")[0].prints("a", {"by_agent": True})


def test_a_template_without_a_head_is_told_so():
    assert "开头" in read("<p>没有开头</p>")[1][0]
