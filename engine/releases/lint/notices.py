"""Templates of documents: their head, their markup, and that they read only what there is to read."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import TemplateError, nodes
from jinja2.meta import find_undeclared_variables

from engine.documents import facts, markup, sandbox
from engine.documents.head import Head
from engine.documents.head import read as read_head
from engine.documents.names import NAMES, OF_A_FORM, PUBLIC
from engine.releases.lint.release import Release, stem
from engine.releases.lint.report import Problem, close, on_file

RULES = {
    "notice-head": "文书模板开头的说明有误",
    "notice-mark": "两个文书模板用了同一个文号字",
    "notice-markup": "文书模板里有不能用的标记",
    "notice-block": "文书模板里有不能用的语句",
    "notice-name": "文书模板读了没有的名称",
    "notice-public": "公开张贴的文书读了不能公开的内容",
    "notice-fact": "文书模板读了没有登记的事实",
    "notice-form": "文书模板读了没有的表单或字段",
    "notice-task": "文书模板开头写的任务不存在",
}
#: What would bring in other templates, or let text pass as markup.
_BARRED = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.ScopedEvalContextModifier)
_sandbox = sandbox.make()


def check(release: Release, file: str) -> Iterator[Problem]:
    """Everything wrong with one template that parses; one that does not was told while it was read."""
    text = release.notices.get(stem(file), "")
    head, faults = read_head(text)
    for fault in faults:
        yield on_file(file, "notice-head", fault)
    try:
        written = markup.texts(_sandbox.lex(text))
        trees = [_sandbox.parse(text), *(_sandbox.parse(each) for each in (head.to, head.cc))]
    except (TemplateError, RecursionError):
        return
    for fault in markup.faults(written):
        yield on_file(file, "notice-markup", f"{fault}；请改正，版面由系统统一排")
    for tree in trees:
        yield from _reads(release, file, head, tree)
    yield from _marks(release, file, head)
    yield from _tasks(release, file, head)
    if head.only is not None:
        yield from _of_its_own(release, file, head, head.only[0])


def _reads(release: Release, file: str, head: Head, tree: nodes.Template) -> Iterator[Problem]:
    for node in tree.find_all(_BARRED):
        yield on_file(file, "notice-block", f"第{node.lineno}行不能引用其他模板或者关闭转义，请删除")
    for name in sorted(find_undeclared_variables(tree)):
        if name not in NAMES:
            yield on_file(file, "notice-name", f"没有“{name}”这个名称{close(name, NAMES)}")
        elif head.public and name not in PUBLIC:
            yield on_file(file, "notice-public", f"公开张贴的文书不能写“{name}”（57号第24条），请删除")
    for owner, name in _looked_up(tree):
        if owner == ("facts",):
            yield from _fact(file, head, name)
        elif len(owner) == 2 and owner[0] == "form":
            yield from _field(release, file, owner[1], name)
        elif owner == ("form",):
            yield from _form(release, file, name)
        elif owner == ("source",):
            yield from _of_its_own(release, file, head, name)


def _looked_up(tree: nodes.Template) -> Iterator[tuple[tuple[str, ...], str]]:
    """(("form", "home_visit"), "visited_on") for every name that is read of something."""
    seen = set()
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        path = _path(node)
        if path and path not in seen:
            seen.add(path)
            yield path[:-1], path[-1]


def _path(node: nodes.Node) -> tuple[str, ...]:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        before = _path(node.node)
        return (*before, node.attr) if before else ()
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        before = _path(node.node)
        return (*before, node.arg.value) if before else ()
    return ()


def _fact(file: str, head: Head, name: str) -> Iterator[Problem]:
    known = facts.known()
    if known and name not in known:
        yield on_file(file, "notice-fact", f"没有登记“facts.{name}”这项事实{close(name, known)}")
    elif known and head.public and not known[name].public:
        yield on_file(file, "notice-public", f"公开张贴的文书不能写“facts.{name}”（57号第24条），请删除")


def _form(release: Release, file: str, task: str) -> Iterator[Problem]:
    if release.models and task not in release.user_tasks:
        yield on_file(file, "notice-form", f"没有任务“{task}”{close(task, release.user_tasks)}")


def _field(release: Release, file: str, task: str, name: str) -> Iterator[Problem]:
    known = release.user_tasks.get(task)
    form = release.forms.get(known[0]) if known else None
    if form is not None and name not in form.keys and name not in OF_A_FORM:
        yield on_file(file, "notice-form", f"任务“{task}”的表单没有“{name}”这一项{close(name, form.keys)}")


def _of_its_own(release: Release, file: str, head: Head, name: str) -> Iterator[Problem]:
    """A field of the submission that a record prints: one of its tasks must ask for it."""
    forms = [
        form for task in head.of if (form := release.forms.get(release.user_tasks.get(task, ("",))[0])) is not None
    ]
    if forms and name not in OF_A_FORM and not any(name in form.keys for form in forms):
        known = sorted({key for form in forms for key in form.keys})
        yield on_file(file, "notice-form", f"of 写的任务的表单没有“{name}”这一项{close(name, known)}")


def _marks(release: Release, file: str, head: Head) -> Iterator[Problem]:
    """Two templates of one mark would share a series, and nobody could tell the kinds apart by their number."""
    owners = release.remember("marks", lambda: _owners(release))
    others = [each for each in owners.get(head.mark, []) if each != stem(file)] if head.mark else []
    if others:
        yield on_file(file, "notice-mark", f"文号字“{head.mark}”在模板 {'、'.join(others)} 里已经用了，请换一个")


def _owners(release: Release) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in release.notices.items():
        found.setdefault(read_head(text)[0].mark, []).append(name)
    return found


def _tasks(release: Release, file: str, head: Head) -> Iterator[Problem]:
    """A receipt or a record hangs on tasks; one that names tasks must find at least one of them."""
    if not release.models:
        return
    for key, named in (("of", head.of), ("served_by", head.served_by)):
        if named and not any(each in release.user_tasks for each in named):
            tasks = "、".join(named)
            yield on_file(file, "notice-task", f"{key} 写的任务 {tasks} 在流程里一个也没有，请改正")
