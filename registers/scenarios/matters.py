"""What people do with complaints and letters beside the tasks of a flow."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.clocks import operations as clocks
from engine.clocks.models import Extension
from engine.errors import DoudiError
from registers.complaints import operations as complaints
from registers.notices import operations as notices
from registers.notices.models import Notice
from registers.scenarios.acts import Scene, named


@named("decide_extension")
def decide_extension(scene: Scene) -> Any:
    """Somebody (`grants`, the head) grants, or with `granted: false` does not, what was asked for."""
    asked = scene.world.session.scalar(
        select(Extension)
        .where(Extension.instance_id == scene.instance_id, Extension.decided_at.is_(None))
        .order_by(Extension.id.desc())
        .limit(1)
    )
    if asked is None:
        raise DoudiError("没有等待批准的延期申请。")
    by, granted = scene.of(scene.given.get("grants", "head")), scene.given.get("granted", True)
    return clocks.decide_extension(asked.id, by, granted=granted, remark=str(scene.given.get("remark", "")))


@named("tell_delay")
def tell_delay(scene: Scene) -> Any:
    """The letter that says why an answer takes longer."""
    return complaints.tell_delay(scene.instance_id or 0, scene.by("clerk"))


@named("serve")
def serve(scene: Scene) -> Any:
    """The receipt of a letter (`notice`, its template) that no task of the flow delivers."""
    session = scene.world.session
    letter = session.scalar(
        select(Notice)
        .where(Notice.instance_id == scene.instance_id, Notice.template == scene.given["notice"])
        .order_by(Notice.id.desc())
        .limit(1)
    )
    if letter is None:
        raise DoudiError(f"没有制发过文书“{scene.given['notice']}”。")
    given = {
        "method": "direct",
        "delivered_on": scene.world.now.date().isoformat(),
        "receiver": "本人签收",
        "receiver_relation": "本人",
        **scene.given,
    }
    return notices.deliver(scene.by("clerk"), scene.instance_id or 0, letter.id, given)
