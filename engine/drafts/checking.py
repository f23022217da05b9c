"""What the deploy's lint says of a draft, quickly enough for whoever is drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.drafts import queries
from engine.drafts.models import ModelDraft
from engine.releases import operations as releases
from engine.releases.lint.report import FileReport, Problem

#: (file, problem | hint, what it is)
Said = tuple[str, str, Problem]


@dataclass(frozen=True)
class Found:
    """What was found, file by file."""

    problems: list[Said]
    hints: list[Said]


def check(session: Session, draft: ModelDraft, path: str, data: bytes, *, whole: bool = False) -> Found:
    """The lint over the draft with one text in place: all rules about all files when `whole`, else what can be said of
    this file at once."""
    files = queries.files(session, draft)
    files[path] = data
    return said(releases.judge(files) if whole else [releases.judge_one(files, path)])


def said(reports: Iterable[FileReport]) -> Found:
    """Reports as one list."""
    problems: list[Said] = []
    hints: list[Said] = []
    for report in reports:
        problems += [(report.file, "problem", each) for each in report.problems]
        hints += [(report.file, "hint", each) for each in report.hints]
    return Found(problems, hints)
