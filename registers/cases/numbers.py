"""Numbers without gaps or doubles: taken in the transaction that uses them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import cut
from engine.database import first_of
from engine.ladders.words import naming
from engine.runtime.models import Instance
from registers.areas import queries as areas
from registers.cases.models import Case, NumberSeries
from registers.cases.schemes import SCHEMES

#: How a number calls its kind of matter.
SHORT = {
    **{name: scheme.mark for name, scheme in SCHEMES.items()},
    "objection": "异议",
    "petition": "信访",
    "petition_review": "复查",
    "report": "举报",
    "spot_check": "检查",
    "spot_visit": "抽查",
    "payment_run": "发放",
    "recovery": "追缴",
    "commitment": "承诺",
    "appeal": "申诉",
    "care_reassessment": "复评",
    "expiry": "到期",
    "finality": "救济",
    "household_change": "变更",
    "kin_filing": "备案",
    "kin_recheck": "备查",
    "leaving": "退出",
    "life_check": "年审",
    "outreach": "走访",
    "periodic_review": "复核",
    "tapering": "渐退",
}
#: What the name of a place ends with.
PLACES = "乡镇县市区"


def called(session: Session, instance: Instance) -> str:
    """A case's number, as messages that leave the house call it."""
    return session.scalar(select(Case.number).where(Case.instance_id == instance.id)) or f"未编号办件{instance.id}"


naming["of"] = called


def take(session: Session, series: str) -> int:
    """The next number of a series, its row locked until the transaction ends; a rollback gives the number back."""
    # Two cases may open a series at once: the second waits here for the first instead of failing.
    first_of(session, NumberSeries, name=series, last=0)
    row = session.scalars(
        select(NumberSeries)
        .where(NumberSeries.name == series)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    row.last += 1
    session.flush()
    return row.last


def notice_number(session: Session, area: str, mark: str, year: int) -> str:
    """高仁民救补〔2026〕1号: the township (or the county, for an area that is one), 民救, the kind's mark, the year;
    without gaps in each office, kind and year. The number bears no 第 and no leading zeros (GB/T 9704-2012, 7.2.5).
    The whole name, because a county may have a 高仁乡 and a 高庄乡."""
    office = cut(area, "township")
    number = take(session, f"notice:{office}:{mark}:{year}")
    return f"{_place(session, office)}民救{mark}〔{year}〕{number}号"


def order_number(session: Session, area: str, year: int) -> str:
    """高仁民救督〔2026〕1号: orders of supervised handling, by township and year, without gaps."""
    return notice_number(session, area, "督", year)


def case_number(session: Session, area: str, scheme: str, year: int) -> str:
    """高仁低保2026-0001: the township, the kind of matter, the year, a number that has no gaps in that year."""
    township = cut(area, "township")
    number = take(session, f"case:{township}:{scheme}:{year}")
    return f"{_place(session, township)}{SHORT.get(scheme, scheme)}{year}-{number:04d}"


def _place(session: Session, area: str) -> str:
    """高仁 of 高仁乡, 平罗 of 平罗县."""
    name = areas.name(session, area)
    return name[:-1] if name[-1:] in PLACES and len(name) > 2 else name
