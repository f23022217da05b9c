"""`doudi db`: tables."""

from __future__ import annotations

import click

from web.cli.shared import application, as_json, show


@click.group()
def command() -> None:
    """数据库：建表和升级。"""


@command.command()
@as_json
def upgrade(as_json: bool) -> None:
    """把数据库升级到这一版程序需要的结构；可重复运行。"""
    from engine import migrations
    from engine.database import db

    with application():
        url = db.engine.url
        db.session.remove()
        with db.engine.connect() as connection:
            before = migrations.stand(connection)
        migrations.upgrade(url)
    after = migrations.head()
    if as_json:
        show({"from": before, "to": after})
    else:
        click.echo(f"数据库已是最新（{after}）。" if before == after else f"数据库已升级到 {after}。")
