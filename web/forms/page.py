"""What the templates ask while they draw a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from markupsafe import Markup

from engine.errors import ExpressionError
from engine.forms import FieldProblem, Form, expressions, identity, kinds
from engine.forms.tree import Node
from engine.forms.words import shown
from web.forms.files import Files, Shown
from web.forms.prose import prose

Facts = Callable[[str], Sequence[Mapping[str, object]] | None]
GRID = 16
"""form-js lays fields on 16 columns, Bootstrap on 12."""
MANY_OPTIONS = 6


@dataclass(frozen=True)
class Page:
    """One drawing of one form."""

    form: Form
    nodes: list[Node]
    problems: tuple[FieldProblem, ...]
    warnings: tuple[FieldProblem, ...]
    facts: Facts | None
    preview_url: str
    focus: str
    body_id: str
    files: Files | None = None
    paste: bool = False

    def id(self, node: Node) -> str:
        """The id of a field's control."""
        return self.name_id(node.name)

    def name_id(self, name: str) -> str:
        """The id that belongs to a posted name."""
        return f"{self.body_id}-" + re.sub(r"\W+", "-", name).strip("-")

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return {n.name: n for top in self.nodes for n in top.walk()}

    @cached_property
    def summary(self) -> list[tuple[str, str]]:
        """(id to jump to or nothing, message) of every problem."""
        found = []
        for problem in self.problems:
            node = self._by_name.get(problem.field)
            found.append((self.target(node) if node and not node.hidden else "", problem.message))
        return found

    def target(self, node: Node) -> str:
        """The id that a link of the summary jumps to: something that takes the focus."""
        if self.widget(node) in ("radio", "checklist"):
            return f"{self.id(node)}-0"
        return self.id(node) if node.field.is_input else f"box-{self.id(node)}"

    def messages(self, node: Node) -> list[str]:
        """What is wrong with the field; before it is submitted, only what was typed in a wrong form."""
        found = [p.message.removeprefix(f"{p.label}：") for p in self.problems if p.field == node.name]
        return found or ([node.fault] if node.fault and not self.problems else [])

    def hints(self, node: Node) -> list[str]:
        """Warnings: they do not stop the submission."""
        found = [w.message.removeprefix(f"{w.label}：") for w in self.warnings if w.field == node.name]
        return found or ([node.warning] if node.warning and not node.fault else [])

    def read_off(self, node: Node) -> str:
        """What a valid ID number says of its holder, in words."""
        found = kinds.identity(str(node.value)) if node.field.kind == "id_number" and node.value else None
        return identity.words(found) if found and not node.fault else ""

    def by_id(self, node: Node) -> str:
        """The id of the number's control and what this field takes from it, for the page's script."""
        if node.field.by_id is None:
            return ""
        key, what = node.field.by_id
        return f"{what} {self.name_id(node.name.removesuffix(node.field.key) + key)}"

    def described(self, node: Node) -> str:
        """The ids of what describes the control."""
        parts = [
            (node.field.description, "hint"),
            (self.messages(node), "error"),
            (self.hints(node), "warning"),
            (node.field.kind == "id_number", "read"),
        ]
        return " ".join(f"{self.id(node)}-{word}" for told, word in parts if told)

    def widget(self, node: Node) -> str:
        """How the field is drawn."""
        one = node.field
        if (one.readonly or one.disabled) and one.is_input:
            return "plain"
        if one.type == "radio" and len(one.options) > MANY_OPTIONS:
            return "select"
        return "checklist" if one.type == "taglist" else one.type

    def inline(self, node: Node) -> bool:
        """Whether the answers fit in one line."""
        options = node.field.options
        return len(options) <= 4 and sum(len(o.label) for o in options) <= 24

    def rows(self, nodes: Sequence[Node]) -> list[list[tuple[Node, int]]]:
        """Lines of (component, width of 12): neighbours that share form-js's row stand side by side."""
        lines: list[list[tuple[Node, int]]] = []
        for row, members in groupby(nodes, key=lambda n: n.field.row or n.name):
            some = list(members)
            lines.append(_widths(some) if row else [(n, 12) for n in some])
        return lines

    def beside(self, line: Sequence[tuple[Node, int]]) -> bool:
        """Whether a tick box stands beside fields that have a label above them."""
        kinds = {node.field.type for node, _ in line}
        return "checkbox" in kinds and kinds != {"checkbox"}

    def controls(self, node: Node) -> bool:
        """Whether a change of this field may change what else is shown."""
        return bool(self.preview_url and self.swaps and node.field.key in self._read)

    @cached_property
    def _read(self) -> frozenset[str]:
        shown_by = [e for f in self.form.walk() for e in f.reading]
        text = " ".join(shown_by)
        return frozenset(n for e in shown_by for n in expressions.names(e)) | frozenset(
            k for k in self.form.keys if re.search(rf"(?<!\w){re.escape(k)}(?!\w)", text)
        )

    @cached_property
    def swaps(self) -> str:
        """The boxes that a changed answer may alter: only these are replaced, so typing goes on."""
        found: list[str] = []

        def gather(nodes: Sequence[Node]) -> None:
            for node in nodes:
                if node.field.reading:
                    found.append(f"#box-{self.id(node)}")
                else:
                    gather(node.children + [n for r in node.rows for n in r.nodes])

        gather(self.nodes)
        return ",".join(found)

    def focused(self, node: Node) -> bool:
        """Whether it is the first field of a row just added."""
        if not self.focus:
            return False
        inside = [n for n in self._by_name.values() if n.field.is_input and n.name.startswith(f"{self.focus}.")]
        return bool(inside) and inside[0] is node

    def prose(self, node: Node) -> Markup:
        """A text component."""
        return prose(expressions.fill(node.field.text, node.scope))

    def value(self, node: Node) -> str:
        """The value in words."""
        return shown(node.field, node.value)

    def listed(self, node: Node) -> list[Shown]:
        """The files that a field names, as far as whoever looks may use them."""
        return self.files.look(node.raw) if self.files is not None and node.raw else []

    def accepts(self, node: Node) -> str:
        """What the phone offers: asked for JPEG, it turns its own kind of photo into one."""
        return node.field.accept or ".jpg,.jpeg,.png,.webp,.pdf"

    def options_chosen(self, node: Node) -> frozenset[str]:
        """The posted answers."""
        return frozenset(t for t in node.raw if t)

    def table(self, node: Node) -> tuple[list[str], list[list[str]]] | None:
        """Heads and cells of a read-only table, or None when there is nothing to show."""
        one = node.field
        rows: object = None
        if one.show:
            rows = self.facts(one.show) if self.facts else None
        elif one.data_source:
            try:
                rows = expressions.value(one.data_source, node.scope)
            except ExpressionError:
                rows = None
        if isinstance(rows, Mapping):
            rows = [rows]
        lines = [r for r in rows if isinstance(r, Mapping)] if isinstance(rows, (list, tuple)) else []
        if not lines:
            return None
        columns = [(c.key, c.label) for c in one.table_columns] or [(str(k), str(k)) for k in lines[0]]
        return [label for _, label in columns], [[expressions.plain(r.get(key)) for key, _ in columns] for r in lines]


def _widths(nodes: Sequence[Node]) -> list[tuple[Node, int]]:
    given = sum(n.field.columns or 0 for n in nodes)
    open_ones = sum(n.field.columns is None for n in nodes)
    share = max((GRID - given) / open_ones, 2) if open_ones else 0
    total = max(given + share * open_ones, GRID)
    found, at = [], 0.0
    for node in nodes:
        start, at = at, at + (node.field.columns or share)
        found.append((node, max(round(at * 12 / total) - round(start * 12 / total), 1)))
    return found
