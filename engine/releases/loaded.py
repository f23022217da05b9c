"""A release in memory: parsed once a process, never changed, shared by all threads."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from engine.clocks.catalogue import FILE as CLOCKS
from engine.clocks.catalogue import ClockSpec
from engine.clocks.catalogue import read as read_clocks
from engine.decisions.tables import Decision
from engine.decisions.tables import parse as parse_decision
from engine.forms.model import Form
from engine.forms.schema import load as load_form
from engine.releases import starts, xml
from engine.spiff.parser import parse as parse_specs
from engine.statutes import register, rules

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


@dataclass(frozen=True)
class ElementInfo:
    """A flow node of a process as the drawing has it. `properties` already include what its lane gives."""

    id: str
    name: str
    process_id: str
    kind: str
    properties: Mapping[str, str] = field(default_factory=dict)
    #: How it is done, in the words of the process owner (`bpmn:documentation`).
    help: str = ""


@dataclass(frozen=True)
class ProcessInfo:
    """A process of the release. `start_element` is its first user task, whose form starts a case."""

    id: str
    name: str
    path: str
    xml: bytes
    properties: Mapping[str, str]
    elements: Mapping[str, ElementInfo]
    flows: tuple[tuple[str, str, str], ...]

    @property
    def scheme(self) -> str | None:
        return self.properties.get("scheme")

    @property
    def begins(self) -> str | None:
        """How a case of it begins: `case` (people start it), `linked` (people start it at another case), `system`
        (only the system opens it); None when other processes call it and nobody starts it."""
        return self.properties.get("start")

    @property
    def start(self) -> bool:
        """Whether people may start a case of it anywhere."""
        return self.begins == "case"

    @cached_property
    def starters(self) -> tuple[str, ...]:
        """The roles that may start it."""
        return starts.names(self.properties.get("starters", "")) or starts.STARTERS

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The processes at whose cases it is started; `*` for all."""
        return starts.names(self.properties.get("parents", ""))

    @cached_property
    def seen_by(self) -> tuple[str, ...]:
        """The roles that may see its cases; empty when everybody may whose duty lies in the area."""
        return starts.names(self.properties.get("seen_by", ""))

    @property
    def kept_for(self) -> str | None:
        """The same as an instance keeps it: `,discipline,head,`."""
        return f",{','.join(self.seen_by)}," if self.seen_by else None

    @property
    def group(self) -> str:
        """Under which heading people find it."""
        return self.properties.get("group", starts.GROUP)

    @cached_property
    def opens_with(self) -> dict[str, str]:
        """The scalars that its flow begins with: name → text, number or boolean."""
        return dict(starts.pairs(self.properties.get("opens_with", "")))

    @property
    def ends_with_parent(self) -> bool:
        """Whether a case of it ends when the case at which it was started is ended before its time."""
        return self.properties.get("with_parent") == "end"


@dataclass(frozen=True)
class LoadedRelease:
    """All of a release: SpiffWorkflow's specs, forms, decisions, notice templates, and what the drawings say."""

    id: str
    files: Mapping[str, bytes]
    specs: Mapping[str, tuple[Any, dict[str, Any]]]
    processes: Mapping[str, ProcessInfo]
    forms: Mapping[str, Form]
    decisions: Mapping[str, Decision]
    notices: Mapping[str, str]
    clocks: Mapping[str, ClockSpec] = field(default_factory=dict)

    @cached_property
    def statutes(self) -> register.Statutes:
        """The clauses as they were when the release was made, so that a case shows those of its own day."""
        return register.read(self._catalogue(register.FILE))[0]

    @cached_property
    def mandatory(self) -> rules.Rules:
        """The steps that no drawing of the release may skip."""
        return rules.read(self._catalogue(rules.FILE))[0]

    def _catalogue(self, name: str) -> bytes:
        return next((data for path, data in self.files.items() if PurePosixPath(path).name == name), b"{}")

    def element(self, process_id: str, element_id: str) -> ElementInfo:
        """The element of a process; KeyError for a stranger."""
        return self.processes[process_id].elements[element_id]

    @property
    def elements(self) -> dict[str, ElementInfo]:
        """User tasks by id (their ids are unique in a release)."""
        return {e.id: e for p in self.processes.values() for e in p.elements.values() if e.kind == "userTask"}

    def first_task(self, process_id: str) -> ElementInfo:
        """The user task that a case of this process begins with, through call activities."""
        process = self.processes[process_id]
        at = next(e.id for e in process.elements.values() if e.kind == "startEvent")
        while True:
            at = next(target for source, target, _ in process.flows if source == at)
            element = process.elements[at]
            if element.kind == "userTask":
                return element
            if element.kind == "callActivity":
                return self.first_task(element.properties["calledElement"])


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files of a release as they are stored."""
    texts = {path: files[path].decode() for path in sorted(files)}
    return zlib.compress(json.dumps(texts, ensure_ascii=False).encode())


def unpack(stored: bytes) -> dict[str, bytes]:
    """What `pack` stored."""
    return {path: text.encode() for path, text in json.loads(zlib.decompress(stored)).items()}


def load(release_id: str, files: Mapping[str, bytes]) -> LoadedRelease:
    """Parses a release that the lint has passed."""
    processes: dict[str, ProcessInfo] = {}
    forms, decisions, notices, clocks = {}, {}, {}, {}
    for path, data in files.items():
        name = PurePosixPath(path)
        if name.suffix == ".bpmn":
            processes.update((p.id, p) for p in read_processes(path, data))
        elif name.suffix == ".form":
            forms[name.stem] = load_form(data, name.stem)[0]
        elif name.suffix == ".dmn":
            for decision in parse_decision(data):
                decisions[decision.id] = decision
        elif name.suffix == ".html":
            notices[name.stem] = data.decode()
        elif name.name == CLOCKS:
            clocks = read_clocks(data)[0]
    return LoadedRelease(release_id, files, parse_specs(files), processes, forms, decisions, notices, clocks)


def read_processes(path: str, data: bytes) -> list[ProcessInfo]:
    """The processes of a BPMN file with their elements, lanes resolved into properties."""
    root = xml.parse(data)
    return [
        ProcessInfo(
            id=node.get("id"),
            name=_process_name(root, node),
            path=path,
            xml=data,
            properties=_properties(node),
            elements=_elements(node),
            flows=tuple(
                (flow.get("sourceRef"), flow.get("targetRef"), flow.get("id"))
                for flow in node.iter(f"{BPMN}sequenceFlow")
            ),
        )
        for node in root.iter(f"{BPMN}process")
    ]


def _process_name(root: Any, process: Any) -> str:
    for participant in root.iter(f"{BPMN}participant"):
        if participant.get("processRef") == process.get("id") and participant.get("name"):
            return participant.get("name")
    return process.get("name") or process.get("id")


def _elements(process: Any) -> dict[str, ElementInfo]:
    inherited: dict[str, dict[str, str]] = {}
    for lane in process.iter(f"{BPMN}lane"):
        given = {k: v for k, v in _properties(lane).items() if k in ("role", "area")}
        for reference in lane.findall(f"{BPMN}flowNodeRef"):
            inherited[(reference.text or "").strip()] = given
    elements = {}
    for node in process:
        if not isinstance(node.tag, str) or not node.get("id"):
            continue
        kind = node.tag.removeprefix(BPMN)
        if kind in ("laneSet", "sequenceFlow", "extensionElements", "textAnnotation", "association", "documentation"):
            continue
        properties = {**inherited.get(node.get("id"), {}), **_properties(node)}
        if node.get("calledElement"):
            properties["calledElement"] = node.get("calledElement")
        elements[node.get("id")] = ElementInfo(
            node.get("id"), node.get("name") or node.get("id"), process.get("id"), kind, properties, documentation(node)
        )
    return elements


def documentation(node: Any) -> str:
    """What the drawing says about a node for whoever does it: plain text, one paragraph a line."""
    said = (line.strip() for each in node.findall(f"{BPMN}documentation") for line in (each.text or "").splitlines())
    return "\n".join(line for line in said if line)


def _properties(node: Any) -> dict[str, str]:
    found = node.findall(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property")
    return {each.get("name"): each.get("value") for each in found if each.get("name")}
