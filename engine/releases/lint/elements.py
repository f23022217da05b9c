"""Which elements of a release a mandatory rule names: `operation:benefits.confirm`, `task:home_visit` …"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from engine.documents.head import Head
from engine.documents.head import read as read_head
from engine.releases.lint.model import Node
from engine.releases.lint.release import Release
from engine.statutes.rules import ADVERSE


class Elements:
    """The names of the elements of one release, as rules give them."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._names: dict[Node, frozenset[str]] = {}

    def names(self, node: Node) -> frozenset[str]:
        """Everything that a rule may call this element."""
        found = self._names.get(node)
        if found is None:
            found = self._names[node] = frozenset(self._of(node))
        return found

    def named(self, node: Node, refs: Iterable[str]) -> bool:
        """Whether one of these names is the element's."""
        return not self.names(node).isdisjoint(refs)

    def _of(self, node: Node) -> Iterable[str]:
        if node.kind == "userTask":
            yield f"task:{node.id}"
            if node.id in self.serving:
                yield f"delivery:{ADVERSE}"
        elif node.kind == "endEvent":
            yield f"end:{node.id}"
        elif node.kind == "businessRuleTask":
            yield f"decision:{node.decision}"
        elif node.kind == "serviceTask" and node.operator is not None:
            yield f"operation:{node.operator.name}"
            notice = node.properties.get("notice")
            if notice:
                yield f"notice:{notice}"
                if self.heads[notice].adverse if notice in self.heads else False:
                    yield f"letter:{ADVERSE}"

    @cached_property
    def heads(self) -> dict[str, Head]:
        """What each template says of itself."""
        return {name: read_head(text)[0] for name, text in self._release.notices.items()}

    @cached_property
    def serving(self) -> frozenset[str]:
        """The user tasks at which a letter that refuses, reduces or stops is served."""
        return frozenset(task for head in self.heads.values() if head.adverse for task in head.served_by)

    @cached_property
    def used(self) -> frozenset[str]:
        """What some drawing of the release really has."""
        nodes = (node for process in self._release.processes.values() for node in process.nodes)
        return frozenset(name for node in nodes for name in self.names(node))

    @cached_property
    def known(self) -> frozenset[str]:
        """What a rule may name: what is used, and what could be: every operation, template and decision."""
        release = self._release
        operations = (f"operation:{each.name}" for each in release.services.all())
        notices = (f"notice:{each}" for each in release.notices)
        decisions = (f"decision:{each}" for each in release.decisions)
        classes = (f"{kind}:{ADVERSE}" for kind in ("letter", "delivery"))
        return self.used | {*operations, *notices, *decisions, *classes}

    @cached_property
    def schemes(self) -> frozenset[str]:
        """What cases can be of: the scheme of each process, else its own id."""
        return frozenset(process.properties.get("scheme") or key for key, process in self._release.processes.items())


def of(release: Release) -> Elements:
    """The names of a release's elements, worked out once."""
    return release.remember("elements", lambda: Elements(release))
