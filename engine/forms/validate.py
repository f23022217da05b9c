"""Judges what was posted on a form: typed values, the flow's scalars and every problem in plain Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.forms import expressions, prefill, tree, values
from engine.forms.model import CHOICES, Form
from engine.forms.posting import to_posted
from engine.forms.problems import FieldProblem

MOST_NAMES = 5000


@dataclass(frozen=True)
class Submission:
    """What came of a posted form. `values` and `flow` count only when there are no problems."""

    values: dict[str, object]
    flow: dict[str, object]
    problems: list[FieldProblem]
    posted: dict[str, list[str]]
    warnings: list[FieldProblem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether it may be kept."""
        return not self.problems


def submit(
    form: Form,
    posted: Mapping[str, Sequence[str]],
    context: Mapping[str, object],
    initial: Mapping[str, object] | None = None,
) -> Submission:
    """Judges flattened posted texts; `initial` gives read-only fields their values (default: prefills)."""
    given = {name: list(tree.texts(posted, name)) for name in list(posted)[:MOST_NAMES]}
    start = prefill.initial(form, context) if initial is None else initial
    nodes = tree.grow(form, given, context, to_posted(form, start))
    judge = _Judge()
    judge.nodes(nodes)
    judge.unknown(nodes, given, len(posted))
    kept = tree.data(nodes, hidden_too=False)
    return Submission(kept, _flow(form, nodes), judge.problems, given, judge.warnings)


def submit_data(
    form: Form,
    data: Mapping[str, object],
    context: Mapping[str, object],
    initial: Mapping[str, object] | None = None,
) -> Submission:
    """The same validation from typed JSON (demonstrations, tests, the API)."""
    return submit(form, to_posted(form, data, strict=True), context, initial)


def _flow(form: Form, nodes: Sequence[tree.Node]) -> dict[str, object]:
    """The scalars for the flow; a hidden one is null, so that no older value stays in the flow."""
    return {n.field.key: None if n.hidden else n.value for top in nodes for n in top.walk() if n.field.flow}


class _Judge:
    def __init__(self) -> None:
        self.problems: list[FieldProblem] = []
        self.warnings: list[FieldProblem] = []
        self.faulty: set[str] = set()

    def tell(self, node: tree.Node, message: str) -> None:
        self.faulty.add(node.field.key)
        where = node.where
        self.problems.append(FieldProblem(node.name, f"{where}：{message}" if where else message, where))

    def nodes(self, nodes: Sequence[tree.Node]) -> None:
        self.formats(nodes)
        self.checks(nodes)

    def formats(self, nodes: Sequence[tree.Node]) -> None:
        for node in nodes:
            if node.hidden:
                continue
            if node.fault:
                self.tell(node, node.fault)
            elif node.field.is_input and node.field.required and node.value == values.blank(node.field):
                self.tell(node, missing(node))
            if node.warning and not node.fault:
                self.warnings.append(FieldProblem(node.name, node.warning, node.where))
            if node.field.type == "dynamiclist":
                self.rows(node)
            self.formats(node.children)

    def rows(self, node: tree.Node) -> None:
        one, rows = node.field, node.filled_rows
        least = max(one.min_rows, 1 if one.required else 0)
        if len(rows) < least:
            self.tell(node, f"“{one.title}”至少填写 {least} 行，请添加一行并填写")
        if len(rows) > one.max_rows:
            self.tell(node, f"“{one.title}”最多 {one.max_rows} 行，请删除多余的行")
        for row in rows:
            self.formats(row.nodes)

    def checks(self, nodes: Sequence[tree.Node]) -> None:
        """Checks run last: one that reads a field with a fault of its own would only repeat it."""
        for node in nodes:
            if node.hidden:
                continue
            one = node.field
            if one.check and one.key not in self.faulty:
                reads = expressions.names(one.check)
                if not reads & self.faulty and not expressions.holds(one.check, node.scope):
                    where = node.where
                    message = f"{where}：{one.message}" if where else one.message
                    self.problems.append(FieldProblem(node.name, message, where))
            self.checks(node.children)
            for row in node.filled_rows:
                self.checks(row.nodes)

    def unknown(self, nodes: Sequence[tree.Node], posted: Mapping[str, object], count: int) -> None:
        known = {n.name for top in nodes for n in top.walk() if n.field.is_input}
        for name in posted:
            if name not in known and name != "csrf_token" and not name.startswith("_"):
                self.problems.append(FieldProblem(name, f"表单中没有“{name[:60]}”这一项，请刷新页面后重填"))
        if count > MOST_NAMES:
            self.problems.append(FieldProblem("", "提交的内容过多，请减少行数后再提交"))


def missing(node: tree.Node) -> str:
    """What to do about a field that must not stay empty."""
    title = node.field.title
    if node.field.type in CHOICES:
        return f"请选择“{title}”"
    return {"checkbox": f"请勾选“{title}”", "filepicker": f"请上传“{title}”"}.get(node.field.type, f"请填写“{title}”")
