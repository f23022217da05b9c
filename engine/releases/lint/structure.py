"""What a model may be made of: one executable process, one start, and no element whose running would surprise."""

from __future__ import annotations

from collections.abc import Iterator

from engine.releases.lint.model import (
    ASSOCIATIONS,
    BPMN,
    DATA,
    NODES,
    SPIFF,
    SUBPROCESSES,
    WORDS,
    Model,
    Node,
    Process,
    kind_of,
    label,
)
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem, on_file

RULES = {
    "no-process": "文件里没有流程",
    "several-processes": "一个文件里有几个流程或几个泳池",
    "not-executable": "流程没有标为可执行",
    "process-large": "一个流程里的元素太多",
    "start-missing": "没有开始事件",
    "start-several": "有几个开始事件",
    "end-missing": "没有结束事件",
    "task-kind": "不能使用的任务类型",
    "gateway-kind": "不能使用的网关类型",
    "event-kind": "不能使用的事件类型",
    "boundary-event": "不能使用边界事件",
    "subprocess": "不能使用内嵌的子流程",
    "multi-instance": "不能使用多实例或循环标记",
    "compensation": "不能使用补偿",
    "script": "不能使用脚本",
    "data-object": "不能使用数据对象",
    "timer-definition": "定时器里直接写了时间",
    "start-incoming": "开始事件前面还有连线",
    "end-outgoing": "结束事件后面还有连线",
}

#: SpiffWorkflow's parser and its data recurse; a chain of 330 tasks parses, one of 500 does not.
MOST = 200

_TASKS = {
    "task": "请选定类型：由人办理的用“用户任务”，由系统办理的用“服务任务”",
    "manualTask": "请改用“用户任务”，并指定表单",
    "scriptTask": "模型里不允许脚本，请改用“服务任务”或决策表",
    "sendTask": "请改用“服务任务”（例如 notices.issue）",
    "receiveTask": "请改用“用户任务”，由收到的人登记",
}
_GATEWAYS = {
    "inclusiveGateway": "请改用并行网关，在每个分支里用排他网关判断要不要办",
    "eventBasedGateway": "请改用排他网关，等待用定时器的 wait 属性",
    "complexGateway": "请改用排他网关和并行网关",
}
_EVENTS = {
    "message": "办件之间的联系请用服务操作",
    "signal": "办件之间的联系请用服务操作",
    "conditional": "请在排他网关上写条件",
    "compensate": "请由服务操作自己撤销",
    "link": "请直接连线",
    "error": "请用排他网关判断后分别处理",
    "escalation": "催办请用 ladder 属性",
    "cancel": "请用排他网关判断后分别处理",
    "terminate": "请让各分支汇合后再结束",
}


def check(release: Release, model: Model) -> Iterator[Problem]:
    """Everything that a single drawing shows by itself."""
    yield from _file(model)
    for process in model.processes:
        yield from _process(process)
        for node in process.nodes:
            yield from _node(process, node)
        yield from _inside(process)


def _file(model: Model) -> Iterator[Problem]:
    if not model.processes:
        message = "文件里没有流程，请画一个流程（只有协作图、编排图的文件不能发布）"
        yield on_file(model.file, "no-process", message)
    if len(model.processes) > 1:
        message = f"一个文件只放一个流程，这里有{len(model.processes)}个，请拆成几个文件，用调用活动连接"
        yield on_file(model.file, "several-processes", message)
    pools = list(model.root.iter(f"{BPMN}participant"))
    if len(pools) > 1:
        message = f"一张图只放一个泳池，这里有{len(pools)}个，请拆成几个文件"
        yield on_file(model.file, "several-processes", message)
    for flow in model.root.iter(f"{BPMN}messageFlow"):
        yield Problem(label(flow), flow.get("name") or "", "event-kind", "不能使用消息流，办件之间的联系请用服务操作")


def _process(process: Process) -> Iterator[Problem]:
    def problem(rule: str, message: str) -> Problem:
        return Problem(process.ref, process.title, rule, message)

    if process.element.get("isExecutable") != "true":
        yield problem("not-executable", "请把流程设为可执行（isExecutable）")
    if len(process.nodes) > MOST:
        message = f"流程里有{len(process.nodes)}个元素，超过{MOST}个，请拆成几个流程，用调用活动连接"
        yield problem("process-large", message)
    starts = process.of("startEvent")
    if not starts:
        yield problem("start-missing", "请画一个开始事件")
    if len(starts) > 1:
        yield problem("start-several", f"只能有一个开始事件，这里有{len(starts)}个，请合并后用排他网关分开")
    if not process.of("endEvent"):
        yield problem("end-missing", "请画结束事件，否则办件永远不会办结")


def _node(process: Process, node: Node) -> Iterator[Problem]:
    def problem(rule: str, message: str) -> Problem:
        return Problem(node.ref, node.name, rule, message)

    kind, word = node.kind, WORDS.get(node.kind, node.kind)
    if kind in _TASKS:
        yield problem("task-kind", f"不能使用{word}，{_TASKS[kind]}")
    if kind in _GATEWAYS:
        yield problem("gateway-kind", f"不能使用{word}，{_GATEWAYS[kind]}")
    if kind in SUBPROCESSES:
        what = "事件子流程" if node.element.get("triggeredByEvent") == "true" else "内嵌的子流程"
        yield problem("subprocess", f"不能使用{what}，请另画一个流程，用调用活动连接")
    if kind == "boundaryEvent":
        message = "不能使用边界事件：催办和提醒用 due、warn、ladder 属性，意外情况由人在任务里选择"
        yield problem("boundary-event", message)
    elif kind.endswith("Event") or kind == "event":
        yield from _event(node)
    if kind == "startEvent" and process.incoming[node]:
        yield problem("start-incoming", "开始事件前面不能有连线，请连到它后面的合并网关上")
    if kind == "endEvent" and process.outgoing[node]:
        yield problem("end-outgoing", "结束事件后面不能有连线，请改成中间事件，或删除连线")
    if node.element.get("isForCompensation") == "true":
        yield problem("compensation", "不能使用补偿，请由服务操作自己撤销")


def _event(node: Node) -> Iterator[Problem]:
    allowed = ("timer",) if node.kind == "intermediateCatchEvent" else ()
    word = WORDS.get(node.kind, node.kind)
    for given in node.definitions:
        if given not in allowed:
            advice = _EVENTS.get(given, "请用普通的事件")
            if given == "timer":
                advice = "流程中等待请用中间捕获事件，并写 wait 属性"
            message = f"{word}不能是这种类型（{given}），{advice}"
            yield Problem(node.ref, node.name, "event-kind", message)
    if node.kind == "intermediateCatchEvent" and not node.definitions:
        yield Problem(node.ref, node.name, "event-kind", "中间捕获事件只能是定时器，请选定时器并写 wait 属性")
    if len(node.definitions) > 1:
        yield Problem(node.ref, node.name, "event-kind", "一个事件只能等一件事，请拆开")
    if node.kind in ("event", "implicitThrowEvent"):
        yield Problem(node.ref, node.name, "event-kind", "不认识的事件，请改用开始、中间或结束事件")


def _inside(process: Process) -> Iterator[Problem]:
    """What may hide anywhere inside the process, also inside what is refused anyway."""
    for element in process.element.iterdescendants():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag in (f"{SPIFF}preScript", f"{SPIFF}postScript"):
            owner = _owner(element)
            message = "任务前后不能运行脚本，请删除脚本；要赋值用服务任务或决策表"
            yield Problem(label(owner), owner.get("name") or "", "script", message)
            continue
        kind = kind_of(element)
        if kind in DATA or kind in ASSOCIATIONS:
            message = "不能使用数据对象和数据关联，资料放在表单和台账里，请删除"
            yield Problem(label(element), element.get("name") or "", "data-object", message)
        elif kind in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
            owner = element.getparent()
            message = "不能使用多实例和循环标记；要几个人都签，请用 people 属性；要逐户逐月办，请一件一件发起办件"
            yield Problem(label(owner), owner.get("name") or "", "multi-instance", message)
        elif kind in ("timeDuration", "timeCycle", "timeDate") and "".join(element.itertext()).strip():
            owner = _owner(element)
            message = "定时器里不要写时间，请清空，改用 wait 属性（例如 7d、3wd），期限由日历计算"
            yield Problem(label(owner), owner.get("name") or "", "timer-definition", message)


def _owner(element: object) -> object:
    """The flow node (or what has an id) around an element."""
    while (parent := element.getparent()) is not None:
        element = parent
        if kind_of(element) in NODES or kind_of(element) == "process":
            break
    return element
