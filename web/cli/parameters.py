"""`doudi parameters`: the dated values that rules rest on. Whoever changes one signs in as on the page."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from web.cli.shared import application, as_json, show

if TYPE_CHECKING:
    from engine.actors import Actor
    from engine.parameters.models import Parameter, ParameterProposal

by = click.option("--by", "username", required=True, help="以哪个账号办理；密码从键盘输入，或从管道读入一行。")


@click.group()
def command() -> None:
    """政策参数：载入、查看、提出修改、确认。"""


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


@command.command("list")
@click.option("--topic", default="", help="只列一个主题，例如 standards、deadlines、publicity。")
@click.option("--ask", is_flag=True, help="只列须由平罗县民政局确认的。")
@as_json
def list_(topic: str, ask: bool, as_json: bool) -> None:
    """列出今天有效的参数。"""
    from engine import clock
    from engine.database import db
    from engine.errors import Invalid
    from engine.parameters import queries, topics
    from engine.parameters.words import must_ask

    with application():
        known = [each.key for each in topics.topics()]
        if topic and topic not in known:
            raise Invalid(f"没有主题“{topic}”。可用的主题：{'、'.join(known)}。")
        today = clock.today()
        for row in queries.over_time(db.session()):
            if row.valid_from > today or (row.valid_to is not None and row.valid_to < today):
                continue
            if (topic and topics.topic_of(row.name) != topic) or (ask and not must_ask(row.confidence, row.note)):
                continue
            if as_json:
                show({**_data(row), "topic": topics.topic_of(row.name)})
            else:
                click.echo(_line(row))


@command.command("show")
@click.argument("name")
@as_json
def show_(name: str, as_json: bool) -> None:
    """一个参数历年的值和对它提出过的修改。"""
    from engine.database import db
    from engine.errors import NotFound
    from engine.parameters import queries

    with application():
        session = db.session()
        rows, proposals = queries.timeline(session, name), queries.proposals(session, name=name)
        if not rows:
            raise NotFound(f"没有名为“{name}”的参数。")
        if as_json:
            values, changes = [_data(row) for row in rows], [_change(each) for each in proposals]
            show({"name": name, "label": rows[-1].label, "unit": rows[-1].unit, "values": values, "proposals": changes})
            return
        click.echo(f"{rows[-1].label}（{name}）")
        for row in rows:
            click.echo(f"  {_line(row)}")
        for each in proposals:
            click.echo(f"  {_told(each)}")


@command.command()
@click.argument("name")
@click.argument("value")
@click.option("--from", "valid_from", required=True, help="生效日期，例如 2026-04-01；应晚于今天。")
@click.option("--to", "valid_to", default="", help="终止日期；第二天起恢复原值。不写即一直有效。")
@click.option("--source", required=True, help="来源：文件名称和文号，或公布的网址。")
@click.option("--clause", default="", help="依据条款，例如 mca-2021-57:19；不写沿用原条款。")
@click.option("--reason", required=True, help="修改理由。")
@click.option("--accept", multiple=True, help="已核对的疑问：correction、law、falls、jumps、unit、replaces。可写多次。")
@by
@as_json
def propose(
    name: str,
    value: str,
    valid_from: str,
    valid_to: str,
    source: str,
    clause: str,
    reason: str,
    accept: tuple[str, ...],
    username: str,
    as_json: bool,
) -> None:
    """提出修改一个参数，由另一人确认之后才生效。"""
    import secrets

    from engine.parameters import operations
    from engine.parameters.wishes import Wish

    wish = Wish(name, value, valid_from, valid_to, clause, source, reason, accept)
    with application():
        _done(operations.propose(_person(username), wish, key=secrets.token_hex(16)), as_json)


@command.command("proposals")
@click.option("--all", "all_", is_flag=True, help="包括已确认、退回、撤回的。")
@as_json
def proposals_(all_: bool, as_json: bool) -> None:
    """列出待确认的修改。"""
    from engine.database import db
    from engine.parameters import queries

    with application():
        for each in queries.proposals(db.session(), status=None if all_ else "open"):
            show(_change(each)) if as_json else click.echo(_told(each))


@command.command()
@click.argument("proposal", type=int)
@by
@as_json
def confirm(proposal: int, username: str, as_json: bool) -> None:
    """确认一项修改；不能是提出人。"""
    from engine.parameters import operations

    with application():
        _done(operations.confirm(proposal, _person(username)), as_json)


@command.command()
@click.argument("proposal", type=int)
@click.option("--remark", required=True, help="退回的理由。")
@by
@as_json
def refuse(proposal: int, remark: str, username: str, as_json: bool) -> None:
    """退回一项修改。"""
    from engine.parameters import operations

    with application():
        _done(operations.refuse(proposal, _person(username), remark), as_json)


@command.command()
@click.argument("proposal", type=int)
@by
@as_json
def withdraw(proposal: int, username: str, as_json: bool) -> None:
    """撤回自己提出的修改。"""
    from engine.parameters import operations

    with application():
        _done(operations.withdraw(proposal, _person(username)), as_json)


def _person(username: str) -> Actor:
    """Whoever signs in: a command has no more rights than the page."""
    from engine.database import db
    from engine.errors import Refused
    from registers.accounts import operations, queries

    if sys.stdin.isatty():
        password = click.prompt(f"{username} 的密码", hide_input=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    account = operations.sign_in(db.session(), username, password)
    if account.must_change_password:
        raise Refused("这个账号要先登录网页修改初始密码。")
    return queries.actor(account)


def _done(made: ParameterProposal, as_json: bool) -> None:
    show(_change(made)) if as_json else click.echo(_told(made))


def _data(row: Parameter) -> dict[str, Any]:
    from engine.parameters.words import must_ask, said

    return {
        "name": row.name,
        "label": row.label,
        "value": row.value,
        "said": said(row.value, row.unit, row.name),
        "unit": row.unit,
        "from": str(row.valid_from),
        "to": str(row.valid_to) if row.valid_to else None,
        "clause": row.clause,
        "source": row.source,
        "confidence": row.confidence,
        "ask": must_ask(row.confidence, row.note),
        "set_by": row.set_by,
        "confirmed_by": row.confirmed_by,
    }


def _change(made: ParameterProposal) -> dict[str, Any]:
    from engine.parameters.words import said

    return {
        "id": made.id,
        "name": made.name,
        "value": made.value,
        "said": said(made.value, made.unit, made.name),
        "before": made.before,
        "from": str(made.valid_from),
        "to": str(made.valid_to) if made.valid_to else None,
        "clause": made.clause,
        "source": made.source,
        "reason": made.reason,
        "correction": made.correction,
        "accepted": made.accepted,
        "status": made.status,
        "proposed_by": made.proposed_by,
        "decided_by": made.decided_by,
        "remark": made.remark,
    }


def _line(row: Parameter) -> str:
    from engine.parameters.words import CONFIDENCE, must_ask, said, span

    words = CONFIDENCE.get(row.confidence, (row.confidence, ""))[0]
    asks = "，须由平罗县民政局确认" if must_ask(row.confidence, row.note) else ""
    value = said(row.value, row.unit, row.name)
    return f"{row.name}  {row.label}：{value}（{span(row.valid_from, row.valid_to)}；{words}{asks}）"


def _told(made: ParameterProposal) -> str:
    from engine.parameters.operations import STATES
    from engine.parameters.words import said, span

    before, after = (said(value, made.unit, made.name) for value in (made.before, made.value))
    days = span(made.valid_from, made.valid_to)
    return f"{made.id}  {made.label}：{before} → {after}，{days}（{STATES[made.status]}，{made.proposed_by}提出）"
