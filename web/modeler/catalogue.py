"""What a drawing may name, for the editors: roles, forms, clocks, clauses, operations … of a draft or a release.

Everything is read from where it is said once: the files themselves, the registries of the engine and the registers.
A file that cannot be read gives nothing here; the lint says what is wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, TypeVar

from engine.actors import LEVELS, ROLES
from engine.calendar.lengths import UNITS
from engine.clocks.catalogue import FILE as CLOCKS
from engine.clocks.catalogue import KINDS as CLOCK_KINDS
from engine.clocks.catalogue import read as read_clocks
from engine.clocks.orders import ACTIONS
from engine.documents import facts
from engine.documents import head as heads
from engine.documents.names import NAMES
from engine.errors import DoudiError
from engine.forms.model import TYPES
from engine.forms.settings import KINDS as FORM_KINDS
from engine.ladders.steps import HOLDER
from engine.releases import starts, xml
from engine.releases.lint import model
from engine.releases.lint.properties import LONGEST_LADDER, PLACES, WAITS_FOR
from engine.runtime.services import Service, services
from engine.statutes import register

#: How many files of drafts and releases are kept read: three releases' worth.
KEPT = 1000
LEVEL_NAMES = {"village": "村", "township": "乡（镇）", "county": "县"}
ACTION_NAMES = {"start": "开始", "pause": "暂停", "resume": "恢复", "satisfy": "了结"}
HOLDER_NAME = "经办人（谁在办）"
WAITING = {"applicant": "申请人"}
DMN = "{*}"

Told = dict[str, Any]
Read = TypeVar("Read")


def catalogue(
    files: Mapping[str, bytes], parameters: Iterable[tuple[str, str, str]], on: date, *, fields: bool = False
) -> Told:
    """All of it as JSON can say it. `parameters` are (name, label, unit); clauses are those in force on that day. With
    `fields` every form says what it asks, not only what it gives to the flow."""
    drawings = _each(files, ".bpmn", _drawing)
    forms = _each(files, ".form", _form)
    tasks = [task for drawing in drawings.values() for task in drawing["tasks"]]
    used = {task["form"]: task["name"] for task in reversed(tasks) if task["form"]}
    for path, form in forms.items():
        form.update(id=PurePosixPath(path).stem, name=used.get(PurePosixPath(path).stem, ""), path=path)
        if not fields:
            del form["fields"]
    return {
        **_fixed(),
        "processes": [process for drawing in drawings.values() for process in drawing["processes"]],
        "tasks": tasks,
        "forms": list(forms.values()),
        "decisions": [each for found in _each(files, ".dmn", _decisions).values() for each in found],
        "notices": list(_each(files, ".html", _notice).values()),
        "clocks": _clocks(_named(files, CLOCKS)),
        "clauses": _clauses(_named(files, register.FILE), on),
        "operations": [_operation(each) for each in services.all()],
        "parameters": [{"name": name, "label": label, "unit": unit} for name, label, unit in parameters],
    }


def _fixed() -> Told:
    """What no file says: the words of the house."""
    return {
        "roles": _pairs(ROLES),
        "levels": _pairs({key: LEVEL_NAMES.get(key, key) for key in reversed(LEVELS)}),
        "units": _pairs({key: word.removeprefix("个") if key == "wd" else word for key, word in UNITS.items()}),
        "holder": {"id": HOLDER, "name": HOLDER_NAME},
        "waiting": _pairs({key: WAITING.get(key, key) for key in WAITS_FOR}),
        "actions": _pairs({key: ACTION_NAMES.get(key, key) for key in ACTIONS}),
        "begins": _pairs(starts.BEGINS),
        "groups": _pairs(starts.GROUPS),
        "places": {name: sorted(kinds) for name, kinds in PLACES.items()},
        "longest_ladder": LONGEST_LADDER,
        "form_types": sorted(TYPES),
        "form_kinds": _pairs(FORM_KINDS),
        "document_names": _pairs(NAMES),
        "facts": [{"id": each.name, "name": each.title, "public": each.public} for each in facts.known().values()],
    }


def _pairs(named: Mapping[str, str]) -> list[Told]:
    return [{"id": key, "name": name} for key, name in named.items()]


def _named(files: Mapping[str, bytes], name: str) -> bytes:
    return next((data for path, data in files.items() if PurePosixPath(path).name == name), b"{}")


def _each(files: Mapping[str, bytes], suffix: str, read: Callable[[str, bytes], Read]) -> dict[str, Read]:
    found: dict[str, Read] = {}
    for path in sorted(path for path in files if path.endswith(suffix)):
        try:
            found[path] = _copied(read(path, files[path]))
        except (DoudiError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
    return found


def _copied(told: Read) -> Read:
    """What is kept for the next draft is not changed by this one."""
    return told.copy() if isinstance(told, dict | list) else told  # type: ignore[return-value]


@lru_cache(KEPT)
def _drawing(path: str, data: bytes) -> Told:
    root = xml.parse(data)
    read = model.read(path, root, 0)
    return {
        "processes": [
            {"id": each.id, "name": each.title, "path": path, "start": each.properties.get("start", "")}
            for each in read.processes
            if each.id
        ],
        "tasks": [
            {"id": node.id, "name": node.title, "process": each.id, "form": node.properties.get("form", "")}
            for each in read.processes
            for node in each.of("userTask")
            if node.id
        ],
    }


@lru_cache(KEPT)
def _form(path: str, data: bytes) -> Told:
    asked = [each for each in _components(json.loads(data)) if isinstance(each.get("key"), str)]
    gives = [each for each in asked if (each.get("properties") or {}).get("flow") == "true"]
    return {
        "gives": [{**_named_field(each), "kind": _kind(each)} for each in gives],
        "fields": [_named_field(each) for each in asked],
    }


def _named_field(field: Mapping[str, Any]) -> Told:
    return {"key": field["key"], "label": str(field.get("label") or field["key"])}


def _components(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The fields of a form's own level; what stands in rows never goes to the flow."""
    for each in schema.get("components") or ():
        yield each
        if each.get("type") == "group":
            yield from _components(each)


def _kind(field: Mapping[str, Any]) -> str:
    settings = field.get("properties") or {}
    if field.get("type") == "checkbox" or settings.get("type") == "boolean":
        return "boolean"
    return "number" if field.get("type") == "number" else "text"


@lru_cache(KEPT)
def _decisions(path: str, data: bytes) -> list[Told]:
    return [
        {
            "id": each.get("id"),
            "name": each.get("name") or each.get("id"),
            "path": path,
            "gives": [
                {"key": out.get("name"), "label": out.get("label") or out.get("name"), "kind": out.get("typeRef") or ""}
                for tag in ("output", "variable")
                for out in each.iter(f"{DMN}{tag}")
                if out.get("name")
            ],
        }
        for each in xml.parse(data).iter(f"{DMN}decision")
        if each.get("id")
    ]


@lru_cache(KEPT)
def _notice(path: str, data: bytes) -> Told:
    head = heads.read(data.decode())[0]
    stem = PurePosixPath(path).stem
    return {"id": stem, "name": head.title or stem, "kind": head.kind, "path": path}


@lru_cache(8)
def _clocks(data: bytes) -> list[Told]:
    return [
        {
            "id": each.name,
            "name": each.title,
            "kind": CLOCK_KINDS.get(each.kind, each.kind),
            "length": each.length or "",
            "pauses": list(each.pauses),
            "note": each.note,
        }
        for each in read_clocks(data)[0].values()
    ]


@lru_cache(8)
def _clauses(data: bytes, on: date) -> list[Told]:
    return [
        {"id": each.id, "name": each.title, "gist": each.gist}
        for each in register.read(data)[0].citable.values()
        if each.lapse(on) is None
    ]


def _operation(service: Service) -> Told:
    return {
        "id": service.name,
        "name": service.title,
        "inputs": dict(service.inputs),
        "outputs": dict(service.outputs),
        "reads": list(service.reads),
        "once": service.repeat == "bars return",
    }
