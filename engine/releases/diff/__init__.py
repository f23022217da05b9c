"""What differs between two releases: by file and element, in words; what is only drawn or written otherwise apart.

bpmn-js-differ swaps old and new and says nothing of what is nested, so every attribute is compared here. Time is
bounded by the size of the files: parts are found by their ids, never each with each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from engine.clocks.catalogue import FILE as CLOCKS
from engine.errors import Unparsable
from engine.releases.diff import catalogues, drawings, forms, meaning, tables, texts
from engine.releases.diff.changes import KINDS, Change, Diff, FileChanges
from engine.releases.files import GROUNDS
from engine.statutes.register import FILE as STATUTES
from engine.statutes.rules import FILE as MANDATORY

#: What an entry of a catalogue is called, and the catalogue.
ENTRIES = {
    CLOCKS: ("时限", "时限目录"),
    STATUTES: ("条款", "条款登记"),
    MANDATORY: ("必经环节规则", "必经环节规则"),
    GROUNDS: ("理由", "理由目录"),
}
SORTS = {".bpmn": "流程图", ".dmn": "决策", ".form": "表单", ".html": "文书模板", ".json": "目录"}
_NAME = re.compile(rb'<(?:\w+:)?(?:participant|decision)\b[^>]*?\bname="([^"]{1,120})"')
_NAMED = re.compile(rb'^[^>]*?\bname="([^"]{1,120})"')
_SHOWS = re.compile(rb'name="form" value="([^"]{1,120})"')
_TITLE = re.compile(r"^(?:title|name|标题)\s*[:：]\s*(.{1,120})$", re.MULTILINE)


def compare(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Diff:
    """Everything that differs between two sets of files, by path."""
    paths = [path for path in sorted(old.keys() | new.keys()) if old.get(path) != new.get(path)]
    found = [compare_file(path, old.get(path), new.get(path)) for path in paths]
    if any(path.endswith(".form") for path in paths):
        asked = {**_askers(old), **_askers(new)}
        found = [replace(each, title=asked.get(each.path, each.title)) for each in found]
    return Diff(tuple(found))


def compare_file(path: str, old: bytes | None, new: bytes | None) -> FileChanges:
    """What became of one file; None: it was not there, or is no more."""
    title = title_of(path, new if new is not None else old or b"")
    sort = SORTS.get(PurePosixPath(path).suffix, "文件")
    if old is None or new is None:
        kind = "added" if old is None else "removed"
        return FileChanges(path, title, kind, (Change("", title, kind, f"{KINDS[kind]}{sort}“{title}”"),))
    moved: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    try:
        changes, moved = _elements(path, old, new)
    except Unparsable:
        changes = []
        lines = texts.compare(_text(old), _text(new))
    if PurePosixPath(path).suffix == ".html" and not meaning.same(path, old, new):
        lines = texts.compare(_text(old), _text(new))
        changes = [_counted(title, lines)] if lines else []
    if not changes and not lines and not meaning.same(path, old, new):
        # What nobody here knows by name is shown as it stands: it must not pass for a mere matter of layout.
        lines = texts.compare(_text(old), _text(new))
        changes = [Change("", title, "changed", "改动了没有专门名称的内容，见下面的原文")]
    kind = "changed" if changes or lines else "layout"
    if kind == "layout":
        text = "只调整了图上的位置，内容没有变" if moved else "只有排版不同，内容没有变"
        changes = [Change("", title, "moved", text)]
    return FileChanges(path, title, kind, tuple(changes), moved, lines)


def _elements(path: str, old: bytes, new: bytes) -> tuple[list[Change], tuple[tuple[str, str], ...]]:
    name = PurePosixPath(path)
    if name.suffix == ".bpmn":
        changes, moved = drawings.compare(drawings.load(path, old), drawings.load(path, new))
        return changes, tuple(moved)
    if name.suffix == ".dmn":
        return tables.compare(old, new), ()
    if name.suffix == ".form":
        return forms.compare(old, new), ()
    if name.suffix == ".json":
        return catalogues.compare(old, new, ENTRIES.get(name.name, ("条目", ""))[0]), ()
    return [], ()


def _askers(files: Mapping[str, bytes]) -> dict[str, str]:
    """{path of a form: what the first task that shows it is called}: forms have no name of their own."""
    names: dict[str, str] = {}
    for path, data in files.items():
        if path.endswith(".bpmn"):
            for task in data.split(b"userTask ")[1:]:
                name, form = _NAMED.search(task), _SHOWS.search(task.partition(b"userTask>")[0])
                if name and form:
                    names.setdefault(form[1].decode("utf-8", "replace"), name[1].decode("utf-8", "replace"))
    forms = [path for path in files if path.endswith(".form")]
    return {path: f"“{names[stem]}”的表单" for path in forms if (stem := PurePosixPath(path).stem) in names}


def title_of(path: str, data: bytes) -> str:
    """What people call a file: the name of its process or decision, the catalogue's, else the file's own."""
    name = PurePosixPath(path)
    if name.name in ENTRIES:
        return ENTRIES[name.name][1]
    found = _NAME.search(data) if name.suffix in (".bpmn", ".dmn") else None
    if found:
        return found.group(1).decode("utf-8", "replace")
    if name.suffix == ".html":
        head = _TITLE.search(_text(data[:2000]))
        return head.group(1).strip() if head else name.stem
    return name.stem if name.suffix == ".form" else name.name


def _counted(title: str, lines: tuple[tuple[str, str], ...]) -> Change:
    gone, come = (sum(1 for sign, _ in lines if sign == wanted) for wanted in "-+")
    return Change("", title, "changed", f"改动了文字：删去{gone}行，新写{come}行")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


__all__ = ["KINDS", "Change", "Diff", "FileChanges", "compare", "compare_file", "title_of"]
