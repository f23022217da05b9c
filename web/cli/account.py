"""`doudi account`: the first administrator, and who there is."""

from __future__ import annotations

import sys

import click

from web.cli.shared import application, as_json, show


@click.group()
def command() -> None:
    """账号：建立、列出。"""


@command.command()
@click.argument("username")
@click.option("--name", default="", help="姓名；不写时与账号名相同。")
@click.option("--role", required=True, help="角色，例如 admin、clerk。")
@click.option("--area", required=True, help="地区，例如 pingluo/gaoren。")
def create(username: str, name: str, role: str, area: str) -> None:
    """建立一个账号；密码从键盘输入，或从管道读入一行。"""
    from engine.actors import SYSTEM
    from registers.accounts import operations

    if sys.stdin.isatty():
        password = click.prompt("密码", hide_input=True, confirmation_prompt="再输入一次")
    else:
        password = sys.stdin.readline().rstrip("\n")
    with application():
        grants = [{"role": role, "area": area}]
        operations.create(SYSTEM, username=username, name=name or username, password=password, grants=grants)
    click.echo(f"已建立账号 {username}。")


@command.command("list")
@as_json
def list_(as_json: bool) -> None:
    """列出全部账号和角色。"""
    from engine.actors import ROLES
    from engine.database import db
    from registers.accounts import queries

    with application():
        for account in queries.everyone(db.session()):
            if as_json:
                show({"username": account.username, "name": account.name, "grants": account.grants})
            else:
                roles = "、".join(f"{ROLES[g['role']]}（{g['area']}）" for g in account.grants)
                click.echo(f"{account.username}  {account.name}  {roles}")
