"""What a model refers to must be there: operations with their inputs, decisions, forms, notices, called processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.releases.lint.model import Model, Node, Process
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem, close

#: In a form's `from`: the application that the case began with (engine.runtime.forms).
START = "start"

RULES = {
    "operation-missing": "服务任务没有指定操作",
    "operation-unknown": "没有这个服务操作",
    "input-unknown": "服务操作没有这个输入",
    "input-missing": "服务操作缺少输入",
    "input-twice": "同一输入写了两次",
    "reads-missing": "服务操作要读的表单没有人填",
    "decision-missing": "业务规则任务没有指定决策",
    "decision-unknown": "没有这个决策",
    "form-missing": "用户任务没有指定表单",
    "form-unknown": "没有这个表单",
    "form-source": "表单预填的来源不存在",
    "notice-missing": "制发文书没有指定模板",
    "notice-unknown": "没有这个文书模板",
    "call-missing": "调用活动没有指定流程",
    "call-unknown": "没有被调用的流程",
    "call-cycle": "流程互相调用，没有尽头",
}

#: The operation that renders the template which the task's `notice` names.
NOTICE = "notices.issue"


@dataclass(frozen=True)
class _Teller:
    node: Node

    def __call__(self, rule: str, message: str) -> Problem:
        return Problem(self.node.ref, self.node.name, rule, message)


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The references of one file."""
    for process in model.processes:
        for node in process.nodes:
            tell = _Teller(node)
            if node.kind == "serviceTask":
                yield from _service(release, node, tell)
            elif node.kind == "businessRuleTask":
                if not node.decision:
                    yield tell("decision-missing", "请指定要用的决策（calledDecisionId）")
                elif node.decision not in release.decisions:
                    yield tell(
                        "decision-unknown", f"没有决策“{node.decision}”{close(node.decision, release.decisions)}"
                    )
            elif node.kind == "userTask":
                yield from _form(release, node, tell)
            elif node.kind == "callActivity":
                yield from _call(release, process, node, tell)


def _service(release: Release, node: Node, tell: _Teller) -> Iterator[Problem]:
    operator = node.operator
    if operator is None or not operator.name:
        yield tell("operation-missing", "请指定服务操作（例如 households.register）")
        return
    service = release.service(operator.name)
    if service is None:
        known = [each.name for each in release.services.all()]
        yield tell("operation-unknown", f"没有服务操作“{operator.name}”{close(operator.name, known)}")
        return
    given = [name for name, _ in operator.inputs]
    for name in dict.fromkeys(given):
        if name not in service.inputs:
            yield tell("input-unknown", f"操作“{service.title}”没有输入“{name}”{close(name, service.inputs)}")
        if given.count(name) > 1:
            yield tell("input-twice", f"输入“{name}”写了两次，请只留一个")
    for name in service.inputs:
        if name not in given:
            yield tell("input-missing", f"操作“{service.title}”需要输入“{name}”，请补上表达式")
    if service.reads and not any(each in release.user_tasks for each in service.reads):
        tasks = "、".join(service.reads)
        yield tell("reads-missing", f"操作“{service.title}”要读任务 {tasks} 填的表单，流程里没有这样的任务")
    notice = node.properties.get("notice")
    if operator.name == NOTICE and not notice:
        yield tell("notice-missing", "请用 notice 属性指定文书模板")
    elif notice and notice not in release.notices:
        yield tell("notice-unknown", f"没有文书模板“{notice}”{close(notice, release.notices)}")


def _form(release: Release, node: Node, tell: _Teller) -> Iterator[Problem]:
    name = node.properties.get("form")
    if not name:
        yield tell("form-missing", "请用 form 属性指定表单")
        return
    if name not in release.forms:
        yield tell("form-unknown", f"没有表单“{name}”{close(name, release.forms)}")
        return
    form = release.forms[name]
    for key, (task, field) in form.sources.items() if form is not None else ():
        if task == START:
            begun = [release.forms.get(each) for each in release.start_forms]
            if not any(each is None or field in each.keys for each in begun):
                yield tell("form-source", f"表单“{name}”的“{key}”要从申请表的“{field}”预填，但没有一张申请表有这一项")
            continue
        known = release.user_tasks.get(task)
        if known is None:
            yield tell("form-source", f"表单“{name}”的“{key}”要从任务“{task}”预填，但没有这个任务")
            continue
        source = release.forms.get(known[0])
        if source is not None and field not in source.keys:
            yield tell("form-source", f"表单“{name}”的“{key}”要从“{task}.{field}”预填，但那张表单没有这一项")


def _call(release: Release, process: Process, node: Node, tell: _Teller) -> Iterator[Problem]:
    if not node.called:
        yield tell("call-missing", "请指定要调用的流程（calledElement）")
    elif node.called not in release.processes:
        yield tell("call-unknown", f"没有流程“{node.called}”{close(node.called, release.processes)}")
    elif release.group.get(process.id) == release.group.get(node.called):
        yield tell("call-cycle", f"流程“{node.called}”又会调用“{process.id}”，没有尽头，请改成发起新的办件")
