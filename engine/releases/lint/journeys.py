"""Every way that a case can take from its start, with the processes that it calls drawn in where they are called.

Each call has a copy of its own, so that who enters at one call never leaves at another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.releases.lint.model import Flow, Node, Process
from engine.releases.lint.release import Release

#: Elements of a case with everything it calls; a larger one is not one that a person can follow.
LARGEST = 4_000


@dataclass(eq=False, slots=True)
class Place:
    """A flow node at one call. A call activity is two places: where the case goes in (`inside` false), and where it
    comes back (`back`)."""

    node: Node
    process: Process
    back: bool = False
    ways: list[Way] = field(default_factory=list)
    #: How many ways lead here.
    entries: int = 0

    @property
    def joins(self) -> bool:
        """Whether it waits for all of its ways."""
        return self.node.kind == "parallelGateway" and self.entries > 1

    @property
    def chooses(self) -> bool:
        """Whether it takes one of its ways, by what is known of the case."""
        return self.node.kind == "exclusiveGateway" and len(self.ways) > 1

    @property
    def parts(self) -> bool:
        """Whether it takes all of its ways."""
        return self.node.kind == "parallelGateway" and len(self.ways) > 1


@dataclass(eq=False, slots=True)
class Way:
    """From one place to the next; `flow` is the sequence flow, or None where a call begins or ends."""

    source: Place
    target: Place
    flow: Flow | None = None


@dataclass(eq=False)
class Journey:
    """All places of the cases of one process, in the order in which they were drawn in."""

    root: Process
    start: Place
    places: list[Place]

    @property
    def ends(self) -> list[Place]:
        """Where the case ends, and not only a call."""
        return [each for each in self.places if each.node.kind == "endEvent" and each.process is self.root]


def roots(release: Release) -> list[Process]:
    """The processes that a case can be of: what is started, and what nobody calls."""
    return [
        process
        for key, process in release.processes.items()
        if process.properties.get("start") or key not in release.called
    ]


def journey(release: Release, root: Process) -> Journey | None:
    """The ways of a process's cases, not whole when they have more than `LARGEST` places. None when some process has
    not exactly one start or calls lead back to their caller: both are said elsewhere."""
    if not _finite(release, root):
        return None
    places: list[Place] = []
    made = _draw(root, places)
    if made is None:
        return None
    start, waiting = made[0], [made[1]]
    while waiting:
        copies = waiting.pop()
        for node, (here, back) in copies.items():
            if back is None:
                continue
            callee = release.processes.get(node.called)
            if callee is None:  # Said elsewhere; the rest of the way is looked at all the same.
                _connect(here, back)
                continue
            made = _draw(callee, places)
            if made is None:
                return None
            if len(places) > LARGEST:
                return Journey(root, start, places)
            begun, inner = made
            _connect(here, begun)
            for place, _ in inner.values():
                if place.node.kind == "endEvent":
                    _connect(place, back)
            waiting.append(inner)
    return Journey(root, start, places)


def _finite(release: Release, root: Process) -> bool:
    """Whether what it calls, directly or not, never leads back."""
    seen, stack = {root.id}, [root.id]
    while stack:
        key = stack.pop()
        if any(release.group.get(each) == release.group.get(key) for each in release.calls.get(key, ())):
            return False
        for each in release.calls.get(key, ()):
            if each not in seen:
                seen.add(each)
                stack.append(each)
    return True


def _draw(process: Process, places: list[Place]) -> tuple[Place, dict[Node, tuple[Place, Place | None]]] | None:
    """A copy of a process: its start, and of each node where one comes to it and, for a call, where one comes back."""
    starts = process.of("startEvent")
    if len(starts) != 1:
        return None
    copies: dict[Node, tuple[Place, Place | None]] = {}
    for node in process.nodes:
        here = Place(node, process)
        places.append(here)
        back = None
        if node.called:
            back = Place(node, process, back=True)
            places.append(back)
        copies[node] = here, back
    for flow in process.flows:
        here, back = copies[flow.source]
        _connect(back or here, copies[flow.target][0], flow)
    return copies[starts[0]][0], copies


def _connect(source: Place, target: Place, flow: Flow | None = None) -> None:
    source.ways.append(Way(source, target, flow))
    target.entries += 1


def words(places: Iterable[Place]) -> str:
    """A way in words: its tasks, and at each question the answer that was taken."""
    told: list[str] = []
    places = list(places)
    for place, following in zip(places, [*places[1:], None], strict=True):
        node = place.node
        if place.back or node.kind in ("startEvent", "parallelGateway"):
            continue
        if node.kind == "endEvent" and following is not None:
            continue
        if node.kind == "exclusiveGateway":
            taken = next((way.flow for way in place.ways if way.target is following), None)
            if place.chooses and taken is not None:
                told.append(f"{node.title}{taken.name or f'→{taken.target.title}'}")
            continue
        told.append(node.title)
    if len(told) > _LONGEST:
        told = [*told[:_BEGINNING], "…", *told[-(_LONGEST - _BEGINNING) :]]
    return " → ".join(told)


#: Steps of a way that are told, and how many of them from its beginning.
_LONGEST, _BEGINNING = 14, 3
