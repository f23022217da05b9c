"""`doudi demo`: demonstration data in an empty installation."""

from __future__ import annotations

from pathlib import Path

import click

from web.cli.shared import application, as_json, show


@click.command()
@click.option(
    "--stories",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("bpmn/scenarios"),
    show_default=True,
    help="情景所在的文件夹：低保以外的办件照情景演练。",
)
@as_json
def command(stories: Path, as_json: bool) -> None:
    """在空库中演练出演示数据：全部由流程一步步办出来，人名和号码都是虚构的。"""
    from registers.demonstration import build

    with application():
        made = build.build(stories=stories, say=lambda line: click.echo(line, err=as_json))
    if as_json:
        show(made)
    else:
        counts = f"办了{made['acts']}步，办结{made['finished']}件，在办{made['live']}件，异常{made['incidents']}处"
        click.echo(f"演示数据已建好：{counts}。")
