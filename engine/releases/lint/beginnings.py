"""Who starts a case of a process, where, with what, and who may see it: the properties of the process itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.actors import ROLES
from engine.releases import starts
from engine.releases.lint.model import Model, Node, Process
from engine.releases.lint.naming import plain
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem, close

Tell = Callable[[str, str], Problem]

RULES = {
    "start": "流程怎样发起的写法有误",
    "start-parents": "在哪些办件上发起的写法有误",
    "start-role": "谁可以发起、谁可以查看的角色有误",
    "start-form": "由人发起的流程，开头不是填写表单的用户任务",
    "start-group": "发起页面上的分类有误",
    "opens-with": "发起时给出的变量写法有误",
}


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The beginnings of one file's processes."""
    for process in model.processes:

        def problem(rule: str, message: str, process: Process = process) -> Problem:
            return Problem(process.ref, process.title, rule, message)

        given = process.properties
        begins = given.get("start")
        if begins is not None and begins not in starts.BEGINS:
            words = "、".join(f"{key}（{what}）" for key, what in starts.BEGINS.items())
            yield problem("start", f"流程属性 start 只能写 {words}，只由其他流程调用的请删除它")
            continue
        for name in starts.PROPERTIES:
            if begins is None and name in given and name not in ("start", "scheme"):
                yield problem("start", f"写了 {name}，请同时写 start，说明怎样发起")
        if given.get("with_parent", starts.WITH_PARENT[0]) not in starts.WITH_PARENT:
            yield problem("start", f"with_parent 只能写 {'、'.join(starts.WITH_PARENT)}")
        if given.get("group", starts.GROUP) not in starts.GROUPS:
            words = "、".join(f"{key}（{what}）" for key, what in starts.GROUPS.items())
            yield problem("start-group", f"group 只能写 {words}")
        for name in ("starters", "seen_by"):
            for role in starts.names(given.get(name, "")):
                if role not in ROLES:
                    yield problem("start-role", f"{name} 里不认识的角色“{role}”{close(role, ROLES)}")
        yield from _parents(release, process, problem)
        yield from _variables(process, problem)
        if begins in ("case", "linked"):
            yield from _form(release, process, problem)


def initial(process: Process) -> dict[str, str]:
    """The variables that a case of the process begins with: name → kind; none when nobody starts it."""
    if process.properties.get("start") not in starts.BEGINS:
        return {}
    given = {name: kind for name, kind in starts.pairs(process.properties.get("opens_with", "")) if plain(name)}
    return {"scheme": "text"} | given


def _parents(release: Release, process: Process, problem: Tell) -> Iterator[Problem]:
    given = starts.names(process.properties.get("parents", ""))
    linked = process.properties.get("start") == "linked"
    if linked and not given:
        yield problem("start-parents", "在另一件办件上发起的流程，请用 parents 写明在哪些流程的办件上发起（* 是全部）")
    if given and not linked:
        yield problem("start-parents", "写了 parents，请把 start 写成 linked")
    for key in given:
        if key != "*" and key not in release.processes:
            yield problem("start-parents", f"parents 里没有流程“{key}”{close(key, release.processes)}")


def _variables(process: Process, problem: Tell) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, kind in starts.pairs(process.properties.get("opens_with", "")):
        if not plain(name) or name in ("today", "parameters", "typename"):
            yield problem("opens-with", f"opens_with 里的“{name}”不能作变量名，请用字母、数字和下划线")
        if kind not in starts.KINDS:
            yield problem("opens-with", f"opens_with 请写成“{name}:类型”，类型是 {'、'.join(starts.KINDS)}")
        if name in seen:
            yield problem("opens-with", f"opens_with 里“{name}”写了两次，请只留一个")
        seen.add(name)


def _form(release: Release, process: Process, problem: Tell) -> Iterator[Problem]:
    """Whoever starts it hands in its first form in the same act, so nothing else may stand before that."""
    first = first_task(release, process)
    if first is None:
        yield problem("start-form", "由人发起的流程，开始事件后面请直接是填写表单的用户任务（可以在被调用的流程里）")
        return
    starters = starts.names(process.properties.get("starters", "")) or starts.STARTERS
    role = first.properties.get("role")
    if role in ROLES and role not in starters:
        message = f"第一个环节“{first.title}”由{ROLES.get(role, role)}办理，请把 {role} 写进 starters"
        yield problem("start-role", message)


def first_task(release: Release, process: Process) -> Node | None:
    """The user task that directly follows the start, through call activities; None when something else does."""
    seen: set[str] = set()
    while process.id not in seen:
        seen.add(process.id)
        after = [each for node in process.of("startEvent") for each in process.successors.get(node, ())]
        if len(after) != 1:
            return None
        if after[0].kind == "userTask":
            return after[0]
        if after[0].called not in release.processes:
            return None
        process = release.processes[after[0].called]
    return None
