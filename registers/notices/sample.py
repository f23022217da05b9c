"""A template as a document of nobody: what it reads of a case stands there by its name, 〔入户调查：结论〕, so that its
author sees the page while writing. No case, no person, no number is read or used up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

from engine import clock
from engine.documents import facts
from engine.documents.head import read as read_head
from engine.documents.names import NAMES, PUBLIC
from engine.documents.sandbox import Safe
from engine.errors import Unmade
from registers.notices import compose, words
from registers.notices.issuer import Issuer

OFFICE = "〔发文机关〕"
REASON = '<ol class="doc-reasons"><li>〔理由，由系统按办件的情况写明〕（〔依据的条款〕）</li></ol>'
#: What stands for a value of its own.
PLAIN = ("case_number", "applicant", "village", "scheme", "handler", "complaint_phone", "appeal_organ")

#: {task: (its name, {field: its label})}
Labels = Mapping[str, tuple[str, Mapping[str, str]]]


class Placeholder:
    """Something of a case by its name: a text, a list of one, a truth, a number, whatever a template makes of it."""

    def __init__(self, label: str, inside: Mapping[str, str] | None = None) -> None:
        self._label, self._inside = label, inside or {}

    def __str__(self) -> str:
        return f"〔{self._label}〕"

    def __getitem__(self, name: object) -> Placeholder:
        return Placeholder(f"{self._label}：{self._inside.get(str(name), name)}", self._inside)

    def __iter__(self) -> Iterator[Placeholder]:
        yield Placeholder(self._label, self._inside)

    def __call__(self, *_: object) -> Placeholder:
        return self

    def __len__(self) -> int:
        return 1

    def __int__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __hash__(self) -> int:
        return hash(self._label)

    def __eq__(self, other: object) -> bool:
        """A choice of the template takes its first branch."""
        return True

    def _true(self, _: object) -> bool:
        return True

    def _self(self, _: object) -> Placeholder:
        return self

    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _true
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __floordiv__ = __mod__ = _self


class _Tasks:
    """`form.TASK.FIELD` by the names of both."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels

    def __getitem__(self, task: str) -> Placeholder:
        name, fields = self._labels.get(task, (task, {}))
        return Placeholder(name, {"all": "整张表单", "signers": "签字人", "author": "填表人", "on": "日期", **fields})


class _Facts:
    def __getitem__(self, name: str) -> Placeholder:
        known = facts.known().get(name)
        return Placeholder(known.title if known else name)


def html(text: str, labels: Labels, parameters: Mapping[str, Any], files: Mapping[str, bytes]) -> tuple[str, str]:
    """The document's title and page. Raises Unmade with what the template runs into."""
    head, faults = read_head(text)
    if faults:
        raise Unmade(faults[0])
    call = SimpleNamespace(parameters=parameters, release=SimpleNamespace(files=files))
    number = f"〔{head.mark}〔年份〕序号〕" if head.mark else ""
    draft = compose.Draft(cast(Any, call), "sample", text, head, Issuer(OFFICE, "", "〔被申请人〕"), number)
    seen = _seen(labels, parameters, number)
    if head.public:
        seen = {name: value for name, value in seen.items() if name in PUBLIC}
    return head.title, compose.laid_out(draft, seen, "" if head.public else REASON)


def _seen(labels: Labels, parameters: Mapping[str, Any], number: str) -> dict[str, Any]:
    given = words.Given(parameters)
    return {
        **{name: Placeholder(NAMES[name].partition("；")[0]) for name in PLAIN},
        "number": number,
        "date": words.day(clock.now()),
        "office": OFFICE,
        "facts": _Facts(),
        "form": _Tasks(labels),
        "source": Placeholder("这次提交", {"all": "整张表单", "signers": "签字人", "author": "填表人", "on": "日期"}),
        "days": given.days,
        "yuan": given.yuan,
        "value": given.value,
        "day": lambda value: value if isinstance(value, Placeholder) else words.day(value),
        "month": lambda value: value if isinstance(value, Placeholder) else words.month(value),
        "blank": words.blank,
        "signatures": words.signatures,
        "reasons": Safe(""),
    }
