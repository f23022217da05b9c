"""Drawings of Camunda 7 come in with what they say, and what cannot come in is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import Unparsable
from engine.releases import foreign, xml
from engine.releases.lint.model import read

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:other="https://example.org/other" id="d">'
    '<bpmn:process id="p" name="流程" isExecutable="true" camunda:historyTimeToLive="180">'
)
FOOT = "</bpmn:process></bpmn:definitions>"


def translated(body: str, **known):
    made = foreign.translate(f"{HEAD}{body}{FOOT}".encode(), **known)
    (process,) = read("p.bpmn", xml.parse(made.data), 0).processes
    return made, {node.id: node for node in process.nodes}


def test_a_user_task_keeps_who_what_and_until_when():
    made, nodes = translated(
        '<bpmn:userTask id="visit" name="入户" camunda:candidateGroups="investigator" '
        'camunda:formKey="embedded:app:forms/visit.html" camunda:dueDate="P3D" camunda:asyncBefore="true">'
        "<bpmn:documentation>怎么办</bpmn:documentation>"
        "<bpmn:incoming>a</bpmn:incoming></bpmn:userTask>",
        forms={"visit"},
    )
    assert dict(nodes["visit"].properties) == {"role": "investigator", "form": "visit", "due": "3d"}
    assert all(remark.taken and remark.element == "visit" for remark in made.remarks)
    assert len(made.remarks) == 3
    # What another engine reads is still there, and ours stands where the schema wants it.
    text = made.data.decode()
    assert 'camunda:candidateGroups="investigator"' in text
    assert 'camunda:asyncBefore="true"' in text
    assert text.index("怎么办") < text.index("extensionElements") < text.index("<bpmn:incoming>")


def test_a_group_in_chinese_is_the_role_of_that_name():
    _, nodes = translated('<bpmn:userTask id="t" camunda:candidateGroups="民生服务中心主任"/>')
    assert nodes["t"].properties["role"] == "director"


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ('camunda:assignee="${initiator}"', "按角色派办"),
        ('camunda:candidateUsers="zhang,li"', "按角色派办"),
        ('camunda:candidateGroups="clerk,director"', "不是一个角色"),
        ('camunda:candidateGroups="${group}"', "不是一个角色"),
        ('camunda:dueDate="${dueIn(3)}"', "不能照搬"),
        ('camunda:dueDate="PT36H"', "不能照搬"),
        ('camunda:formKey="${form}"', "认不出来"),
        ('camunda:followUpDate="P1D"', "没有对应的写法"),
    ],
)
def test_what_has_no_counterpart_is_named_and_nothing_changes(attribute, said):
    made, nodes = translated(f'<bpmn:userTask id="t" {attribute}/>')
    assert dict(nodes["t"].properties) == {}
    assert [said in remark.message and not remark.taken for remark in made.remarks] == [True]


def test_scripts_classes_listeners_and_juel_are_reported_one_by_one():
    made, _ = translated(
        '<bpmn:scriptTask id="s" scriptFormat="groovy"><bpmn:script>x</bpmn:script></bpmn:scriptTask>'
        '<bpmn:serviceTask id="c" camunda:class="org.example.Do"/>'
        '<bpmn:serviceTask id="l"><bpmn:extensionElements><camunda:executionListener class="X" event="start"/>'
        "<camunda:inputOutput/></bpmn:extensionElements></bpmn:serviceTask>"
        '<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="c"><bpmn:conditionExpression>${amount &gt; 3}'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>"
    )
    assert {(each.element, each.taken) for each in made.remarks} == {(e, False) for e in ("s", "c", "l", "f")}
    assert "${amount > 3}" in next(each.message for each in made.remarks if each.element == "f")


def test_decisions_topics_and_properties_find_their_places():
    made, nodes = translated(
        '<bpmn:businessRuleTask id="d" camunda:decisionRef="eligible" camunda:resultVariable="x"/>'
        '<bpmn:serviceTask id="s" camunda:type="external" camunda:topic="cases.accept"/>'
        '<bpmn:serviceTask id="u" camunda:type="external" camunda:topic="mail.send"/>'
        '<bpmn:userTask id="t"><bpmn:extensionElements><camunda:properties><camunda:property name="people" value="2"/>'
        '<camunda:property name="colour" value="red"/></camunda:properties></bpmn:extensionElements></bpmn:userTask>',
        operations={"cases.accept"},
    )
    assert nodes["d"].decision == "eligible"
    assert nodes["s"].operator.name == "cases.accept"
    assert nodes["u"].operator is None
    assert dict(nodes["t"].properties) == {"people": "2"}
    assert [each.element for each in made.remarks if not each.taken] == ["u", "t"]


def test_a_timer_of_days_says_how_long_to_wait():
    _, nodes = translated(
        '<bpmn:intermediateCatchEvent id="w"><bpmn:timerEventDefinition><bpmn:timeDuration>P7D</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    assert dict(nodes["w"].properties) == {"wait": "7d"}


def test_our_own_words_stand_before_theirs():
    _, nodes = translated(
        '<bpmn:userTask id="t" camunda:candidateGroups="clerk"><bpmn:extensionElements><s:properties '
        'xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core"><s:property name="role" value="head"/></s:properties>'
        "</bpmn:extensionElements></bpmn:userTask>"
    )
    assert nodes["t"].properties["role"] == "head"


@pytest.mark.parametrize("path", sorted(Path("bpmn").glob("*.bpmn")), ids=lambda path: path.stem)
def test_our_own_drawings_come_back_byte_by_byte(path):
    data = path.read_bytes()
    made = foreign.translate(data)
    assert made.data == data
    assert made.remarks == []


def test_unknown_extensions_stay():
    made, _ = translated(
        '<bpmn:userTask id="t" camunda:candidateGroups="clerk" other:mark="7"><bpmn:extensionElements>'
        "<other:note a='1'>是<other:inner/></other:note></bpmn:extensionElements></bpmn:userTask><!-- 说明 -->"
    )
    for kept in ('other:mark="7"', '<other:note a="1">是<other:inner/></other:note>', "<!-- 说明 -->"):
        assert kept in made.data.decode()


@pytest.mark.parametrize("data", [b"", b"<a/>", b"no xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'])
def test_what_is_no_drawing_is_refused_in_words(data):
    with pytest.raises(Unparsable):
        foreign.translate(data)
