"""The event log as XES (IEEE 1849-2016), written case by case, so that its size costs no memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

from lxml import etree

from registers.events.log import Event, Trace

XES = "http://www.xes-standard.org/"
EXTENSIONS = {"Concept": "concept", "Time": "time", "Organizational": "org", "Lifecycle": "lifecycle"}


def write(out: IO[bytes], traces: Iterable[Trace]) -> int:
    """Writes the log; how many events it has."""
    events = 0
    with etree.xmlfile(out, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("log", nsmap={None: XES}, **{"xes.version": "1849-2016", "xes.features": ""}):
            for name, prefix in EXTENSIONS.items():
                xml.write(_leaf("extension", name=name, prefix=prefix, uri=f"{XES}{prefix}.xesext"))
            for scope, keys in (("trace", ("concept:name",)), ("event", ("concept:name", "lifecycle:transition"))):
                with xml.element("global", scope=scope):
                    for key in keys:
                        xml.write(_leaf("string", key=key, value="UNKNOWN"))
                    if scope == "event":
                        xml.write(_leaf("date", key="time:timestamp", value="1970-01-01T00:00:00+00:00"))
            xml.write(_leaf("classifier", name="步骤", keys="concept:name"))
            xml.write(_leaf("classifier", name="步骤和状态", keys="concept:name lifecycle:transition"))
            for trace in traces:
                events += len(trace.events)
                xml.write(_trace(trace))
    return events


def _trace(trace: Trace) -> Any:
    made = etree.Element("trace")
    said = {
        "concept:name": trace.case,
        "process": trace.process,
        "title": trace.title,
        "village": trace.village,
        "release": trace.release,
        "outcome": trace.outcome,
        "parent": trace.parent,
    }
    made.extend(_leaf("string", key=key, value=value) for key, value in said.items() if value)
    made.append(_leaf("date", key="started", value=trace.started_at.isoformat()))
    if trace.ended_at is not None:
        made.append(_leaf("date", key="ended", value=trace.ended_at.isoformat()))
    made.extend(_event(each) for each in trace.events)
    return made


def _event(event: Event) -> Any:
    made = etree.Element("event")
    said = {
        "concept:name": event.activity,
        "lifecycle:transition": event.transition,
        "concept:instance": event.item,
        "org:role": event.role,
        "org:resource": event.who,
    }
    made.extend(_leaf("string", key=key, value=value) for key, value in said.items() if value)
    made.append(_date("time:timestamp", event.at))
    if event.due is not None:
        made.append(_date("due", event.due))
    return made


def _date(key: str, at: datetime) -> Any:
    return _leaf("date", key=key, value=at.isoformat())


def _leaf(tag: str, **attributes: str) -> Any:
    return etree.Element(tag, attributes)
