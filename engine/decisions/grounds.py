"""The catalogue of reasons of a release: `grounds.json`. Whoever refuses, reduces or stops gives a code; what the
family reads is a sentence with the figures of its own case, and the clause that it rests on.

    "income": {"title": "收入不低于标准", "uses": ["refuse", "stop"], "test": "income",
               "text": "…{{ income_per_head|yuan }}元…", "clause": "mca-2021-57:13",
               "schemes": {"tekun": {"text": "…", "clause": "mca-2021-43:6"}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError, meta, nodes

from engine import feel
from engine.documents import sandbox
from engine.errors import ExpressionError
from engine.releases.files import GROUNDS

FILE = GROUNDS
#: What a ground may be given for.
USES = ("refuse", "reduce", "stop", "terminate", "not_accept")
#: The flow variable that lists the codes of the tests that failed.
FAILED = "failed_tests"
#: A process owner may write no more than this.
LARGEST = 256 * 1024

_FIELDS = {"title", "uses", "test", "text", "clause", "schemes", "only", "refuted_by"}


@dataclass(frozen=True)
class Wording:
    """A template of the sentence, and the clause."""

    text: str
    clause: str


@dataclass(frozen=True)
class Ground:
    """One reason. `test` is the code in `failed_tests` that bears it out; `refuted_by` a FEEL condition over the case's
    figures that speaks against it; `only` the schemes that know it (empty: all)."""

    code: str
    title: str
    uses: tuple[str, ...]
    wording: Wording
    test: str | None = None
    refuted_by: str | None = None
    only: tuple[str, ...] = ()
    schemes: Mapping[str, Wording] = field(default_factory=dict)

    def of(self, scheme: str) -> Wording:
        """How it is worded under a scheme."""
        return self.schemes.get(scheme, self.wording)

    @property
    def wordings(self) -> tuple[Wording, ...]:
        """All of its sentences."""
        return (self.wording, *self.schemes.values())


@dataclass(frozen=True)
class Fault:
    """What is wrong with an entry: its code (empty for the file) and what to do."""

    code: str
    message: str


@lru_cache(maxsize=16)
def read(data: bytes) -> tuple[Mapping[str, Ground], tuple[Fault, ...]]:
    """The grounds of a catalogue, in the order of the file, and what is wrong with it. Never raises."""
    if len(data) > LARGEST:
        return {}, (Fault("", f"文件超过{LARGEST // 1024}KB，请删减"),)
    try:
        given = json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        return {}, (Fault("", f"不是有效的 JSON 文件：{str(error)[:200]}"),)
    if not isinstance(given, Mapping):
        return {}, (Fault("", "应是“代码：理由”的目录"),)
    faults: list[Fault] = []
    found = {}
    for code, entry in given.items():
        ground = _ground(code, entry, faults)
        if ground is not None:
            found[code] = ground
    return found, tuple(faults)


def environment(filters: Mapping[str, Any] | None = None) -> sandbox.Sandbox:
    """Where the sentences are rendered: plain text, in the sandbox of documents, with the words that they may use."""
    made = sandbox.make({"yuan": yuan, "against": against, "percent": percent, **(filters or {})})
    made.autoescape = False
    return made


def reads(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The figures and the parameters that a sentence reads. TemplateError when it does not parse."""
    parsed = environment().parse(text)
    parameters = {
        each.attr for each in parsed.find_all(nodes.Getattr) if getattr(each.node, "name", None) == "parameters"
    }
    return frozenset(meta.find_undeclared_variables(parsed)) - {"parameters"}, frozenset(parameters)


def yuan(fen: int | float) -> str:
    """260 or 260.50: fen as yuan, without a useless `.00`."""
    whole, rest = divmod(round(fen), 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def against(figure: float, limit: float) -> str:
    """How a figure stands to a limit, in a word."""
    return "高于" if figure > limit else "等于" if figure == limit else "低于"


def percent(part: float, whole: float) -> str:
    """A share in hundredths, to one place: `83.3`; of nothing, everything."""
    if not whole:
        return "100" if part else "0"
    return f"{round(part * 1000 / whole) / 10:g}"


def _ground(code: str, entry: Any, faults: list[Fault]) -> Ground | None:
    before = len(faults)

    def wrong(message: str) -> None:
        faults.append(Fault(code, message))

    if not isinstance(entry, Mapping):
        wrong("应写明 title、uses、text、clause")
        return None
    if not code.isidentifier() or code != code.lower():
        wrong("代码只能用小写字母、数字和下划线")
    for name in sorted(set(entry) - _FIELDS):
        wrong(f"不认识的项“{name}”")
    for name in ("title", "text", "clause"):
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            wrong(f"缺少 {name}")
    uses, only, schemes = entry.get("uses"), entry.get("only", []), entry.get("schemes", {})
    if not _texts(uses) or not uses or set(uses) - set(USES):
        wrong(f"uses 应是用处的列表，用处有：{'、'.join(USES)}")
    if not _texts(only):
        wrong("only 应是救助类别的列表")
    for name in ("test", "refuted_by"):
        if entry.get(name) is not None and not isinstance(entry[name], str):
            wrong(f"{name} 应是文字")
    if isinstance(entry.get("refuted_by"), str) and (problem := feel.check(entry["refuted_by"])):
        wrong(f"refuted_by 写法有误：{problem}")
    if not isinstance(schemes, Mapping) or not all(_wording(each) for each in schemes.values()):
        wrong("schemes 里每个救助类别只能写 text、clause，都是文字")
    if len(faults) > before:
        return None
    own = Wording(entry["text"], entry["clause"])
    ground = Ground(
        code,
        entry["title"],
        tuple(uses),
        own,
        entry.get("test"),
        entry.get("refuted_by"),
        tuple(only),
        {name: Wording(each.get("text", own.text), each.get("clause", own.clause)) for name, each in schemes.items()},
    )
    for wording in ground.wordings:
        try:
            environment().from_string(wording.text)
        except (TemplateError, RecursionError) as error:
            wrong(f"句子写法有误：{error}")
    return ground


def refuted(ground: Ground, figures: Mapping[str, Any]) -> bool:
    """Whether the case's own figures speak against a ground; what cannot be told does not."""
    if ground.refuted_by is None:
        return False
    try:
        return feel.condition(ground.refuted_by, figures)
    except ExpressionError:
        return False


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _wording(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and not set(value) - {"text", "clause"}
        and all(isinstance(each, str) and each.strip() for each in value.values())
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)}”写了两次")
    return found


__all__ = ["FAILED", "FILE", "USES", "Fault", "Ground", "Wording", "environment", "read", "reads", "refuted", "yuan"]
