"""`doudi demo`: demonstration data in an empty installation."""

from __future__ import annotations

import click

from web.cli.shared import application, as_json, show


@click.command()
@as_json
def command(as_json: bool) -> None:
    """在空库中演练出演示数据：全部由流程一步步办出来，人名和号码都是虚构的。"""
    from registers.demonstration import build

    with application():
        made = build.build(say=lambda line: click.echo(line, err=as_json))
    if as_json:
        show(made)
    else:
        counts = f"办了{made['acts']}步，办结{made['finished']}件，在办{made['live']}件，异常{made['incidents']}处"
        click.echo(f"演示数据已建好：{counts}。")
