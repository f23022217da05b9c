"""`doudi journal`: proving that nothing was changed behind the system's back."""

from __future__ import annotations

from dataclasses import asdict

import click

from web.cli.shared import application, as_json, show


@click.group()
def command() -> None:
    """日志：校验。"""


@command.command()
@as_json
def verify(as_json: bool) -> None:
    """逐条校验全部日志；有任何一条不能证明完好时退出码为 1。"""
    from engine.database import db
    from engine.journal import queries

    with application():
        found = queries.verify(db.session())
    first = found.first_bad
    if as_json:
        show({"ok": found.ok, "verified": found.verified, "first_bad": asdict(first) if first else None})
    elif found.ok:
        click.echo(f"日志完好：{found.streams}条链，共{found.verified}条记录，全部校验通过。")
    else:
        click.echo(f"日志有{len(found.bad)}处不能证明完好，另有{found.verified}条校验通过：")
        for bad in found.bad[:20]:
            click.echo(f"  {bad.stream or '?'} 第{bad.seq if bad.seq is not None else '?'}条：{bad.problem}")
    if not found.ok:
        raise click.exceptions.Exit(1)
