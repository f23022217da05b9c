"""The flow's variables: who sets them, of which kind, and whether they surely have a value where they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.releases.lint import graph, naming
from engine.releases.lint.beginnings import initial
from engine.releases.lint.model import Model, Node, Process
from engine.releases.lint.naming import Read
from engine.releases.lint.release import Release, one_of
from engine.releases.lint.report import Problem
from engine.releases.lint.states import Walk, lacks

RULES = {
    "name-unset": "用到的变量没有任何环节赋值",
    "name-unsure": "用到的变量在有的走法上还没有值",
    "name-kinds": "同一变量在不同环节的类型不同",
    "name-reserved": "变量名是系统保留的或写法有误",
    "parameter-unknown": "没有这个政策参数",
    "reads-unsure": "服务操作要读的表单，有的走法上没有人填",
    "clock-open": "时限开始后没有了结",
}

GIVEN = frozenset({"parameters", "today"})


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The variables of one file."""
    walk = release.remember("walk", lambda: Walk(release))
    for process in model.processes:
        if release.processes.get(process.id) is not process:
            continue
        family = _family(release, process)
        for node in process.nodes:
            yield from _names(release, node)
            if node not in walk.before:
                continue
            yield from _steps(release, node, walk)
            for read in naming.reads(release, process, node):
                yield from _read(release, process, node, read, walk, family)
        yield from _kinds(release, process, family)
        if process.id not in release.called:
            yield from _clocks(process, walk)


def _steps(release: Release, node: Node, walk: Walk) -> Iterator[Problem]:
    """What must have been done before an operation runs."""
    if node.kind != "serviceTask" or node.operator is None:
        return
    service, states = release.service(node.operator.name), walk.before[node]
    reads = [each for each in service.reads if each in release.user_tasks] if service is not None else []
    done = tuple(f"task {each}" for each in service.reads) if service is not None else ()
    if reads and lacks(states, one_of(done), *done):
        message = f"操作要读 {'、'.join(reads)} 填的表单，但有的走法不经过，请先经过，或改变次序"
        yield Problem(node.ref, node.name, "reads-unsure", message)


def _clocks(process: Process, walk: Walk) -> Iterator[Problem]:
    """A clock that was started is satisfied before the case ends."""
    for node in process.of("endEvent"):
        states = walk.after.get(node, frozenset())
        if any(state.excused for state in states):
            continue  # Which of the pasts end here is not known.
        for name in sorted({each.split()[2] for s in states for each in s.names if each.startswith("clock start ")}):
            if any(f"clock start {name}" in s.names and f"clock satisfy {name}" not in s.names for s in states):
                message = f"时限“{name}”开始后没有了结，办结后还会一直计时，请写上 satisfy {name}"
                yield Problem(node.ref, node.name, "clock-open", message)


def _read(
    release: Release, process: Process, node: Node, read: Read, walk: Walk, family: Mapping[str, Mapping[str, str]]
) -> Iterator[Problem]:
    states = (walk.after if read.after else walk.before)[node]
    where = (read.flow.ref, read.flow.name) if read.flow else (node.ref, node.name)
    for name in sorted(read.names - GIVEN):
        if not lacks(states, name):
            continue
        if name not in family:
            message = f"{read.what}用到“{name}”，但没有任何环节给它赋值，请改正名称，或在表单、操作、决策里给出"
            yield Problem(*where, "name-unset", message)
        else:
            message = (
                f"{read.what}用到“{name}”，但{_way(release, process, node, name)}它还没有值，请先给出，或改变判断的次序"
            )
            yield Problem(*where, "name-unsure", message)
    if release.parameters is not None:
        for path in sorted(read.paths):
            root, _, rest = path.partition(".")
            name = rest.split(".")[0]
            if root == "parameters" and name and name not in release.parameters:
                yield Problem(*where, "parameter-unknown", f"{read.what}用到政策参数“{name}”，没有这个参数，请改正名称")


def _way(release: Release, process: Process, target: Node, name: str) -> str:
    """A way from the start to the node on which nobody sets the name, in words."""
    open_ = {
        node: targets
        for node, targets in process.successors.items()
        if node is target or name not in naming.gives(release, node)
    }
    for start in process.of("startEvent"):
        if start in open_:
            found = graph.path({n: [t for t in ts if t in open_] for n, ts in open_.items()}, start, target)
            if found and len(found) > 1:
                return f"经过“{' → '.join(each.title for each in found[-4:])}”时"
    return "有的走法上"


def _names(release: Release, node: Node) -> Iterator[Problem]:
    for name in naming.gives(release, node):
        if name in GIVEN | {"typename"} or not naming.plain(name):
            message = f"变量名“{name}”不能用，只能用字母、汉字、数字和下划线，且不能是系统保留的"
            yield Problem(node.ref, node.name, "name-reserved", message)


def _kinds(release: Release, process: Process, family: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
    for node in process.nodes:
        for name, kind in naming.gives(release, node).items():
            others = {other: at for other, at in family.get(name, {}).items() if other != kind}
            if kind and others:
                other, at = next(iter(sorted(others.items())))
                words = naming.KINDS
                message = (
                    f"“{name}”在这里是{words.get(kind, kind)}，在“{at}”是{words.get(other, other)}，"
                    "请改成同一类型，或换一个名称"
                )
                yield Problem(node.ref, node.name, "name-kinds", message)


def _family(release: Release, process: Process) -> Mapping[str, Mapping[str, str]]:
    """What the processes that are connected with this one set: name → {kind: the element that sets it}."""
    families: dict[int, dict[str, dict[str, str]]] = release.remember("variables", lambda: _families(release))
    return families[release.families[process.id]]


def _families(release: Release) -> dict[int, dict[str, dict[str, str]]]:
    found: dict[int, dict[str, dict[str, str]]] = {number: {} for number in release.families.values()}
    for key, process in release.processes.items():
        holder = found[release.families[key]]
        for name, kind in initial(process).items():
            holder.setdefault(name, {}).setdefault(kind, process.title)
        for node in process.nodes:
            for name, kind in naming.gives(release, node).items():
                kinds = holder.setdefault(name, {})
                if kind:
                    kinds.setdefault(kind, node.title)
    return found


def kinds_of(release: Release, process: Process) -> dict[str, str]:
    """The kind of each variable, where it is the same everywhere."""
    if release.processes.get(process.id) is not process:
        return {}
    family = _family(release, process)
    return {"today": "date"} | {name: next(iter(kinds)) for name, kinds in family.items() if len(kinds) == 1}
