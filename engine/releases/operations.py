"""Deploying a release: all of its problems at once, or an immutable snapshot."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.deployments.models import Activation
from engine.errors import ReleaseRefused
from engine.journal.verbs import Verb
from engine.parameters.seed import entries
from engine.releases.files import belongs
from engine.releases.lint import FileReport, lint, lint_one
from engine.releases.lint.memory import offered
from engine.releases.loaded import pack
from engine.releases.models import Release
from engine.releases.queries import BEGINNING
from engine.rules.veto import Question, veto
from engine.runtime.services import services
from engine.spiff.parser import parse as parse_specs
from engine.transactions import act

#: Releases without a fault that this process remembers.
KEPT = 8
_sound: dict[tuple[object, ...], list[FileReport]] = {}


def read(folder: Path) -> dict[str, bytes]:
    """The model files below a folder, by their path inside it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and belongs(path)
    }


def identity(files: Mapping[str, bytes]) -> str:
    """The content address of a release: SHA-256 over its paths and their contents."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\n".encode())
    return total.hexdigest()


def judge(files: Mapping[str, bytes]) -> list[FileReport]:
    """Everything that would keep these files from being deployed now, by file.

    What this program found without a fault is not looked at again on the same day: the judgement depends on nothing
    but the files, the program, the parameters that it knows and the day on which clauses must be in force."""
    known = entries()
    cited = tuple((entry.name, entry.clause or "") for entry in known)
    key = (identity(files), clock.today(), cited, offered(services))
    if key not in _sound:
        reports = lint(
            files, services, parameters=frozenset(entry.name for entry in known), parse=parse_specs, cited=list(cited)
        )
        if not all(report.ok for report in reports):
            return reports
        _sound[key] = reports
        while len(_sound) > KEPT:
            _sound.pop(next(iter(_sound)))
    return _sound[key]


def judge_one(files: Mapping[str, bytes], file: str) -> FileReport:
    """What would keep one of these files from being deployed, as far as that can be said at once (`lint_one`)."""
    known = entries()
    cited = [(entry.name, entry.clause or "") for entry in known]
    return lint_one(files, file, services, parameters=frozenset(entry.name for entry in known), cited=cited)


def deploy(files: Mapping[str, bytes], actor: Actor, note: str = "") -> Release:
    """Stores the files as the current release and returns it; the same content again is current again.

    Raises ReleaseRefused (`.reports`: every problem of every file) and stores nothing when the lint objects,
    Refused for people: one proposes and another confirms (`engine.deployments`).
    """
    reports = judge(files)
    if not all(report.ok for report in reports):
        raise ReleaseRefused(reports=reports)
    with act(Verb.RELEASE_DEPLOYED, actor) as deed:
        veto.require(deed.session, Question("deploy_at_once", actor))
        head = deed.subject("releases")
        release = store(deed.session, files, actor.name, deed.now, note)
        activate(deed.session, release.id, deed.now, made_by_id=actor.id, made_by=actor.name, reason=note)
        deed.record(head, after={"release": release.id[:12], "files": len(files)}, reason=note or None)
    return release


def store(session: Session, files: Mapping[str, bytes], by: str, now: datetime, note: str = "") -> Release:
    """The files as a release that nothing runs on yet; the same content again is the same release. Inside an act."""
    key = identity(files)
    release = session.get(Release, key)
    if release is None:
        release = Release(id=key, files=pack(files), note=note, deployed_at=now, deployed_by=by)
        session.add(release)
        session.flush()
    return release


def activate(
    session: Session, release_id: str, now: datetime, *, valid_from: datetime | None = None, **given: Any
) -> Activation:
    """Makes a release current from an instant on, at once when none is named; the first of an installation since ever.
    Inside an act that holds the head of the stream `releases`."""
    first = session.scalar(select(Activation.id).limit(1)) is None
    starts = valid_from or (BEGINNING if first else now)
    made = Activation(release_id=release_id, valid_from=starts, made_at=now, **given)
    session.add(made)
    session.flush()
    return made
