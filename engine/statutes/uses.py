"""What rests on each clause: steps, deadlines, reasons, documents, decisions, mandatory rules and parameters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine.documents.head import read as read_head
from engine.releases.files import GROUNDS
from engine.releases.loaded import LoadedRelease
from engine.statutes import ids

#: What may rest on a clause, in the order in which people ask.
KINDS = {
    "step": "环节",
    "clock": "期限",
    "ground": "理由",
    "document": "文书",
    "decision": "决策",
    "rule": "必经规则",
    "parameter": "政策参数",
}


@dataclass(frozen=True)
class Use:
    """One thing that rests on a clause: its name, the process that it stands in (with its id), its own id."""

    kind: str
    name: str
    id: str
    process: str = ""
    process_id: str = ""


def of_release(release: LoadedRelease) -> Mapping[str, tuple[Use, ...]]:
    """{clause: what of a release rests on it}."""
    found: dict[str, dict[Use, None]] = {}

    def rests(use: Use, clauses: Iterable[str]) -> None:
        for clause in clauses:
            found.setdefault(clause, {})[use] = None

    for process in release.processes.values():
        for element in process.elements.values():
            use = Use("step", element.name, element.id, process.name, process.id)
            rests(use, ids.split(element.properties.get("clause")))
    for name, spec in release.clocks.items():
        rests(Use("clock", spec.title, name), ids.split(spec.clause))
    for code, title, clause in _grounds(release.files):
        rests(Use("ground", title, code), ids.split(clause))
    for name, text in release.notices.items():
        head = read_head(text)[0]
        rests(Use("document", head.title or name, name), dict.fromkeys([*head.clause, *ids.cited(text)]))
    for path, data in release.files.items():
        if path.endswith(".dmn"):
            key = PurePosixPath(path).stem
            decision = release.decisions.get(key)
            rests(Use("decision", decision.name if decision else key, key), ids.cited(data.decode()))
    for rule in release.mandatory:
        rests(Use("rule", rule.title, rule.id), ids.split(rule.clause))
    return {clause: tuple(uses) for clause, uses in found.items()}


def of_parameters(rows: Iterable[tuple[str, str, str | None]]) -> Mapping[str, tuple[Use, ...]]:
    """{clause: the parameters that rest on it}; a row is a parameter's name, its label and its clauses."""
    found: dict[str, dict[Use, None]] = {}
    for name, label, clauses in rows:
        for clause in ids.split(clauses):
            found.setdefault(clause, {})[Use("parameter", label or name, name)] = None
    return {clause: tuple(uses) for clause, uses in found.items()}


def _grounds(files: Mapping[str, bytes]) -> list[tuple[str, str, str]]:
    data = next((data for path, data in files.items() if PurePosixPath(path).name == GROUNDS), b"{}")
    given = json.loads(data)
    return [(code, each.get("title") or code, each.get("clause") or "") for code, each in given.items()]
