"""Reads the files of a release into what the rules look at; what cannot be read is a problem, never an exception."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from jinja2 import TemplateError

from engine.clocks.catalogue import FILE as CLOCKS
from engine.clocks.catalogue import read as read_clocks
from engine.decisions import tables
from engine.decisions.model import Decision
from engine.documents import sandbox
from engine.errors import Unparsable
from engine.forms.expressions import bare, templates
from engine.forms.model import Form
from engine.forms.schema import LARGEST as LARGEST_FORM
from engine.forms.schema import load as load_form
from engine.releases import xml
from engine.releases.files import CATALOGUES, GROUNDS, OFFERED
from engine.releases.lint import clocks, model
from engine.releases.lint.kept import Memory, digest, recalled
from engine.releases.lint.release import Release, stem
from engine.releases.lint.report import Problem, on_file
from engine.runtime.services import Services
from engine.statutes import register, rules

#: XML elements of a file that a person drew; the largest drawings found in public had a quarter of it.
LARGEST = 30_000

#: What was read of a file, by its content: an owner who changes one file does not wait for all to be parsed again.
#: Nobody changes what was read.
DRAWN: Memory[model.Model | Problem] = Memory(100)
DECIDED: Memory[list[Decision]] = Memory(100)
FILLED: Memory[Any] = Memory(150)
WRITTEN: Memory[str] = Memory(150)
LISTED: Memory[Any] = Memory(12)

RULES = {
    "unreadable": "文件读不出来，或不是有效的 XML、JSON",
    "encoding": "文件不是 UTF-8 编码",
    "file-kind": "不是流程版本里的文件",
    "too-large": "文件太大或太复杂，没有检查完",
    "not-bpmn": "不是 BPMN 2.0 文件",
    "not-dmn": "不是 DMN 文件，或没有决策",
    "form-content": "表单的内容有误",
    "notice-content": "文书模板写法有误",
    "file-twice": "两个文件同名，模型分不清用哪个",
    "statutes": "条款登记（statutes.json）的内容有误",
    "mandatory": "必经环节规则（mandatory.json）的内容有误",
    "catalogue": "业务目录（如 proofs.json）的内容有误",
}


def read(
    files: Mapping[str, bytes],
    services: Services,
    parameters: frozenset[str] | None,
) -> Release:
    """The release; problems met on the way stand in its `found`."""
    release = Release(services, parameters)
    for file, data in files.items():
        release.found[file] = []
        release.files[file] = data
        _file(release, file, data)
    return release


def _file(release: Release, file: str, data: bytes) -> None:
    name = PurePosixPath(file)
    reader = _NAMED.get(name.name) or _READERS.get(name.suffix) or (_offered if name.name in OFFERED else None)
    problems = release.found[file]
    if reader is None:
        message = f"流程版本里只放 .bpmn、.dmn、.form、.html 文件和 {'、'.join(sorted(CATALOGUES))}，请移走这个文件"
        problems.append(on_file(file, "file-kind", message))
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        problems.append(on_file(file, "encoding", "请把文件另存为 UTF-8 编码"))
    try:
        reader(release, file, data, problems)
    except Unparsable as error:
        problems.append(on_file(file, "unreadable", error.message))


def _bpmn(release: Release, file: str, data: bytes, problems: list[Problem]) -> None:
    found = recalled(DRAWN, f"{file} {digest(data)}", lambda: (_drawn(file, data), True))
    if isinstance(found, Problem):
        problems.append(found)
    else:
        release.models.append(found)


def _drawn(file: str, data: bytes) -> model.Model | Problem:
    root = xml.parse(data)
    if root.tag != f"{model.BPMN}definitions":
        return on_file(file, "not-bpmn", "这不是 BPMN 2.0 流程图，请用流程设计器打开后重新保存")
    size = sum(1 for _ in root.iter())
    if size > LARGEST:
        return on_file(file, "too-large", f"文件里有{size}个元素，太大，请拆成几个流程")
    return model.read(file, root, size)


def _dmn(release: Release, file: str, data: bytes, problems: list[Problem]) -> None:
    decisions = recalled(DECIDED, digest(data), lambda: (tables.parse(data), True))
    if not decisions:
        problems.append(on_file(file, "not-dmn", "文件里没有决策，请用决策表编辑器打开后重新保存"))
    if len(decisions) > 1:
        problems.append(on_file(file, "not-dmn", f"一个文件只放一个决策，这里有{len(decisions)}个，请拆开"))
    for decision in decisions:
        if decision.id in release.decisions:
            message = f"决策标识“{decision.id}”在别的文件里已经用过，请改名"
            problems.append(Problem(decision.id, decision.name, "file-twice", message))
        release.decisions.setdefault(decision.id, decision)


def _form(release: Release, file: str, data: bytes, problems: list[Problem]) -> None:
    name = stem(file)
    release.turn_to(file)

    def load() -> tuple[tuple[Form | None, list[Any]] | None, bool]:
        for text in _expressions(data):
            release.expressions.look(text)
        if release.expressions.budget.missed:  # The loader would ask each of them again, without looking at the time.
            return None, False
        return load_form(data, name), True

    found = recalled(FILLED, f"{name} {digest(data)}", load)
    if found is None:
        release.forms.setdefault(name, None)
        return
    form, faults = found
    problems += [Problem(fault.element, fault.element, "form-content", fault.message) for fault in faults]
    _twice(release.forms, file, problems)
    release.forms.setdefault(name, form)


def _expressions(data: bytes) -> Iterator[str]:
    """Whatever may be an expression in a form."""
    try:
        stack = [json.loads(data)] if len(data) <= LARGEST_FORM else []
    except (ValueError, RecursionError):
        return
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            stack += one.values()
            for key in ("check", "prefill", "hide", "expression", "dataSource"):
                if isinstance(one.get(key), str) and bare(one[key]):
                    yield bare(one[key])
            if isinstance(one.get("text"), str):
                yield from filter(None, templates(one["text"]))


def _notice(release: Release, file: str, data: bytes, problems: list[Problem]) -> None:
    _twice(release.notices, file, problems)
    text = data.decode("utf-8", "replace")
    release.notices.setdefault(stem(file), text)
    fault = recalled(WRITTEN, digest(data), lambda: (_unwritten(text), True))
    if fault:
        problems.append(on_file(file, "notice-content", fault))


def _unwritten(text: str) -> str:
    """What is wrong with a template; nothing when it can be read."""
    try:
        sandbox.make().parse(text)
    except (TemplateError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        place = f"第{line}行" if line else ""
        return f"文书模板{place}写法有误，请改正：{error}"
    return ""


def _clocks(release: Release, file: str, data: bytes, problems: list[Problem]) -> None:
    if release.clocks:
        problems.append(on_file(file, "file-twice", f"一个版本只有一个 {CLOCKS}，请合并"))
        return
    release.clocks, faults = recalled(LISTED, f"clocks {digest(data)}", lambda: (read_clocks(data), True))
    problems += clocks.catalogue(file, release, faults)


def _statutes(release: Release, file: str, data: bytes, problems: list[Problem]) -> None:
    if release.statutes is not None:
        problems.append(on_file(file, "file-twice", f"一个版本只有一个 {register.FILE}，请合并"))
        return
    release.statutes, faults = recalled(LISTED, f"statutes {digest(data)}", lambda: (register.read(data), True))
    problems += [Problem(fault.id or file, fault.id or file, "statutes", fault.message) for fault in faults]


def _mandatory(release: Release, file: str, data: bytes, problems: list[Problem]) -> None:
    if release.mandatory is not None:
        problems.append(on_file(file, "file-twice", f"一个版本只有一个 {rules.FILE}，请合并"))
        return
    release.mandatory, faults = recalled(LISTED, f"mandatory {digest(data)}", lambda: (rules.read(data), True))
    problems += [Problem(fault.id or file, fault.id or file, "mandatory", fault.message) for fault in faults]


def _grounds(release: Release, file: str, data: bytes, problems: list[Problem]) -> None:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        problems.append(on_file(file, "unreadable", "不是有效的 JSON 文件"))


def _offered(release: Release, file: str, data: bytes, problems: list[Problem]) -> None:
    """A catalogue that a register keeps: it says itself what is wrong."""
    problems += [on_file(file, "catalogue", message) for message in OFFERED[PurePosixPath(file).name](data)]


def _twice(known: Mapping[str, object], file: str, problems: list[Problem]) -> None:
    if stem(file) in known:
        problems.append(on_file(file, "file-twice", f"名称“{stem(file)}”在别的文件夹里已经用过，请改名"))


_READERS: dict[str, Callable[[Release, str, bytes, list[Problem]], None]] = {
    ".bpmn": _bpmn,
    ".dmn": _dmn,
    ".form": _form,
    ".html": _notice,
}
_NAMED = {CLOCKS: _clocks, register.FILE: _statutes, rules.FILE: _mandatory, GROUNDS: _grounds}
