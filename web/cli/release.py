"""`doudi release`: checking, deploying and listing models. Checking needs no database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from web.cli.shared import application, as_json, show


@click.group()
def command() -> None:
    """流程版本：检查、发布、列出。"""


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
