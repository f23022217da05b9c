"""What the editor does without a browser: files written again, texts of the grammar, the order of a gateway."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.clocks.orders import parse as parse_orders
from engine.ladders.steps import parse as parse_ladder
from engine.releases import xml
from engine.releases.lint.model import read
from engine.spiff.parser import parse

NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="no node here"),
    pytest.mark.skipif(not Path("node_modules/bpmn-moddle").is_dir(), reason="the front end was not built here"),
]
FILES = sorted(str(each) for each in Path("bpmn").glob("*.bpmn"))


@pytest.fixture(scope="module")
def nodes() -> list[Any]:
    read_all = [read(file, xml.parse(Path(file).read_bytes()), 0) for file in FILES]
    return [node for model in read_all for process in model.processes for node in process.nodes]


def run(**given: Any) -> dict[str, Any]:
    script = Path(__file__).with_name("modeler_parts.mjs")
    done = subprocess.run(
        [str(NODE), str(script)], input=json.dumps(given), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def meaning(data: bytes) -> Any:
    """All elements with their attributes, texts and children; the layout of the text is nothing."""

    def said(node: Any) -> Any:
        return (
            node.tag,
            sorted(node.attrib.items()),
            (node.text or "").strip(),
            [said(each) for each in node if isinstance(each.tag, str)],
        )

    return said(xml.parse(data))


def test_every_shipped_drawing_is_written_as_it_was_read():
    written = run(files=FILES)["written"]
    for file in FILES:
        assert meaning(written[file].encode()) == meaning(Path(file).read_bytes()), file


def test_ladders_and_clocks_of_the_shipped_drawings_pass_through_the_panels_rows(nodes):
    ladders = sorted({node.own["ladder"] for node in nodes if "ladder" in node.own})
    clocks = sorted({node.own["clock"] for node in nodes if "clock" in node.own})
    assert len(ladders) > 3
    assert len(clocks) > 20
    made = run(ladders=ladders, clocks=clocks)
    for given, back in zip(ladders, made["ladders"], strict=True):
        assert parse_ladder(back) == parse_ladder(given)
    for given, back in zip(clocks, made["clocks"], strict=True):
        assert parse_orders(back) == parse_orders(given)


def test_ways_out_stand_in_the_order_in_which_the_engine_takes_them():
    """Every gateway of the shipped drawings, as SpiffWorkflow parsed it."""
    specs = parse({Path(file).name: Path(file).read_bytes() for file in FILES})
    asked, right = [], []
    for file in FILES:
        root = xml.parse(Path(file).read_bytes())
        heights = {
            shape.get("bpmnElement"): float(shape.find("{*}Bounds").get("y")) for shape in root.iter("{*}BPMNShape")
        }
        (process,) = read(file, root, 0).processes
        for node in process.of("exclusiveGateway", "parallelGateway"):
            flows = process.outgoing[node]
            if len(flows) > 1:
                asked.append([{"id": flow.target.id, "y": heights[flow.target.id]} for flow in flows])
                right.append([each.name for each in specs[process.id][0].task_specs[node.id].outputs])
    assert len(asked) > 60
    assert run(targets=asked)["ordered"] == right
