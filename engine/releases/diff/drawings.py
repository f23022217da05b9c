"""Two states of a drawing: its elements, what they say, and where they are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.actors import ROLES
from engine.releases import xml
from engine.releases.diff.changes import Change, Part, compare_facts, cut, reordered
from engine.releases.diff.nodes import NODE_WORDS, facts, flow_facts, parts_beside
from engine.releases.lint.model import BPMN, Process, properties_of, read
from engine.releases.lint.model import WORDS as KINDS

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"

Key = tuple[str, str]
Place = tuple[float, ...]


@dataclass
class Drawing:
    """A file as it is compared: parts by process and id, the places of shapes, the order of branches."""

    parts: dict[Key, Part] = field(default_factory=dict)
    #: {element: x, y, width, height} of shapes, {element: x, y, x, y, …} of lines.
    shapes: dict[str, Place] = field(default_factory=dict)
    lines: dict[str, Place] = field(default_factory=dict)
    #: {(process, gateway): the flows that leave it, the first judged first}
    orders: dict[Key, list[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


def load(path: str, data: bytes) -> Drawing:
    """The drawing in a file; Unparsable when it is none."""
    root = xml.parse(data)
    model = read(path, root, 0)
    drawing = Drawing()
    _places(drawing, root)
    for process in model.processes:
        _process(drawing, process)
    for part in parts_beside(root):
        drawing.parts.setdefault((part.process, part.id), part)
    return drawing


def compare(old: Drawing, new: Drawing) -> tuple[list[Change], list[Key]]:
    """What differs, in words, and what was only drawn elsewhere."""
    twins = dict(_twins(old, new))
    changes = list(_came_and_went(old, new, twins))
    for key, part in new.parts.items():
        other = old.parts.get(key) or old.parts.get(twins.get(key, ("", "")))
        if other is not None:
            changes += compare_facts(other, part, NODE_WORDS)
    changes += _orders(old, new)
    said = {(change.process, change.element) for change in changes}
    moved = [key for key in _moved(old, new) if key not in said]
    return changes, moved


def _process(drawing: Drawing, process: Process) -> None:
    own = {f"property.{name}": value for name, value in process.properties.items()}
    own |= {f"attribute.{name}": value for name, value in process.element.attrib.items() if name not in ("id", "name")}
    drawing.parts[("", process.ref)] = Part(process.ref, process.title, "流程", own, process.ref)
    drawing.titles[process.ref] = process.title
    lanes = _lanes(process)
    for node in process.nodes:
        given = facts(node.element, node.kind, node.own)
        if node.id in lanes:
            given["lane"] = lanes[node.id]
        shown = {}
        if (default := process.default(node)) is not None:
            given["default"], shown["default"] = default.ref, default.title
        kind = KINDS.get(node.kind, node.kind)
        drawing.parts[(process.ref, node.ref)] = Part(node.ref, node.name, kind, given, process.ref, shown)
        leaving = process.outgoing[node]
        if len(leaving) > 1 and node.kind in ("exclusiveGateway", "inclusiveGateway"):
            # The engine judges the branches from the top of the drawing to its bottom (spiffworkflow.md §9).
            below = sorted(leaving, key=lambda flow: drawing.shapes.get(flow.target.id, (0.0, 0.0))[1])
            drawing.orders[(process.ref, node.ref)] = [flow.ref for flow in below]
            drawing.titles |= {flow.ref: flow.title for flow in below}
    for flow in process.flows:
        given, ends = flow_facts(flow), {"source": flow.source.title, "target": flow.target.title}
        drawing.parts[(process.ref, flow.ref)] = Part(flow.ref, flow.name, "连线", given, process.ref, ends)
        drawing.titles.setdefault(flow.ref, flow.title)
    for loose in process.dangling:
        ref = loose.get("id") or f"连线（第{loose.sourceline}行）"
        given = {"source": loose.get("sourceRef") or "", "target": loose.get("targetRef") or ""}
        drawing.parts[(process.ref, ref)] = Part(ref, loose.get("name") or "", "连线", given, process.ref)
    for lane in process.element.iter(f"{BPMN}lane"):
        given = {f"property.{name}": value for name, value in properties_of(lane).items()}
        ref = lane.get("id") or lane.get("name") or "lane"
        drawing.parts[(process.ref, ref)] = Part(ref, lane.get("name") or "", "泳道", given, process.ref)


def _lanes(process: Process) -> dict[str, str]:
    """{node: the name of its lane}."""
    found = {}
    for lane in process.element.iter(f"{BPMN}lane"):
        for reference in lane.iterchildren(f"{BPMN}flowNodeRef"):
            found[(reference.text or "").strip()] = lane.get("name") or lane.get("id") or ""
    return found


def _places(drawing: Drawing, root: Any) -> None:
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(f"{DC}Bounds")
        if bounds is not None:
            sizes = tuple(_number(bounds.get(each)) for each in ("x", "y", "width", "height"))
            drawing.shapes[shape.get("bpmnElement") or ""] = sizes
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = tuple(_number(point.get(each)) for point in edge.iter(f"{DD}waypoint") for each in ("x", "y"))
        drawing.lines[edge.get("bpmnElement") or ""] = points


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _twins(old: Drawing, new: Drawing) -> Iterator[tuple[Key, Key]]:
    """What has another id and is the same all the same: the only one of its kind and name in the process, or the only
    line between the same two."""
    gone = {_likeness(part): key for key, part in _unique(old, new).items()}
    for key, part in _unique(new, old).items():
        if _likeness(part) in gone:
            yield key, gone[_likeness(part)]


def _unique(one: Drawing, other: Drawing) -> dict[Key, Part]:
    """The parts that the other one lacks, without those that cannot be told apart."""
    lacking = {key: part for key, part in one.parts.items() if key not in other.parts}
    counted = Counter(_likeness(part) for part in lacking.values())
    return {key: part for key, part in lacking.items() if _likeness(part)[2] and counted[_likeness(part)] == 1}


def _likeness(part: Part) -> tuple[str, str, str]:
    if part.kind == "连线":
        return part.process, part.kind, f"{part.facts.get('source', '')} → {part.facts.get('target', '')}"
    return part.process, part.kind, part.name


def _came_and_went(old: Drawing, new: Drawing, twins: dict[Key, Key]) -> Iterator[Change]:
    taken = set(twins.values())
    gone = {key: part for key, part in old.parts.items() if key not in new.parts and key not in taken}
    come = {key: part for key, part in new.parts.items() if key not in old.parts and key not in twins}
    elsewhere = {part.id: part for part in gone.values()}
    for key, twin in twins.items():
        part = new.parts[key]
        if part.kind != "连线":
            text = f"{part.title}的标识由“{old.parts[twin].id}”改为“{part.id}”"
            yield Change(part.id, part.name, "changed", text, part.process)
    arrived = {part.id for part in come.values()}
    for part in gone.values():
        if part.id not in arrived:
            yield Change(part.id, part.name, "removed", f"删除{_told(part)}", part.process)
    for part in come.values():
        before = elsewhere.get(part.id)
        if before is None:
            yield Change(part.id, part.name, "added", f"新增{_told(part)}", part.process)
        else:
            where = old.titles.get(before.process, before.process)
            text = f"{part.title}由流程“{where}”移到“{new.titles.get(part.process, part.process)}”"
            yield Change(part.id, part.name, "moved", text, part.process)


def _told(part: Part) -> str:
    """A part that came or went: of a line where it leads, of a task who does it."""
    if part.kind == "连线":
        condition = part.facts.get("condition", "")
        ends = " → ".join(part.shown.get(each) or part.facts.get(each, "") for each in ("source", "target"))
        return f"连线“{cut(ends)}”" + (f"（条件 {cut(condition)}）" if condition else "")
    role = part.facts.get("property.role", "")
    return part.title + (f"（{ROLES.get(role, role)}办理）" if role else "")


def _orders(old: Drawing, new: Drawing) -> Iterator[Change]:
    for key, order in new.orders.items():
        before = old.orders.get(key)
        if before is None or not reordered(before, order):
            continue
        both = set(before) & set(order)
        one = cut("、".join(old.titles[each] for each in before if each in both))
        other = cut("、".join(new.titles[each] for each in order if each in both))
        part = new.parts[key]
        text = f"{part.title}：分支自上而下的先后由“{one}”改为“{other}”，在上的先判断"
        yield Change(part.id, part.name, "changed", text, part.process)


def _moved(old: Drawing, new: Drawing) -> list[Key]:
    """What was drawn elsewhere. A drawing that was shifted as a whole moved nothing."""
    both = [key for key in new.parts if key[1] in old.shapes and key[1] in new.shapes]
    shifts = Counter(_shift(old.shapes[key], new.shapes[key]) for _, key in both)
    usual, times = shifts.most_common(1)[0] if shifts else ((0.0, 0.0), 0)
    if times * 2 <= len(both):
        usual = (0.0, 0.0)
    found = []
    for key in new.parts:
        shape, line = old.shapes.get(key[1]), old.lines.get(key[1])
        if shape is not None and key[1] in new.shapes:
            stays = (shape[0] + usual[0], shape[1] + usual[1], *shape[2:]) == new.shapes[key[1]]
        elif line is not None and key[1] in new.lines:
            stays = tuple(value + usual[at % 2] for at, value in enumerate(line)) == new.lines[key[1]]
        else:
            stays = True
        if not stays:
            found.append(key)
    return found


def _shift(before: Place, after: Place) -> tuple[float, float]:
    return after[0] - before[0], after[1] - before[1]
