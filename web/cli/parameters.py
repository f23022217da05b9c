"""`doudi parameters`: the dated values that rules rest on."""

from __future__ import annotations

import click

from web.cli.shared import application, as_json, show


@click.group()
def command() -> None:
    """政策参数：载入。"""


@command.command()
@as_json
def load(as_json: bool) -> None:
    """载入初始参数中数据库还没有的；已有的不改动，可重复运行。"""
    from engine.actors import SYSTEM
    from engine.parameters import operations

    with application():
        count = operations.load(SYSTEM)
    if as_json:
        show({"loaded": count})
    else:
        click.echo(f"载入了{count}条政策参数。" if count else "政策参数已齐全，没有新的需要载入。")
