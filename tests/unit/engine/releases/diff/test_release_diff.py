"""What differs between two releases, in words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import clock
from engine.releases.diff import compare, compare_file
from engine.releases.operations import read

MODELS = Path(__file__).parents[5] / "bpmn"
FILES = read(MODELS)
DRAWING = "publicity.bpmn"


def told(path: str, old: str, new: str, *more: tuple[str, str], files=FILES) -> list[str]:
    """The sentences about a file in which a text was replaced."""
    text = files[path].decode()
    for one, other in ((old, new), *more):
        assert one in text, one
        text = text.replace(one, other, 1)
    found = compare(files, {**files, path: text.encode()})
    (file,) = found.files
    assert file.path == path
    return [change.text for change in file.changes]


def test_a_release_differs_from_itself_in_nothing():
    assert compare(FILES, dict(FILES)).empty


@given(st.sampled_from(sorted(FILES)))
def test_a_file_differs_from_itself_in_nothing_but_what_it_is_written_like(path):
    data = FILES[path]
    found = compare_file(path, data, data.rstrip() + b"\n\n")
    assert found.kind == "layout", found
    assert not found.lines


@given(st.sampled_from([path for path in sorted(FILES) if path.endswith(".bpmn")]), st.integers(-400, 400))
def test_a_drawing_that_was_only_moved_says_so(path, by):
    text = re.sub(r'\bx="(-?[\d.]+)"', lambda found: f'x="{float(found[1]) + by:g}"', FILES[path].decode())
    found = compare_file(path, FILES[path], text.encode())
    assert found.kind == "layout"
    assert not found.moved, "shifted as a whole"


def test_one_moved_shape_is_layout_alone():
    text = FILES[DRAWING].decode()
    shape = re.search(r'bpmnElement="draft_notice".*?<dc:Bounds x="([\d.]+)"', text, re.DOTALL)
    moved = text[: shape.start(1)] + str(float(shape[1]) + 7) + text[shape.end(1) :]
    found = compare_file(DRAWING, text.encode(), moved.encode())
    assert (found.kind, found.moved) == ("layout", (("publicity", "draft_notice"),))
    assert [each.text for each in found.changes] == ["只调整了图上的位置，内容没有变"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name="拟定公示内容"', 'name="拟定公示单"', "用户任务“拟定公示内容”改名为“拟定公示单”"),
        (
            'name="due" value="1wd"',
            'name="due" value="2wd"',
            "用户任务“拟定公示内容”：办理期限由“1个工作日”改为“2个工作日”",
        ),
        (
            '<spiffworkflow:property name="role" value="director"/>',
            '<spiffworkflow:property name="role" value="deputy"/>',
            "泳道“民生服务中心主任”：办理角色由“民生服务中心主任”改为“分管领导”",
        ),
        (
            '<spiffworkflow:property name="separate" value="draft_notice"/>',
            "",
            "用户任务“复核公示内容”：去掉不得与之同一人办理的环节（原为“draft_notice”）",
        ),
        (
            '<spiffworkflow:property name="form" value="draft_notice"/>',
            '<spiffworkflow:property name="form" value="draft_notice"/>'
            '<spiffworkflow:property name="people" value="2"/>',
            "用户任务“拟定公示内容”：签字人数设为“2”",
        ),
        ("公示单只写系统带出的几项", "只写系统带出的几项", "用户任务“拟定公示内容”：办理说明由"),
        (
            'default="notice_question_to_draft_again"',
            'default="notice_question_to_ending_question"',
            "排他网关“是否可以张贴？”：默认分支由",
        ),
        (
            'id="notices.issue"',
            'id="notices.send"',
            "服务任务“制发公示单”：调用的服务由“notices.issue”改为“notices.send”",
        ),
        (
            "<spiffworkflow:parameters></spiffworkflow:parameters>",
            '<spiffworkflow:parameters><spiffworkflow:parameter id="copies" type="str" value="2"/>'
            "</spiffworkflow:parameters>",
            "服务任务“制发公示单”：输入“copies”设为“2”",
        ),
        (
            "<bpmn:flowNodeRef>draft_notice</bpmn:flowNodeRef>",
            "",
            "用户任务“拟定公示内容”：去掉泳道（原为“窗口受理员”）",
        ),
    ],
)
def test_a_change_of_a_drawing_in_words(old, new, said):
    found = told(DRAWING, old, new)
    assert len(found) == 1, found
    assert found[0].startswith(said)


def test_a_stranger_s_extension_is_not_passed_over():
    stranger = "<bpmn:extensionElements><zeebe:x xmlns:zeebe='http://z' type='a'/>"
    found = told(DRAWING, "<bpmn:extensionElements>\n        <spiffworkflow:prop", f"{stranger}<spiffworkflow:prop")
    assert "x(type=a)" in found[0]


def test_a_new_step_between_two():
    found = told(
        DRAWING,
        '<bpmn:userTask id="check_notice"',
        '<bpmn:userTask id="extra" name="再看一遍"><bpmn:extensionElements><spiffworkflow:properties>'
        '<spiffworkflow:property name="role" value="deputy"/></spiffworkflow:properties></bpmn:extensionElements>'
        '</bpmn:userTask><bpmn:sequenceFlow id="extra_on" sourceRef="extra" targetRef="check_notice"/>'
        '<bpmn:userTask id="check_notice"',
        ('targetRef="check_notice"/>\n', 'targetRef="extra"/>\n'),
    )
    assert "新增用户任务“再看一遍”（分管领导办理）" in found
    assert "新增连线“再看一遍 → 复核公示内容”" in found
    assert any("终点由“复核公示内容”改为“再看一遍”" in each for each in found)


def test_a_condition_and_an_id():
    condition = re.search(r"<bpmn:conditionExpression[^>]*>([^<]+)<", FILES[DRAWING].decode())[1]
    (said,) = told(DRAWING, f">{condition}<", ">true<")
    assert f"条件由“{condition}”改为“true”".replace("&gt;", ">").replace("&lt;", "<") in said
    text = FILES[DRAWING].decode().replace('"draft_notice"', '"draft_it"').replace(">draft_notice<", ">draft_it<")
    found = [each.text for each in compare_file(DRAWING, FILES[DRAWING], text.encode()).changes]
    assert "用户任务“拟定公示内容”的标识由“draft_notice”改为“draft_it”" in found
    assert not any(each.startswith(("新增", "删除")) for each in found), found


def test_the_order_of_branches_is_meaning():
    text = FILES[DRAWING].decode()

    def bounds(element: str) -> re.Match[str]:
        return re.search(rf'bpmnElement="{element}".*?<dc:Bounds x="[\d.]+" y="([\d.]+)"', text, re.DOTALL)

    one, other = bounds("ending_question"), bounds("draft_again")
    high, low = sorted((one, other), key=lambda found: float(found[1]))
    moved = text[: high.start(1)] + str(float(low[1]) + 40) + text[high.end(1) :]
    found = compare_file(DRAWING, text.encode(), moved.encode())
    assert found.kind == "changed"
    assert any("分支自上而下的先后由" in each.text for each in found.changes)


def test_rows_of_a_table():
    path = "decisions/dibao_amount.dmn"
    text = FILES[path].decode()
    row = re.search(r"<rule .*?</rule>", text, re.DOTALL)[0]
    cell = re.search(r"<outputEntry[^>]*>\s*<text>(.*?)</text>", row, re.DOTALL)[1]
    (said,) = told(path, row, row.replace(f"<text>{cell}</text>", "<text>4711</text>"))
    assert said.startswith("决策表行“第1行”：结果“")
    assert said.endswith("改为“4711”")
    gone = told(path, row, "")
    assert gone[0].startswith("删除原第1行（")


def test_fields_of_a_form():
    path = "forms/fill_application.form"
    text = FILES[path].decode()
    form = json.loads(text)
    field = form["components"][1]["components"][2]
    field["validate"]["required"] = False
    field["label"] = "手机号码"
    village = form["components"][1]["components"][4]
    village["values"].append({"label": "新村", "value": "xin"})
    found = [each.text for each in compare_file(path, FILES[path], json.dumps(form).encode()).changes]
    assert found == [
        "文本框“联系电话”改名为“手机号码”",
        "文本框“手机号码”：必填由“是”改为“否”",
        "下拉选择“所在村”：选项“xin”设为“新村”",
    ]
    form = json.loads(text)
    form["components"][1]["components"].reverse()
    assert "字段的次序有变" in compare_file(path, FILES[path], json.dumps(form).encode()).changes[-1].text


def test_catalogues_and_letters():
    assert told("clocks.json", '"warn": "5wd"', '"warn": "3wd"') == [
        "时限“全程办理时限”：提前提醒由“5个工作日”改为“3个工作日”"
    ]
    (said,) = told("mandatory.json", "没有受理就不能作出决定", "不受理不决定")
    assert said.startswith("必经环节规则“先受理，后决定”：提示由“没有受理就不能作出决定")
    path = "notices/acceptance_notice.html"
    found = compare_file(path, FILES[path], FILES[path].replace("齐全".encode(), "齐备".encode()))
    assert (found.title, found.changes[0].text) == ("受理通知书", "改动了文字：删去1行，新写1行")
    assert [sign for sign, _ in found.lines if sign in "+-"] == ["-", "+"]


def test_files_that_came_and_went():
    files = {path: data for path, data in FILES.items() if path != DRAWING}
    (file,) = compare(FILES, files).files
    assert (file.kind, file.changes[0].text) == ("removed", "删除流程图“公示与异议处理”")
    (file,) = compare(files, FILES).files
    assert file.kind == "added"


@pytest.mark.parametrize("broken", [b"<half", b"", b"\xff\xfe", b"[1]", b'{"components": 3}', b"<a/>"])
@pytest.mark.parametrize("path", [DRAWING, "decisions/dibao_amount.dmn", "forms/fill_application.form", "clocks.json"])
def test_a_broken_file_is_compared_line_by_line(path, broken):
    found = compare_file(path, FILES[path], broken)
    assert found.kind == "changed"
    assert found.changes or found.lines
    assert compare_file(path, broken, FILES[path]).kind == "changed"


def test_large_files_take_no_square_of_time():
    rows = "".join(f"<p>{number * 7919 % 5000}</p>\n" for number in range(20_000)).encode()
    others = "".join(f"<p>{number * 104729 % 5000}</p>\n" for number in range(20_000)).encode()
    begun = clock.worked()
    compare_file("notices/x.html", rows, others)
    assert clock.worked() - begun < 5


def test_the_whole_release_is_compared_in_a_moment():
    other = {path: data.replace("公示".encode(), "公告".encode()) for path, data in FILES.items()}
    begun = clock.worked()
    found = compare(FILES, other)
    assert len(found.files) > 40
    assert clock.worked() - begun < 10
