"""`doudi parameters`: the dated values that rules rest on."""

from __future__ import annotations

import click

from web.cli.shared import application, as_json, show


@click.group()
def command() -> None:
    """政策参数：载入、修改。"""


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


@command.command("set")
@click.argument("name")
@click.argument("value")
@click.option("--from", "valid_from", help="生效日期，例如 2026-03-01；不写即今天。")
@click.option("--source", required=True, help="出处：文件名称和文号，或决定的记录。")
def set_(name: str, value: str, valid_from: str | None, source: str) -> None:
    """改一个参数的值（如 dibao_mode B）：自生效日起用新值，以前受理的办件仍用受理日的值。"""
    from engine import clock
    from engine.actors import SYSTEM
    from engine.calendar.explain import read_date
    from engine.parameters import operations
    from engine.parameters.values import typed

    with application():
        day = read_date(valid_from) if valid_from else clock.today()
        kept = operations.set_value(SYSTEM, name, typed(value, operations.unit_of(name)), day, source)
        click.echo(f"{kept.label or name}：自{kept.valid_from}起为 {value}。")
