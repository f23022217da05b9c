"""Files and folders from a disk, as releases: a folder is one release, a file on its own is one too."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.parameters.seed import entries
from engine.releases.files import belongs
from engine.releases.lint import FileReport, lint
from engine.releases.lint.engine_says import Parse
from engine.releases.lint.report import on_file, report
from engine.releases.xml import LARGEST
from engine.runtime.services import Services, services
from engine.spiff.parser import parse as parse_specs


def lint_paths(
    paths: Iterable[Path],
    known: Services = services,
    *,
    parameters: frozenset[str] | None = None,
    parse: Parse | None = parse_specs,
) -> list[FileReport]:
    """A report for each file, named by its path. Never raises: what cannot be read is a problem. Without
    `parameters` those of the seed are the known ones, as when a release is deployed."""
    found: list[FileReport] = []
    cited: list[tuple[str, str]] = []
    if parameters is None:
        seed = entries()
        parameters, cited = frozenset(e.name for e in seed), [(e.name, e.clause or "") for e in seed]
    for given in map(Path, paths):
        refused: list[FileReport] = []
        files = {}
        for path in _below(given):
            data, fault = _read(path)
            if fault:
                refused.append(report(str(path), [on_file(str(path), *fault)]))
            else:
                files[str(path)] = data
        reports = lint(files, known, parameters=parameters, parse=parse, cited=cited)
        found += reports + refused
    return found


def _below(given: Path) -> list[Path]:
    if not given.is_dir():
        return [given]
    return sorted(path for path in given.rglob("*") if belongs(path) and path.is_file())


def _read(path: Path) -> tuple[bytes, tuple[str, str] | None]:
    try:
        if not path.is_file():
            return b"", ("unreadable", "没有这个文件，请检查路径")
        if path.stat().st_size > LARGEST:
            return b"", ("too-large", f"文件超过{LARGEST // 1024 // 1024}MB，请确认选对了文件")
        return path.read_bytes(), None
    except (OSError, ValueError) as error:
        return b"", ("unreadable", f"文件读不出来，请检查权限：{error}")
