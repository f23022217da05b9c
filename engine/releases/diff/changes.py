"""What a comparison says: changes, each with its element and in words, gathered by file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

#: Kinds of changes, as a page marks and names them.
KINDS = {"added": "新增", "removed": "删除", "changed": "修改", "renamed": "改名", "moved": "移动"}
#: What one side of a sentence shows of a value.
SHOWN = 160


@dataclass(frozen=True)
class Change:
    """One change: the element's id and name, what became of it (`KINDS`), and the sentence."""

    element: str
    name: str
    kind: str
    text: str
    #: Of a drawing, the process that it stands in.
    process: str = ""


@dataclass(frozen=True)
class FileChanges:
    """What became of a file: added, removed, changed, or layout (only how it is drawn or written)."""

    path: str
    title: str
    kind: str
    changes: tuple[Change, ...] = ()
    #: Elements that were only drawn elsewhere: (process, id).
    moved: tuple[tuple[str, str], ...] = ()
    #: Lines of a text: (" " | "-" | "+" | "…", line); empty for what is compared by its elements.
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Diff:
    """All files that differ, by path; `parameters` are the values that differ between the two days, in words."""

    files: tuple[FileChanges, ...]
    parameters: tuple[Change, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.files and not self.parameters


@dataclass(frozen=True)
class Part:
    """Something in a file that has facts of its own: an element, a row, a field, an entry. What is compared are the
    facts, {key: text}; a key is named by `Words.label`."""

    id: str
    name: str
    kind: str
    facts: Mapping[str, str] = field(default_factory=dict)
    process: str = ""
    #: What a sentence shows of a fact instead: the name of what it names by its id.
    shown: Mapping[str, str] = field(default_factory=dict)
    #: The facts of a group whose order people see: the options of a field.
    order: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """How a sentence names it."""
        return f"{self.kind}“{cut(self.name or self.id, 60)}”"


class Words:
    """How the facts of a kind of file are called and shown; `labels` may end in a dot to name a whole group."""

    def __init__(self, labels: Mapping[str, str], shown: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._labels, self._shown = labels, shown or {}

    def label(self, key: str) -> str:
        """What a fact is called."""
        if key in self._labels:
            return self._labels[key]
        group, dot, rest = key.partition(".")
        return f"{self._labels[group + dot]}“{rest}”" if dot and group + dot in self._labels else f"“{key}”"

    def value(self, key: str, text: str) -> str:
        """What a value looks like in a sentence."""
        words = self._shown.get(key)
        return words.get(text, text) if words else text


def compare_parts(old: Iterable[Part], new: Iterable[Part], words: Words) -> Iterator[Change]:
    """Parts that came, went, or whose facts differ. Parts with one id twice are compared by their order."""
    before, after = _by_id(old), _by_id(new)
    for key, part in before.items():
        if key not in after:
            yield Change(part.id, part.name, "removed", f"删除{part.title}", part.process)
    for key, part in after.items():
        if key not in before:
            yield Change(part.id, part.name, "added", f"新增{part.title}", part.process)
        else:
            yield from compare_facts(before[key], part, words)


def compare_facts(old: Part, new: Part, words: Words) -> Iterator[Change]:
    """What differs between two states of one part."""
    if old.name != new.name:
        text = f"{new.kind}“{cut(old.name or old.id, 60)}”改名为“{cut(new.name or new.id, 60)}”"
        yield Change(new.id, new.name, "renamed", text, new.process)
    if old.kind != new.kind:
        text = f"“{cut(new.name or new.id, 60)}”由{old.kind}改为{new.kind}"
        yield Change(new.id, new.name, "changed", text, new.process)
    for key in dict.fromkeys((*old.facts, *new.facts)):
        one, other = old.facts.get(key, ""), new.facts.get(key, "")
        if one != other:
            said = (cut(part.shown.get(key) or words.value(key, part.facts.get(key, ""))) for part in (old, new))
            text = f"{new.title}：{swapped(words.label(key), *said)}"
            yield Change(new.id, new.name, "changed", text, new.process)
    if reordered(old.order, new.order):
        names = cut("、".join(new.facts.get(f"option.{each}", each) for each in new.order))
        yield Change(new.id, new.name, "changed", f"{new.title}：选项的次序有变，现在是：{names}", new.process)


def swapped(label: str, old: str, new: str) -> str:
    """角色由“甲”改为“乙” / 期限设为“3 个工作日” / 去掉期限（原为“…”）."""
    if not old:
        return f"{label}设为“{new}”"
    if not new:
        return f"去掉{label}（原为“{old}”）"
    if old == new:  # They differ in what a sentence leaves out.
        return f"{label}有改动"
    return f"{label}由“{old}”改为“{new}”"


def cut(text: str, longest: int = SHOWN) -> str:
    """A value as a sentence can hold it; of two long ones that begin alike the page shows the files themselves."""
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[:longest]}…"


def reordered(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether what both have stands in another order."""
    both = set(old) & set(new)
    return [each for each in old if each in both] != [each for each in new if each in both]


def _by_id(parts: Iterable[Part]) -> dict[tuple[str, str, int], Part]:
    found: dict[tuple[str, str, int], Part] = {}
    seen: dict[tuple[str, str], int] = {}
    for part in parts:
        key = (part.process, part.id)
        seen[key] = seen.get(key, -1) + 1
        found[(*key, seen[key])] = part
    return found
