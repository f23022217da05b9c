"""The form's own buttons: add a row, remove a row, name a file no more, and Enter. They change what was posted, and
keep nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.forms import Form
from engine.forms.tree import MOST_ROWS, indexes, texts

_PATH = re.compile(r"((?:[^\W\d]\w*(?:\[\d{1,4}\])?\.)*[^\W\d]\w*)")
_ROW = re.compile(_PATH.pattern + r"\[(\d{1,4})\]")


@dataclass(frozen=True)
class Edited:
    """What to draw again: the posted texts and the field that takes the focus."""

    posted: dict[str, list[str]]
    focus: str = ""


def edit(form: Form, posted: Mapping[str, Sequence[str]]) -> Edited | None:
    """Does what `_add`, `_remove`, `_detach` or `_check` asks; None when one of the page's buttons was pressed."""
    found = {name: list(texts(posted, name)) for name in posted}
    add, remove = found.pop("_add", []), found.pop("_remove", [])
    check, detach = found.pop("_check", []), found.pop("_detach", [])
    if add:
        return _add(form, found, add[0])
    if remove:
        return _remove(found, remove[0])
    if detach:
        name, _, reference = detach[0].rpartition(":")
        found[name] = [each for each in found.get(name, []) if each != reference]
        return Edited(found)
    return Edited(found) if check else None


def _add(form: Form, posted: dict[str, list[str]], path: str) -> Edited:
    if not _PATH.fullmatch(path):
        return Edited(posted)
    steps = re.sub(r"\[\d+\]", "", path).split(".")
    one = next((f for f in form.walk() if f.type == "dynamiclist" and f.key == steps[-1]), None)
    rows = indexes(posted, path)
    if one is None or len(rows) >= min(one.max_rows, MOST_ROWS):
        return Edited(posted)
    index = rows[-1] + 1 if rows else 0
    posted.setdefault(f"_row.{path}", []).append(str(index))
    return Edited(posted, f"{path}[{index}]")


def _remove(posted: dict[str, list[str]], row: str) -> Edited:
    found = _ROW.fullmatch(row)
    if not found:
        return Edited(posted)
    path, index = found.groups()
    kept = {k: v for k, v in posted.items() if not k.startswith((f"{row}.", f"_row.{row}."))}
    kept[f"_row.{path}"] = [t for t in kept.get(f"_row.{path}", []) if t != index]
    return Edited(kept, path)
