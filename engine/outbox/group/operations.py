"""Adding, changing, trying group robots. Their addresses and secrets are never shown or journalled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.database import db
from engine.errors import Invalid, NotFound
from engine.journal.verbs import Verb
from engine.outbox import robots, settings
from engine.outbox.models import Robot
from engine.outbox.parcels import Post
from engine.outbox.words import KINDS
from engine.rules.veto import Question, veto
from engine.transactions import act


@dataclass(frozen=True)
class Given:
    """What a form says of a robot. An empty address or secret leaves the one that is there."""

    kind: str
    name: str
    area: str
    url: str
    secret: str
    kinds: Sequence[str]
    digest: bool
    active: bool = True


def add(actor: Actor, given: Given) -> Robot:
    """A new robot. Invalid with the problems at their fields."""
    _check(given, new=True)
    with act(Verb.ROBOT_ADDED, actor) as deed:
        veto.require(deed.session, Question("manage_channels", actor, facts={"area": given.area}))
        head = deed.subject("channels")
        robot = Robot(
            kind=given.kind,
            url=given.url.strip(),
            secret=given.secret.strip() or None,
            created_by=actor.name,
            created_at=deed.now,
            **_plain(given),
        )
        deed.session.add(robot)
        deed.record(head, after={"kind": given.kind, **_plain(given)})
    return robot


def change(actor: Actor, robot_id: int, given: Given) -> Robot:
    """What a robot is to do from now on; its kind stays. What waits for one that is switched off is given up."""
    with act(Verb.ROBOT_CHANGED, actor) as deed:
        robot = deed.session.get(Robot, robot_id, with_for_update=True, populate_existing=True)
        robot = _mine(deed.session, actor, robot)
        veto.require(deed.session, Question("manage_channels", actor, facts={"area": given.area}))
        _check(given, new=False, kind=robot.kind)
        head = deed.subject("channels")
        before = {name: getattr(robot, name) for name in _plain(given)}
        for name, value in _plain(given).items():
            setattr(robot, name, value)
        after = dict(_plain(given))
        if given.url.strip():
            robot.url, after["address"] = given.url.strip(), "changed"
        if given.secret.strip():
            robot.secret, after["secret"] = given.secret.strip(), "changed"
        deed.record(head, before=before, after=after)
    return robot


def test(actor: Actor, robot_id: int) -> str | None:
    """Lets a robot say 测试消息 at once; what went wrong in words, None when it spoke. Nothing of it is kept."""
    session = db.session()
    robot = _mine(session, actor, session.get(Robot, robot_id))
    text = "**兜底 · 测试消息**\n\n这个群已接入社会救助办理系统的消息提醒。"
    post = Post((), robot.kind, robot.url, robot.secret or "", "兜底：测试消息", text)
    session.rollback()  # Nothing is sent inside a transaction, not even one that only read.
    return robots.send(post, settings.current())


def _mine(session: Session, actor: Actor, robot: Robot | None) -> Robot:
    if robot is None:
        raise NotFound("没有这个群机器人，请刷新后重选。")
    veto.require(session, Question("manage_channels", actor, facts={"area": robot.area}))
    return robot


def _plain(given: Given) -> dict[str, object]:
    return {
        "name": given.name.strip(),
        "area": given.area,
        "kinds": [kind for kind in KINDS if kind in given.kinds],
        "digest": given.digest,
        "active": given.active,
    }


def _check(given: Given, *, new: bool, kind: str = "") -> None:
    problems = []

    def wrong(field: str, message: str) -> None:
        problems.append({"field": field, "message": message})

    if new and given.kind not in robots.ROBOTS:
        wrong("kind", "请选择机器人的种类。")
    if not 1 <= len(given.name.strip()) <= 80:
        wrong("name", "请填写群的名称，最多 80 个字。")
    if not given.area:
        wrong("area", "请选择地区。")
    if not set(given.kinds) & set(KINDS):
        wrong("kinds", "请至少选择一种消息。")
    if given.url.strip() or new:
        refusal = robots.refusal(given.url.strip(), kind or given.kind, settings.current())
        if refusal and (not new or given.kind in robots.ROBOTS):
            wrong("url", refusal)
    if len(given.secret) > 200 or not given.secret.isascii():
        wrong("secret", "加签密钥只有字母和数字，请从群机器人的设置页完整复制。")
    if problems:
        raise Invalid(problems=problems)
