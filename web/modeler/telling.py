"""Scenarios told on the files of a draft, in a process of its own: the clock of a story is that of its whole process.

python -m web.modeler.telling FOLDER FILE…    FOLDER holds the models and `scenarios/`; JSON on the standard output
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.errors import Conflict, DoudiError, Invalid, ReleaseRefused
from registers.scenarios import reading
from registers.scenarios import run as scenarios
from registers.scenarios.story import Story

log = logging.getLogger(__name__)

#: Where the stories of process owners lie beside the models that the program brings along.
STORIES = Path(__file__).resolve().parents[2] / "bpmn" / "scenarios"
PATIENCE = 240
#: A trial keeps a core busy: one at a time, the others are told to wait.
_turn = threading.Lock()


def stories(process: str | None = None) -> list[Story]:
    """The stories that can be told, those of one process first."""
    found = reading.read_all(STORIES)[0]
    return sorted(found, key=lambda each: (each.process != process, each.process, each.name))


def tell(files: Mapping[str, bytes], names: Sequence[str]) -> dict[str, Any]:
    """How the stories of these files went on the files of a draft. Raises Conflict when another trial is running,
    Invalid when the draft cannot be tried at all."""
    if not _turn.acquire(blocking=False):
        raise Conflict("正在试走另一份，请等一分钟再试。")
    try:
        with tempfile.TemporaryDirectory() as folder:
            _lay_out(Path(folder), files, names)
            return _asked(folder)
    finally:
        _turn.release()


def _lay_out(folder: Path, files: Mapping[str, bytes], names: Sequence[str]) -> None:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    known = {each.file: each for each in stories()}
    for name in names:
        if name not in known:
            raise Invalid("没有这个情景，请刷新页面。")
        target = folder / "scenarios" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((STORIES / name).read_bytes())
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "usual").symlink_to(STORIES / "usual")


def _asked(folder: str) -> dict[str, Any]:
    kept = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module on a folder of ours
            [sys.executable, "-m", "web.modeler.telling", folder],
            capture_output=True,
            timeout=PATIENCE,
            env=environment,
            cwd=STORIES.parents[1],
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Invalid(f"试走超过{PATIENCE // 60}分钟没有走完，已停止。请少选几个情景。") from None
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        log.error("a trial of a draft ended with %s: %s", done.returncode, done.stderr.decode(errors="replace")[-4000:])
        raise Invalid("试走没有走成，请把这件事告诉管理员。") from None
    return told


def run(folder: Path) -> dict[str, Any]:
    """What the page shows: outcome and problems of each story, and where they went, by process."""
    from web import trials

    found, wrong = reading.read_all(folder / "scenarios")
    usual, more = scenarios.read_usual(folder / "scenarios")
    try:
        with trials.trial(folder) as world:
            told = [scenarios.tell(world, story, usual) for story in found]
    except ReleaseRefused as refused:
        problems = [each for report in refused.data["reports"] for each in report.problems]
        said = [f"“{each.name or each.element}”{each.message}" for each in problems[:20]]
        return {"refused": f"草稿还有{len(problems)}处问题，改好以后才能试走。", "problems": said, "told": []}
    except DoudiError as error:
        return {"refused": error.message, "problems": [], "told": []}
    return {"problems": [*wrong, *more], "told": [_shown(each) for each in told]}


def _shown(told: scenarios.Told) -> dict[str, Any]:
    return {
        "name": told.scenario,
        "file": told.file,
        "outcome": told.outcome,
        "problems": list(told.problems),
        "documents": list(told.documents),
        "flows": sorted(told.flows),
        "elements": sorted(told.elements),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(Path(sys.argv[1])), ensure_ascii=False))
