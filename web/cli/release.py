"""`doudi release`: checking, comparing, deploying, exporting and listing models. Checking and comparing files need no
database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from web.cli.shared import application, as_json, show


@click.group()
def command() -> None:
    """流程版本：检查、比较、发布、导出、列出。"""


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
def lint(paths: tuple[Path, ...], as_json: bool) -> None:
    """检查模型文件或文件夹，一次列出全部问题；有问题时退出码为 1。不需要数据库。"""
    from engine.releases.lint.paths import lint_paths
    from registers import install

    install()  # The service operations that models may call; no database is opened.
    reports = lint_paths(list(paths))
    _report(reports, as_json)
    if not all(report.ok for report in reports):
        raise click.exceptions.Exit(1)


@command.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--note", default="", help="这一版改了什么。")
@as_json
def deploy(path: Path, note: str, as_json: bool) -> None:
    """把文件夹中的全部模型发布为当前版本；有问题时一件也不发布。"""
    from engine.actors import SYSTEM
    from engine.errors import ReleaseRefused
    from engine.releases import operations

    with application():
        try:
            release = operations.deploy(operations.read(path), SYSTEM, note)
        except ReleaseRefused as refused:
            _report([each for each in refused.data["reports"] if as_json or not each.ok], as_json)
            raise
        if as_json:
            show({"release": release.id, "deployed_at": release.deployed_at.isoformat()})
        else:
            click.echo(f"已发布流程版本 {release.id[:12]}。")


@command.command()
@click.argument("names", nargs=-1, required=True, metavar="[ID] FILE.zip")
@as_json
def export(names: tuple[str, ...], as_json: bool) -> None:
    """把一个流程版本（编号或其开头，不写为现在的版本）导出为 zip；再导入得到同一个版本。"""
    from engine.database import db
    from engine.errors import DoudiError
    from engine.releases import archive, queries

    if len(names) > 2:
        raise click.UsageError("写成 doudi release export [ID] FILE.zip。")
    path = Path(names[-1])
    with application():
        found = queries.named(db.session(), names[0]) if len(names) == 2 else queries.current(db.session())
        data = archive.pack(queries.contents(found.id, db.session()), f"{found.id}\n{found.note}")
        try:
            path.write_bytes(data)
        except OSError as error:
            raise DoudiError(f"写不了 {path}：{error.strerror}。") from None
        if as_json:
            show({"release": found.id, "file": str(path), "bytes": len(data)})
        else:
            click.echo(f"已把流程版本 {found.id[:12]} 导出到 {path}。")


@command.command()
@click.argument("a")
@click.argument("b")
@as_json
def diff(a: str, b: str, as_json: bool) -> None:
    """比较两个流程版本，逐个文件用文字说明改动。A、B 是版本编号或其开头、文件夹、或 zip 文件；有编号时才需要数据库。"""
    from contextlib import ExitStack

    from engine.releases.diff import KINDS, compare
    from registers import install

    install()  # The catalogues that the registers add to a release.
    with ExitStack() as opened:
        if not all(Path(each).exists() for each in (a, b)):
            opened.enter_context(application())
        found = compare(_files(a), _files(b))
    if not found.files and not as_json:
        click.echo("没有不同。")
    for file in found.files:
        changes = [{"element": c.element, "name": c.name, "kind": c.kind, "text": c.text} for c in file.changes]
        if as_json:
            show({"file": file.path, "title": file.title, "kind": file.kind, "changes": changes, "lines": file.lines})
            continue
        click.echo(f"{file.path}（{file.title}）：{KINDS.get(file.kind, '只有排版不同')}")
        for change in file.changes:
            click.echo(f"  {change.text}")
        for sign, line in file.lines:
            click.echo(f"    {sign} {line}")


def _files(name: str) -> Any:
    """The files of a folder, a zip, or a release by its id."""
    from engine.database import db
    from engine.releases import archive, operations, queries

    path = Path(name)
    if path.is_dir():
        return operations.read(path)
    if path.is_file():
        return archive.unpack(path.read_bytes())
    session = db.session()
    return queries.contents(queries.named(session, name).id, session)


@command.command("list")
@as_json
def list_(as_json: bool) -> None:
    """列出发布过的版本，最新的在前。"""
    from engine.database import db
    from engine.releases import queries

    with application():
        for release in queries.history(db.session()):
            if as_json:
                show(
                    {
                        "release": release.id,
                        "deployed_at": release.deployed_at.isoformat(),
                        "deployed_by": release.deployed_by,
                        "note": release.note,
                    }
                )
            else:
                when = f"{release.deployed_at:%Y-%m-%d %H:%M}"
                click.echo(f"{release.id[:12]}  {when}  {release.deployed_by}  {release.note}".rstrip())


def _report(reports: Any, as_json: bool) -> None:
    for report in reports:
        if as_json:
            problems = [{"element": p.element, "rule": p.rule, "message": p.message} for p in report.problems]
            hints = [{"element": h.element, "rule": h.rule, "message": h.message} for h in report.hints]
            show({"file": report.file, "ok": report.ok, "problems": problems, "hints": hints})
            continue
        click.echo(f"{report.file}：{'没有问题' if report.ok else f'{len(report.problems)}处问题'}")
        for problem in report.problems:
            where = problem.name or problem.element
            click.echo(f"  {f'“{where}”' if where else ''}{problem.message}（{problem.rule}）")
        for hint in report.hints:
            click.echo(f"  提醒：“{hint.name or hint.element}”{hint.message}（{hint.rule}）")
