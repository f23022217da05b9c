"""Ids: there, well formed, once, and none of the words that SpiffWorkflow keeps for itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from engine.releases.lint.model import NODES, WORDS, Model, kind_of, label
from engine.releases.lint.release import Release
from engine.releases.lint.report import Problem

RULES = {
    "id-missing": "元素没有标识（id）",
    "id-form": "标识的写法不合规定",
    "id-reserved": "标识是系统保留的",
    "id-duplicate": "标识重复",
    "name-missing": "用户任务没有名称",
}

_FORM = re.compile(r"[a-z][a-z0-9_]{0,79}")
_RESERVED = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin", "typename"})
_PATTERNS = re.compile(r".*\.EndJoin|.*\.BoundaryEvent(Split|Join)|.* \[child\]|.*\.EndJoin.*")


def check(release: Release, model: Model) -> Iterator[Problem]:
    """The ids of one file, in itself and against the other files."""
    counts: Counter[str] = Counter()
    for element in model.root.iter():
        kind, key = kind_of(element), element.get("id")
        if key and kind:
            counts[key] += 1
        if kind not in NODES and kind not in ("process", "sequenceFlow"):
            continue
        word = WORDS.get(kind, kind)
        if not key:
            yield Problem(label(element), element.get("name") or "", "id-missing", f"{word}没有标识（id），请补上")
        elif reserved(key):
            message = f"标识“{key}”是系统保留的，会使流程空转，请改名"
            yield Problem(key, element.get("name") or "", "id-reserved", message)
        elif kind != "sequenceFlow" and not _FORM.fullmatch(key):
            message = f"标识“{key}”请改成小写英文字母开头，只含小写字母、数字和下划线（例如 home_visit）"
            yield Problem(key, element.get("name") or "", "id-form", message)
    for key, times in counts.items():
        if times > 1:
            yield Problem(key, "", "id-duplicate", f"标识“{key}”在文件里用了{times}次，请改成不同的")
    yield from _elsewhere(release, model)


def _elsewhere(release: Release, model: Model) -> Iterator[Problem]:
    for process in model.processes:
        first = release.processes.get(process.id)
        if process.id and first is not process:
            yield Problem(process.id, process.name, "id-duplicate", f"流程标识“{process.id}”在别处已经用过，请改名")
        for node in process.of("userTask"):
            if not node.name:
                yield Problem(node.ref, "", "name-missing", "请给任务起名，办理的人要看得懂")
            known = release.user_tasks.get(node.id)
            if known is not None and known[1] is not process:
                message = f"用户任务的标识“{node.id}”在流程“{known[1].title}”里已经用过，请改成不同的"
                yield Problem(node.id, node.name, "id-duplicate", message)


def reserved(key: str) -> bool:
    """Whether SpiffWorkflow would take the id for one of its own."""
    return key in _RESERVED or _PATTERNS.fullmatch(key) is not None
