"""In which order the instants of a back-entry must stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.calendar.arithmetic import before
from engine.calendar.days import Calendar
from engine.calendar.lengths import Length
from engine.errors import DoudiError, Invalid
from engine.runtime.models import Submission, WorkItem

#: The parameter that says how far back an act may lie.
LIMIT = "back_entry_limit"
FIELD = "_back.on"


@dataclass(frozen=True)
class Bounds:
    """Between which instants an act may lie: `arose` since when there was this to do, `earlier` the last act of the
    case before it, `furthest` as far back as may be entered at all."""

    arose: datetime
    earlier: datetime | None
    furthest: datetime
    now: datetime

    @property
    def first(self) -> datetime:
        """The first instant that is possible, to the minute: people write no seconds."""
        found = max(each for each in (self.arose, self.earlier, self.furthest) if each is not None)
        return found.replace(second=0, microsecond=0)


def bounds(session: Session, item: WorkItem, limit: object, calendar: Calendar, now: datetime) -> Bounds:
    """The bounds of an item. DoudiError without the parameter: nobody may then enter anything late."""
    if limit is None:
        raise DoudiError(f"没有“{LIMIT}”这个政策参数，不知道最多能补录多久以前的办理，请管理员补上。")
    # Acts that were done before this one arose; another branch of the case has an order of its own.
    earlier = select(func.max(Submission.acted_at)).where(
        Submission.instance_id == item.instance_id, Submission.acted_at <= item.arose_at
    )
    furthest = clock.instant(before(now.date(), Length.parse(str(limit)), calendar))
    return Bounds(item.arose_at, session.scalar(earlier), furthest, now)


def judge(acted_at: datetime, found: Bounds) -> None:
    """Raises Invalid at the day when the instant is not possible, with the first that is."""
    if acted_at > found.now:
        raise Invalid.at(FIELD, "办理时间不能晚于现在。")
    if found.now - acted_at < timedelta(minutes=1):
        raise Invalid.at(FIELD, "刚刚办理的不用补录，请直接在办理页提交。")
    if acted_at < found.arose.replace(second=0, microsecond=0):
        raise Invalid.at(FIELD, f"这一项{found.arose:%Y-%m-%d %H:%M}才到这个环节，办理时间不能更早。")
    if found.earlier is not None and acted_at < found.earlier.replace(second=0, microsecond=0):
        raise Invalid.at(FIELD, f"这件办件{found.earlier:%Y-%m-%d %H:%M}才办完前面的环节，办理时间不能更早。")
    if acted_at < found.furthest:
        raise Invalid.at(FIELD, f"最多补录到{found.furthest:%Y-%m-%d}，更早的办理不能补录，请报告中心主任。")
