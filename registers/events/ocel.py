"""The event log as OCEL 2.0 (JSON): one event with the case, the piece of work and the person that it concerns as
objects of their own. Events are written as they come; what is kept meanwhile is one line an object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any

from registers.events.log import Event, Trace

CASE, ITEM, PERSON = "case", "work_item", "person"
OBJECT_TYPES = {
    CASE: {"process": "string", "title": "string", "village": "string", "release": "string", "outcome": "string"},
    ITEM: {"step": "string", "role": "string", "due": "time"},
    PERSON: {},
}
TRANSITIONS = {"schedule": "待办产生", "start": "认领", "complete": "办结", "withdraw": "撤销"}


def write(out: IO[bytes], traces: Iterable[Trace]) -> int:
    """Writes the log; how many events it has."""
    types: set[str] = set()
    objects: dict[str, dict[str, Any]] = {}
    number = 0
    out.write(b'{"events": [')
    for trace in traces:
        _keep_case(objects, trace)
        for event in trace.events:
            types.add(_type(event))
            out.write((b",\n" if number else b"\n") + _json(_event(number + 1, trace, event)))
            _keep_others(objects, trace, event)
            number += 1
    out.write(b'],\n"objects": [')
    out.write(b",\n".join(_json(each) for each in _joined(objects)))
    out.write(b'],\n"objectTypes": ' + _json(list(_object_types())))
    named = [{"name": each, "attributes": []} for each in sorted(types)]
    out.write(b',\n"eventTypes": ' + _json(named) + b"}\n")
    return number


def _joined(objects: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Without relations to what is not in the log: a case of another period, or one that is confidential."""
    for each in objects.values():
        yield {**each, "relationships": [to for to in each["relationships"] if to["objectId"] in objects]}


def _type(event: Event) -> str:
    return f"{event.activity}（{TRANSITIONS[event.transition]}）" if event.item else event.activity


def _event(number: int, trace: Trace, event: Event) -> dict[str, Any]:
    related = [(f"{CASE}:{trace.case}", "办件")]
    related += [(f"{ITEM}:{event.item}", "环节")] if event.item else []
    related += [(f"{PERSON}:{event.who}", "办理人")] if event.who else []
    return {
        "id": f"e{number}",
        "type": _type(event),
        "time": event.at.isoformat(),
        "attributes": [],
        "relationships": [{"objectId": key, "qualifier": words} for key, words in related],
    }


def _keep_case(objects: dict[str, dict[str, Any]], trace: Trace) -> None:
    said = {name: getattr(trace, name) for name in OBJECT_TYPES[CASE]}
    made = _object(CASE, trace.case, said, trace.started_at.isoformat())
    if trace.parent:
        made["relationships"].append({"objectId": f"{CASE}:{trace.parent}", "qualifier": "关联自"})
    objects[made["id"]] = made


def _keep_others(objects: dict[str, dict[str, Any]], trace: Trace, event: Event) -> None:
    if event.item and f"{ITEM}:{event.item}" not in objects:
        due = event.due.isoformat() if event.due is not None else ""
        said = {"step": event.activity, "role": event.role, "due": due}
        made = _object(ITEM, event.item, said, event.at.isoformat())
        made["relationships"].append({"objectId": f"{CASE}:{trace.case}", "qualifier": "属于"})
        objects[made["id"]] = made
    if event.who:
        objects.setdefault(f"{PERSON}:{event.who}", _object(PERSON, event.who, {}, event.at.isoformat()))


def _object(kind: str, key: str, said: dict[str, str], at: str) -> dict[str, Any]:
    attributes = [{"name": name, "time": at, "value": value} for name, value in said.items() if value]
    return {"id": f"{kind}:{key}", "type": kind, "attributes": attributes, "relationships": []}


def _object_types() -> Iterator[dict[str, Any]]:
    for kind, attributes in OBJECT_TYPES.items():
        yield {"name": kind, "attributes": [{"name": name, "type": type_} for name, type_ in attributes.items()]}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
