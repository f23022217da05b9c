"""What the lint says: problems, each with its element and in words, gathered by file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

#: A file drawn to annoy may hold names of megabytes; no person needs more of them than this.
LONGEST = 500


@dataclass(frozen=True)
class Problem:
    """A fault: the element's id and name, the rule (docs/lint.md) and what to do about it."""

    element: str
    name: str
    rule: str
    message: str


@dataclass(frozen=True)
class FileReport:
    """Everything that is wrong with one file; `ok` when nothing is."""

    file: str
    ok: bool
    problems: tuple[Problem, ...]
    #: What is said without keeping the file from being deployed (`hints`).
    hints: tuple[Problem, ...] = ()


def report(file: str, problems: Iterable[Problem], hints: Iterable[Problem] = ()) -> FileReport:
    """The report of a file; the same problem is said once."""
    found = _once(problems)
    return FileReport(file, not found, found, _once(hints))


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(Problem(_cut(p.element), _cut(p.name), p.rule, _cut(p.message)) for p in problems))


def on_file(file: str, rule: str, message: str) -> Problem:
    """A problem of the file as a whole."""
    return Problem(file, file, rule, message)


def close(name: str, known: Iterable[str]) -> str:
    """How a message about an unknown name ends: with the known one that looks like it."""
    found = difflib.get_close_matches(name, list(known), 1) if len(name) <= 60 else []
    return f"，是不是“{found[0]}”？" if found else "，请改正或补上"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
