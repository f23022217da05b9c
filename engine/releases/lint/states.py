"""What a case can look like at each element: which variables have a value, and what is known of their values.

A walk over the drawing with a *set* of states at each element, one for each kind of past. A choice on `accepted`
parts the states in which an operation fixed it to true from those in which it is false, so that what only the first
ones have may be read behind it. Where the states become too many they are drawn together into what all have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product
from math import prod
from typing import Any, NamedTuple

from engine import feel
from engine.errors import DoudiError
from engine.releases.lint import graph, naming
from engine.releases.lint.beginnings import initial
from engine.releases.lint.model import Flow, Node, Process
from engine.releases.lint.release import Release

#: States kept apart at an element.
MOST = 48
#: Visits of an element before its states are drawn together: states may chase one another round a loop for ever.
PATIENCE = 12
#: Elements of a process that is walked; a larger one is refused anyway.
LARGEST = 400

_NAME = re.compile(r"\s*([^\W\d]\w*)\s*")
_NOT = re.compile(r"\s*not\s*\(\s*([^\W\d]\w*)\s*\)\s*")
_IS = re.compile(r'\s*([^\W\d]\w*)\s*=\s*("[^"\\]*"|true|false)\s*')


UNKNOWN = "\0"
#: A text that is none of those that a condition names.
OTHER = "\1"
#: Combinations of unknown values that are tried on a condition.
TRIED = 16


class Known(NamedTuple):
    """What is known of a variable: its value (`UNKNOWN` when not), and which operation set it, if one did."""

    value: Any = UNKNOWN
    by: str | None = None


@dataclass(frozen=True)
class State:
    """The variables that have a value, with the steps that were taken (`task visit`, `operation people.accept`).

    What is `excused` may be missing only because an earlier choice, on a value that its operation does not declare,
    could not be followed: nobody is blamed for it.
    """

    names: frozenset[str] = frozenset()
    known: frozenset[tuple[str, Known]] = frozenset()
    excused: frozenset[str] = frozenset()

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The variables whose value is known."""
        return {name: known.value for name, known in self.known if known.value != UNKNOWN}

    @cached_property
    def kind(self) -> frozenset[tuple[str, str]]:
        """What is known of the values, to be compared: the truth `true` is not the number 1."""
        return frozenset((name, repr(value)) for name, value in self.values.items())

    def learn(self, name: str, value: Any) -> State:
        """The same state in which a variable turned out to be `value`."""
        maker = next((known.by for other, known in self.known if other == name), None)
        return self.given(frozenset([name]), frozenset([(name, Known(value, maker))]))

    def having(self, names: frozenset[str]) -> State:
        """The same state with these names: what was read here has a value, or the case stopped here."""
        return self if names <= self.names else State(self.names | names, self.known, self.excused - names)

    def given(
        self, fresh: frozenset[str], known: frozenset[tuple[str, Known]], excused: frozenset[str] = frozenset()
    ) -> State:
        """The state after the variables `fresh` were set anew."""
        kept = frozenset([each for each in self.known if each[0] not in fresh])
        have = self.names | fresh
        return State(have, kept | known, (self.excused | excused) - have)


States = frozenset[State]
EMPTY: States = frozenset([State()])


def grouped(states: States, asked: frozenset[str] = frozenset()) -> States:
    """One state for each that is known of the values, with what all of the kind have; when these kinds are too many,
    one for each that is known of the values that the process itself asks for; then one for all. What a choice can
    still tell apart is not drawn together."""
    every = frozenset(name for state in states for name in state.values)
    kinds = {state.kind for state in states}
    return settled(states, every if len(kinds) <= MOST else asked)


def settled(states: States, asked: frozenset[str]) -> States:
    """One state for each that is known of what the process asks for. Pasts that are added to these can only take away
    from what such a state has."""
    kinds: dict[frozenset[tuple[str, str]], set[State]] = {}
    for state in states:
        kind = frozenset(each for each in state.kind if each[0] in asked)
        kinds.setdefault(kind, set()).add(state)
    if len(kinds) > MOST:
        return together(states)
    return frozenset(each for kind in kinds.values() for each in together(frozenset(kind)))


def together(states: States) -> States:
    """One state, with what all of them have."""
    if not states:
        return states
    names = frozenset.intersection(*(state.names for state in states))
    known = frozenset.intersection(*(state.known for state in states))
    excused = frozenset.intersection(*(state.names | state.excused for state in states)) - names
    return frozenset([State(names, known, excused)])


def lacks(states: States, *any_of: str) -> bool:
    """Whether a case can be here without a value of (any of) these names."""
    wanted = frozenset(any_of)
    return any(not wanted & (state.names | state.excused) for state in states)


class Walk:
    """All processes of a release: those that are called first, then, from outside in, with what their callers have."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.ends: dict[str, States] = {}
        self.asked: frozenset[str] = frozenset()
        self.returned: dict[Node, dict[State, list[State]]] = {}
        self.said: dict[tuple[str, frozenset[tuple[str, str]]], bool | None] = {}
        self.before: dict[Node, States] = {}
        self.after: dict[Node, States] = {}
        order = [key for members in graph.components(release.calls) for key in members]
        for key in order:
            process = release.processes[key]
            _, after = self._process(process, EMPTY)
            ends: States = frozenset().union(*(after.get(node, frozenset()) for node in process.of("endEvent")))
            self.ends[key] = ends if len(ends) <= MOST else grouped(ends)
        entry: dict[str, States] = {}
        for key in reversed(order):
            process = release.processes[key]
            states = entry.get(key, frozenset())
            if not states or initial(process):
                states |= frozenset([State(frozenset(initial(process)))])
            before, after = self._process(process, states if len(states) <= MOST else grouped(states))
            self.before.update(before)
            self.after.update(after)
            for node in process.of("callActivity"):
                if node.called in release.processes:
                    entry[node.called] = entry.get(node.called, frozenset()) | before.get(node, frozenset())

    def _process(self, process: Process, entry: States) -> tuple[dict[Node, States], dict[Node, States]]:
        before: dict[Node, States] = {}
        after: dict[Node, States] = {}
        over: dict[Flow, States] = {}
        crowded: set[Node] = set()
        self.returned = {}
        visits: dict[Node, int] = {}
        self.asked = self._asks(process)
        if len(process.nodes) > LARGEST or len(process.flows) > 2 * LARGEST:
            return before, after
        waiting = dict.fromkeys(process.of("startEvent"))
        while waiting:
            node = next(iter(waiting))
            del waiting[node]
            found = self._enter(process, node, entry, over)
            if not found:
                continue
            visits[node] = visits.get(node, 0) + 1
            if len(found) > MOST or visits[node] > PATIENCE:
                found = grouped(found, self.asked)
            if visits[node] > 2 * PATIENCE or node in crowded:
                # From here on what is known at the node can only shrink, so that the walk comes to an end.
                found = settled(found | (before[node] if node in crowded else frozenset()), self.asked)
                crowded.add(node)
            before[node] = found
            left = self._pass(node, found)
            if node in after and after[node] == left:
                continue
            after[node] = left
            for flow, states in self._leave(process, node, left):
                if over.get(flow) != states:
                    over[flow] = states
                    waiting[flow.target] = None
        return before, after

    def _asks(self, process: Process) -> frozenset[str]:
        """The variables that the choices of a process read."""
        look = self.release.expressions.look
        return frozenset().union(*(look(flow.condition).names for flow in process.flows if flow.condition))

    def _enter(self, process: Process, node: Node, entry: States, over: Mapping[Flow, States]) -> States:
        incoming = process.incoming[node]
        if node.kind == "startEvent":
            return entry
        if node.kind != "parallelGateway":
            return frozenset().union(*(over.get(flow, frozenset()) for flow in incoming))
        found: States = frozenset()
        for number, flow in enumerate(incoming):
            states = over.get(flow, frozenset())
            if not states:
                return frozenset()
            found = frozenset(_joined(a, b) for a in found for b in states) if number else states
            if len(found) > MOST:
                found = grouped(found, self.asked)
        return found

    def _pass(self, node: Node, states: States) -> States:
        if node.called and node.called in self.release.processes:
            ends = self.ends.get(node.called, EMPTY)
            # A call is passed again and again, mostly with the states of the time before.
            done = self.returned.setdefault(node, {})
            for state in states - done.keys():
                done[state] = [state.given(end.names, end.known, end.excused) for end in ends]
            found = frozenset(chain.from_iterable(done[state] for state in states))
            return found if len(found) <= MOST else grouped(found, self.asked)
        names, steps = naming.gives(self.release, node), naming.steps(self.release, node)
        if not names and not steps:
            return states
        known = naming.fixed(self.release, node)
        maker = node.operator.name if node.operator is not None else None
        facts = frozenset((name, Known(known.get(name, UNKNOWN), maker)) for name in names if maker is not None)
        fresh = frozenset([*names, *steps])
        return frozenset(state.given(fresh, facts) for state in states)

    def _leave(self, process: Process, node: Node, states: States) -> list[tuple[Flow, States]]:
        outgoing = process.outgoing[node]
        if node.kind != "exclusiveGateway" or len(outgoing) < 2:
            return [(flow, states) for flow in outgoing]
        default = process.default(node)
        look = self.release.expressions.look
        read = frozenset().union(*(look(each.condition).names for each in outgoing if each.condition))
        states = frozenset(state.having(read) for state in self._doubted(read, states))
        found = []
        for flow in outgoing:
            others = [each for each in outgoing if each is not flow]
            if flow is default:
                kept = {_told(s, others) for s in states if not any(self._says(each, s) is True for each in others)}
            else:
                kept = {_learnt(s, flow.condition) for s in states if self._says(flow, s) is not False}
            found.append((flow, frozenset(kept)))
        return found

    def _doubted(self, read: frozenset[str], states: States) -> States:
        """States that differ in which operation set what this choice reads, by values that are not declared."""
        makers: dict[str, set[str]] = {}
        for state in states:
            for name, known in state.known:
                if name in read and known.by:
                    makers.setdefault(name, set()).add(known.by)
        mixed = {name for name, several in makers.items() if len(several) > 1}
        if not any(name in mixed and known.value == UNKNOWN for state in states for name, known in state.known):
            return states
        some = frozenset().union(*(state.names for state in states))
        return frozenset(State(s.names, s.known, s.excused | (some - s.names)) for s in states)

    def _says(self, flow: Flow, state: State) -> bool | None:
        """What the condition gives in this state; None when that is not known."""
        names = self.release.expressions.look(flow.condition or "").names
        if not flow.condition or not names & state.values.keys():
            return None
        key = flow.condition, frozenset(each for each in state.kind if each[0] in names)
        if key not in self.said:
            self.said[key] = self._evaluated(flow.condition, names, state.values)
        return self.said[key]

    def _evaluated(self, condition: str, names: frozenset[str], values: Mapping[str, Any]) -> bool | None:
        open_ = {name: _domain(name, condition) for name in names - values.keys()}
        if prod(len(each) for each in open_.values()) > TRIED:
            return None
        said = set()
        for tried in product(*open_.values()):
            given = {name: values[name] for name in names & values.keys()} | dict(zip(open_, tried, strict=True))
            try:
                said.add(feel.evaluate(condition, given))
            except DoudiError:
                return None
        answer = said.pop() if len(said) == 1 else None
        return answer if isinstance(answer, bool) else None


def _domain(name: str, condition: str) -> list[Any]:
    """What to try for a variable of which nothing is known: the texts that it is compared with and another one, else
    both truths."""
    texts = re.findall(rf'\b{re.escape(name)}\s*=\s*"([^"\\]*)"', condition)
    return [*dict.fromkeys(texts), OTHER] if texts else [True, False]


def _joined(one: State, other: State) -> State:
    """Two branches at a parallel join. What they say differently of a variable is not known any more."""
    sure = dict(one.known)
    both = {(n, k) for n, k in other.known if n not in sure or sure[n] == k}
    said = {n for n, _ in other.known}
    known = frozenset(both | {(n, k) for n, k in one.known if n not in said})
    names = one.names | other.names
    return State(names, known, (one.excused | other.excused) - names)


def _learnt(state: State, condition: str | None) -> State:
    """The state on a branch whose condition was true."""
    if found := _NAME.fullmatch(condition or ""):
        return state.learn(found[1], True)
    if found := _NOT.fullmatch(condition or ""):
        return state.learn(found[1], False)
    if found := _IS.fullmatch(condition or ""):
        return state.learn(found[1], {"true": True, "false": False}.get(found[2], found[2].strip('"')))
    return state


def _told(state: State, others: list[Flow]) -> State:
    """The state on the default branch: no other condition was true."""
    for flow in others:
        if found := _NAME.fullmatch(flow.condition or ""):
            state = state.learn(found[1], False)
        elif found := _NOT.fullmatch(flow.condition or ""):
            state = state.learn(found[1], True)
    return state
