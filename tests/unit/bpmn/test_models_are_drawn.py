"""What a process owner opens in the modeler is a complete, legible drawing, and its forms are all there."""

from __future__ import annotations

import json
import re
from itertools import combinations, pairwise, product
from pathlib import Path

import pytest
from lxml import etree

BPMN = Path(__file__).parents[3] / "bpmn"
MODELS = sorted(BPMN.glob("*.bpmn"))
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "w": "http://www.omg.org/spec/DD/20100524/DI",
    "s": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_NODES = {"laneSet", "sequenceFlow", "extensionElements", "textAnnotation", "association", "documentation"}
Box = tuple[float, float, float, float]
Line = tuple[tuple[float, float], tuple[float, float]]


def name_of(path: Path) -> str:
    return path.stem


def nodes(root: etree._Element) -> list[etree._Element]:
    return [n for n in root.findall("bpmn:process/*", NS) if etree.QName(n).localname not in NOT_NODES]


def box(shape: etree._Element) -> Box:
    found = shape.find("dc:Bounds", NS)
    x, y, width, height = (float(found.get(key)) for key in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def shapes(root: etree._Element) -> dict[str, Box]:
    return {each.get("bpmnElement"): box(each) for each in root.iterfind(".//di:BPMNShape", NS)}


def labels(root: etree._Element) -> dict[str, Box]:
    found = root.iterfind(".//di:BPMNLabel", NS)
    return {each.getparent().get("bpmnElement"): box(each) for each in found}


def lines(root: etree._Element) -> dict[str, list[tuple[float, float]]]:
    return {
        each.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in each.iterfind("w:waypoint", NS)]
        for each in root.iterfind(".//di:BPMNEdge", NS)
    }


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def cross(one: Line, other: Line) -> bool:
    """Whether an upright and a level piece run through each other."""
    for (a, b), (c, d) in ((one, other), (other, one)):
        if a[1] == b[1] and c[0] == d[0]:
            return min(a[0], b[0]) < c[0] < max(a[0], b[0]) and min(c[1], d[1]) < a[1] < max(c[1], d[1])
    return False


@pytest.fixture(params=MODELS, ids=name_of)
def root(request):
    return etree.parse(str(request.param)).getroot()


def test_the_shared_flows_and_the_schemes_are_there():
    names = {path.stem for path in MODELS}
    assert {"application", "verification", "publicity", "approval", "objection"} <= names
    assert {"dibao", "marginal", "hardship", "elderly_allowance"} <= names


def test_lines_cross_only_where_branches_part_or_meet(root):
    """Two lines may share a way out of one gateway of many branches, or into one place; else they do not cross."""
    flows = {f.get("id"): f for f in root.iterfind(".//bpmn:sequenceFlow", NS)}
    out: dict[str, int] = {}
    for flow in flows.values():
        out[flow.get("sourceRef")] = out.get(flow.get("sourceRef"), 0) + 1
    found = []
    for one, other in combinations(lines(root).items(), 2):
        a, b = flows[one[0]], flows[other[0]]
        fan = a.get("sourceRef") == b.get("sourceRef") and out[a.get("sourceRef")] > 3
        if a.get("targetRef") == b.get("targetRef") or fan:
            continue
        found += [(one[0], other[0]) for s, t in product(pairwise(one[1]), pairwise(other[1])) if cross(s, t)]
    assert found == []


def test_every_node_and_flow_is_drawn(root):
    drawn, edges = shapes(root), lines(root)
    assert [n.get("id") for n in nodes(root) if n.get("id") not in drawn] == []
    flows = root.findall(".//bpmn:sequenceFlow", NS)
    assert [f.get("id") for f in flows if len(edges.get(f.get("id"), [])) < 2] == []


def test_every_shape_lies_inside_its_lane(root):
    drawn = shapes(root)
    placed = {}
    for lane in root.iterfind(".//bpmn:lane", NS):
        left, top, right, bottom = drawn[lane.get("id")]
        for reference in lane.iterfind("bpmn:flowNodeRef", NS):
            placed[reference.text] = placed.get(reference.text, 0) + 1
            x, y, x2, y2 = drawn[reference.text]
            assert left < x, reference.text
            assert x2 < right, reference.text
            assert top < y, reference.text
            assert y2 < bottom, reference.text
    assert placed == {n.get("id"): 1 for n in nodes(root)}


def test_no_two_shapes_overlap(root):
    drawn = {n.get("id"): shapes(root)[n.get("id")] for n in nodes(root)}
    assert [pair for pair in combinations(drawn, 2) if overlap(drawn[pair[0]], drawn[pair[1]])] == []


def test_labels_cover_no_shape_and_no_other_label(root):
    drawn = {n.get("id"): shapes(root)[n.get("id")] for n in nodes(root)}
    written = labels(root)
    assert [(a, b) for a in written for b in drawn if overlap(written[a], drawn[b])] == []
    assert [pair for pair in combinations(written, 2) if overlap(written[pair[0]], written[pair[1]])] == []


def test_lines_are_upright_and_run_through_no_shape_and_no_label(root):
    drawn = {n.get("id"): shapes(root)[n.get("id")] for n in nodes(root)}
    solid = {**{f"label of {key}": found for key, found in labels(root).items()}, **drawn}
    faults = []
    for key, points in lines(root).items():
        for (x1, y1), (x2, y2) in pairwise(points):
            if x1 != x2 and y1 != y2:
                faults.append((key, "slanted"))
            segment = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
            thin = (segment[0] - 0.5, segment[1] - 0.5, segment[2] + 0.5, segment[3] + 0.5)
            for other, found in solid.items():
                inner = (found[0] + 2, found[1] + 2, found[2] - 2, found[3] - 2)
                if overlap(thin, inner):
                    faults.append((key, other))
    assert faults == []


def test_lines_start_and_end_at_what_they_join(root):
    drawn, edges = shapes(root), lines(root)
    faults = []
    for flow in root.iterfind(".//bpmn:sequenceFlow", NS):
        points = edges[flow.get("id")]
        for (x, y), at in ((points[0], flow.get("sourceRef")), (points[-1], flow.get("targetRef"))):
            left, top, right, bottom = drawn[at]
            on_side = left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1
            if not on_side:
                faults.append((flow.get("id"), at))
    assert faults == []


def test_a_drawing_is_narrow_enough_to_read(root):
    pool = root.find(".//bpmn:participant", NS).get("id")
    left, _, right, _ = shapes(root)[pool]
    assert right - left <= 2700


def test_everything_is_named_in_chinese(root):
    named = [*nodes(root), *root.iterfind(".//bpmn:lane", NS), *root.iterfind(".//bpmn:participant", NS)]
    assert [n.get("id") for n in named if not CHINESE.search(n.get("name") or "")] == []


def test_a_gateway_that_asks_has_named_answers_and_a_default(root):
    flows = root.findall(".//bpmn:sequenceFlow", NS)
    for gateway in root.iterfind(".//bpmn:exclusiveGateway", NS):
        out = [f for f in flows if f.get("sourceRef") == gateway.get("id")]
        if len(out) == 1:
            continue
        assert gateway.get("name").endswith("？"), gateway.get("id")
        assert [f.get("id") for f in out if not CHINESE.search(f.get("name") or "")] == []
        asked = {f.get("id") for f in out if f.find("bpmn:conditionExpression", NS) is not None}
        assert {f.get("id") for f in out} - asked == {gateway.get("default")}


def test_only_gateways_join_flows(root):
    joined = [f.get("targetRef") for f in root.iterfind(".//bpmn:sequenceFlow", NS)]
    tasks = {n.get("id") for n in nodes(root) if not etree.QName(n).localname.endswith("Gateway")}
    assert [target for target in tasks if joined.count(target) > 1] == []


def test_user_tasks_and_forms_fit_one_to_one():
    used: dict[str, str] = {}
    for path in MODELS:
        for task in etree.parse(str(path)).iterfind(".//bpmn:userTask", NS):
            forms = task.xpath(".//s:property[@name='form']/@value", namespaces=NS)
            assert len(forms) == 1, task.get("id")
            assert task.get("id") not in used, task.get("id")
            used[task.get("id")] = forms[0]
    assert set(used.values()) == {path.stem for path in (BPMN / "forms").glob("*.form")}


def test_notices_and_decisions_are_all_used_and_all_there():
    roots = [etree.parse(str(path)) for path in MODELS]
    notices = {n for r in roots for n in r.xpath("//s:property[@name='notice']/@value", namespaces=NS)}
    decisions = {d.text for r in roots for d in r.iterfind(".//s:calledDecisionId", NS)}
    assert notices <= {path.stem for path in (BPMN / "notices").glob("*.html")}
    assert decisions <= {path.stem for path in (BPMN / "decisions").glob("*.dmn")}


def test_a_form_reads_only_tasks_that_exist_and_fields_that_they_have():
    fields = {path.stem: json.loads(path.read_text()) for path in (BPMN / "forms").glob("*.form")}
    forms_of, begins = {}, set()
    for path in MODELS:
        drawn = etree.parse(str(path)).getroot()
        for task in drawn.iterfind(".//bpmn:userTask", NS):
            forms_of[task.get("id")] = task.xpath(".//s:property[@name='form']/@value", namespaces=NS)[0]
        if drawn.xpath("//bpmn:process//s:property[@name='start']", namespaces=NS):
            first = drawn.find(".//bpmn:startEvent/bpmn:outgoing", NS).text
            (at,) = drawn.xpath(f"//bpmn:sequenceFlow[@id='{first}']/@targetRef", namespaces=NS)
            begins |= {forms_of[at]} if at in forms_of else set()

    def walk(component):
        yield component
        for each in component.get("components", []):
            yield from walk(each)

    for name, schema in fields.items():
        for component in walk(schema):
            source = component.get("properties", {}).get("from") if component.get("properties") else None
            if source:
                task, field = source.split(".")
                wanted = begins if task == "start" else {forms_of[task]}
                keys = {c.get("key") or c.get("path") for each in wanted for c in walk(fields[each])}
                assert field in keys, f"{name}.{component['id']}"
