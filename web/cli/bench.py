"""`doudi bench`: measurements, each a module of web.bench with `TITLE` and `run(url=…, say=…) -> dict`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import click

from web.cli.shared import as_json, show


def names() -> list[str]:
    """The measurements there are; a package beside them is what they share."""
    import web.bench

    return sorted(module.name for module in iter_modules(web.bench.__path__) if not module.ispkg)


@click.command()
@click.argument("name", required=False)
@click.option("--database", "url", help="空数据库的地址；不写时用临时文件夹中的 SQLite。")
@as_json
def command(name: str | None, url: str | None, as_json: bool) -> None:
    """运行一项性能测量（NAME）；不写名称时列出可测的项目。"""
    from engine.errors import NotFound

    if name is None:
        for each in names():
            click.echo(f"{each}  {import_module(f'web.bench.{each}').TITLE}")
        return
    if name not in names():
        raise NotFound(f"没有名为“{name}”的测量。可测的项目：{'、'.join(names()) or '（无）'}。")
    measured = import_module(f"web.bench.{name}").run(url=url, say=lambda line: click.echo(line, err=True))
    if as_json:
        show(measured)
        return
    for key, value in measured.items():
        click.echo(f"{key}: {value}")
