"""Does every case come to its end? The process as a one-safe net, made smaller by steps that keep the answer, then
all of its markings looked at, up to a bound (spiffworkflow.md §10: a wrong join waits for ever, without a word)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.releases.lint.model import Model, Node, Process
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem

RULES = {
    "deadlock": "汇合永远等不齐",
    "two-tokens": "同一处会走到两次",
    "never-ends": "有的走法永远到不了结束",
    "too-complex": "并行的走法太多，无法全部核对",
}

MARKINGS = 20_000
#: Firings looked at; a net that needs more is not one that a person can follow.
FIRINGS = 100_000

#: Elements of a process that is judged; a larger one is refused anyway.
LARGEST = 1_000

Places = frozenset[int]


@dataclass(frozen=True)
class Move:
    """A transition: takes a token from each of `takes`, puts one on each of `puts`."""

    takes: Places
    puts: Places
    node: Node


@dataclass
class Net:
    """The net of a process. A place is a sequence flow, or the start."""

    moves: list[Move]
    start: int
    targets: dict[int, Node] = field(default_factory=dict)


@dataclass
class Verdict:
    """What the exploration met: joins that starve, places that fill twice, whether it saw everything."""

    starved: dict[Node, None] = field(default_factory=dict)
    doubled: dict[Node, None] = field(default_factory=dict)
    trapped: dict[Node, None] = field(default_factory=dict)
    complete: bool = True


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The soundness of one file's processes, those whose elements have a plain meaning."""
    for process in model.processes:
        net = build(process)
        if net is None:
            continue
        verdict = judge(net)
        for node in verdict.starved:
            message = "这里要等几条分支都到，但它们不会都到：排他网关分出的分支请用排他网关汇合"
            yield Problem(node.ref, node.name, "deadlock", message)
        for node in _blamed(process, verdict):
            message = "几条分支会先后走到这里，办理会重复：并行网关分出的分支请先用并行网关汇合"
            yield Problem(node.ref, node.name, "two-tokens", message)
        for node in verdict.trapped:
            message = "走到这里以后，有的分支永远等不到结束，请检查网关的分开与汇合"
            yield Problem(node.ref, node.name, "never-ends", message)
        if not verdict.complete:
            message = "并行的走法太多，无法全部核对，请把一部分放进被调用的流程"
            yield Problem(process.ref, process.title, "too-complex", message)


def unsound(release: Release) -> frozenset[str]:
    """The processes in which branches wait for ever or run twice, so that nobody can say what a case in them has done.
    They do not deploy; what looks at whole cases leaves them out."""

    def find() -> frozenset[str]:
        found: set[str] = set()
        for model in release.models:
            blamed = {problem.element for problem in check(release, model)}
            for process in model.processes:
                if build(process) is None or blamed & {process.ref, *(node.ref for node in process.nodes)}:
                    found.add(process.id)
        return frozenset(found)

    return release.remember("unsound", find)


def _blamed(process: Process, verdict: Verdict) -> list[Node]:
    """Where branches meet that should not; failing that, the first element that runs twice."""
    merges = [node for node in verdict.doubled if len(process.incoming[node]) > 1]
    return merges or list(verdict.doubled)[:1]


def build(process: Process) -> Net | None:
    """The net, or None when the process has elements without a plain meaning (they are refused elsewhere)."""
    starts = process.of("startEvent")
    odd = process.of("boundaryEvent", "inclusiveGateway", "complexGateway", "transaction", "adHocSubProcess")
    if len(process.nodes) > LARGEST or len(process.flows) > 4 * LARGEST:
        return None
    if len(starts) != 1 or odd or process.dangling or process.incoming[starts[0]]:
        return None
    place = {flow: number for number, flow in enumerate(process.flows, 1)}
    net = Net([], 0, {number: flow.target for flow, number in place.items()})
    net.targets[0] = starts[0]
    for node in process.nodes:
        takes = [place[flow] for flow in process.incoming[node]] or ([0] if node is starts[0] else [])
        puts = [place[flow] for flow in process.outgoing[node]]
        if not takes:
            continue
        if node.kind == "parallelGateway":
            net.moves.append(Move(frozenset(takes), frozenset(puts), node))
            continue
        chooses = node.kind in ("exclusiveGateway", "eventBasedGateway") and puts
        if chooses and len(takes) > 1 and len(puts) > 1:
            middle = len(net.targets) + 1
            net.targets[middle] = node
            net.moves += [Move(frozenset([take]), frozenset([middle]), node) for take in takes]
            takes = [middle]
        ways = [frozenset([put]) for put in puts] if chooses else [frozenset(puts)]
        net.moves += [Move(frozenset([take]), way, node) for take in takes for way in ways]
    return net


def reduce(net: Net) -> Net:
    """A smaller net with the same answer: steps in a row become one place, like places become one, like moves too.

    Three joins of places, repeated until nothing changes. *In a row*: a move with one place before and one after,
    which alone empties the place before. *Alike*: two places that are filled by the same moves and emptied by the
    same moves. Moves that differ only in their node are one.
    """
    moves, same = dict.fromkeys(net.moves), {}

    def renamed(places: Places) -> Places:
        return frozenset(same.get(each, each) for each in places)

    while True:
        same.clear()
        filled: dict[int, list[Move]] = {}
        emptied: dict[int, list[Move]] = {}
        for move in moves:
            for each in move.takes:
                emptied.setdefault(each, []).append(move)
            for each in move.puts:
                filled.setdefault(each, []).append(move)
        gone, goals = set(), set()
        for move in moves:
            if len(move.takes) != 1 or len(move.puts) != 1 or move.takes == move.puts:
                continue
            (before,), (after,) = move.takes, move.puts
            if len(emptied[before]) != 1 or before == net.start or before in same or before in goals or after in same:
                continue
            # A move that fills both would lose one of its tokens, and with it the very fault that we look for.
            if any(same.get(x, x) == after for each in filled.get(before, ()) for x in each.puts - move.takes):
                continue
            same[before] = after
            goals.add(after)
            gone.add(move)
        if not same:
            alike: dict[tuple[frozenset[Move], frozenset[Move]], int] = {}
            for each in sorted(filled.keys() | emptied.keys()):
                if each == net.start:
                    continue
                key = frozenset(filled.get(each, ())), frozenset(emptied.get(each, ()))
                if key in alike:
                    same[each] = alike[key]
                else:
                    alike[key] = each
        kept: dict[tuple[Places, Places], Move] = {}
        for move in moves:
            if move not in gone:
                takes, puts = renamed(move.takes), renamed(move.puts)
                kept.setdefault((takes, puts), Move(takes, puts, move.node))
        if not same and len(kept) == len(moves):
            return Net(list(kept.values()), net.start, net.targets)
        moves = dict.fromkeys(kept.values())


def judge(net: Net) -> Verdict:
    """As drawn when that is small (the elements named are then the best ones), else made smaller."""
    verdict = explore(net, 2_000)
    return verdict if verdict.complete else explore(reduce(net), MARKINGS)


def explore(net: Net, most: int) -> Verdict:
    """Looks at every marking that can be reached, up to a number of them."""
    verdict = Verdict()
    by_place: dict[int, list[Move]] = {}
    for move in net.moves:
        for each in move.takes:
            by_place.setdefault(each, []).append(move)
    start = frozenset([net.start])
    before: dict[Places, list[Places]] = {start: []}
    queue, firings = deque([start]), 0
    while queue:
        marking = queue.popleft()
        moved = False
        for move in dict.fromkeys(move for each in marking for move in by_place.get(each, ())):
            if not move.takes <= marking:
                continue
            firings += 1
            moved = True
            left = marking - move.takes
            twice = left & move.puts
            if twice:
                verdict.doubled[move.node] = None
                continue
            after = left | move.puts
            if after not in before:
                if len(before) >= most:
                    verdict.complete = False
                    return verdict
                before[after] = []
                queue.append(after)
            before[after].append(marking)
        if not moved and marking:
            for each in marking:
                for move in by_place.get(each, ()):
                    verdict.starved[move.node] = None
        if firings > FIRINGS:
            verdict.complete = False
            return verdict
    if not verdict.starved and not verdict.doubled:
        _trapped(before, net, verdict)
    return verdict


def _trapped(before: dict[Places, list[Places]], net: Net, verdict: Verdict) -> None:
    """Markings from which the empty one cannot be reached."""
    done: set[Places] = {frozenset()} & before.keys()
    stack = list(done)
    while stack:
        for each in before[stack.pop()]:
            if each not in done:
                done.add(each)
                stack.append(each)
    if not done:
        return  # No end at all: said elsewhere.
    for marking in before:
        if marking not in done:
            for each in marking:
                verdict.trapped[net.targets[each]] = None
            return
