"""Reading draws: what was ordered, how far it is, what anybody may work out again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.runtime.models import Instance
from registers.areas.queries import within
from registers.cases.models import Case
from registers.cases.secrecy import shown
from registers.samples import lottery
from registers.samples.models import Check, Sample, SampleUnit
from registers.samples.populations import POPULATIONS
from registers.samples.rules import CHECKING


@dataclass(frozen=True)
class Visited:
    """A drawn unit with its visit: the case of the visit, when, whether something was wrong, what became of it."""

    unit: SampleUnit
    check: Check | None
    number: str


@dataclass(frozen=True)
class Listed:
    """A draw in a list, with the case that ordered it when there is one."""

    sample: Sample
    title: str
    number: str
    visited: int
    wrong: int
    closed: int


def draws(session: Session, actor: Actor, limit: int = 200) -> list[Listed]:
    """Spot checks and running series in the areas of those who check, the newest first."""
    areas = [grant.area for grant in actor.grants if grant.role in CHECKING]
    if not areas:
        return []
    found = session.execute(
        select(Sample, Case.applicant, Case.number)
        .outerjoin(Instance, Instance.id == Sample.instance_id)
        .outerjoin(Case, Case.instance_id == Sample.instance_id)
        .where(
            or_(*(within(Sample.area, area) for area in areas), *(Sample.area == _county(area) for area in areas)),
            or_(Sample.instance_id.is_(None), shown(session, actor)),
        )
        .order_by(Sample.id.desc())
        .limit(limit)
    ).all()
    tally = _tally(session, [sample.instance_id for sample, *_ in found if sample.instance_id is not None])
    return [
        Listed(sample, title or titled(sample), number or "", *tally.get(sample.instance_id or 0, (0, 0, 0)))
        for sample, title, number in found
    ]


def _county(area: str) -> str:
    return area.split("/")[0]


def _tally(session: Session, ids: list[int]) -> dict[int, tuple[int, int, int]]:
    rows = session.execute(
        select(
            Check.parent_id,
            func.count().filter(Check.visited_at.is_not(None)),
            func.count().filter(Check.wrong.is_(True)),
            func.count().filter(Check.closed_at.is_not(None)),
        )
        .where(Check.parent_id.in_(ids))
        .group_by(Check.parent_id)
    )
    return {key: (visited, wrong, closed) for key, visited, wrong, closed in rows}


def titled(sample: Sample) -> str:
    """A running series has no title of its own."""
    return f"{sample.series.split(':')[-1]} 按比例抽查" if sample.series else population(sample)


def population(sample: Sample) -> str:
    """What a draw is drawn from, in words."""
    known = POPULATIONS.get(sample.population)
    return known.title if known is not None else {"tekun": "特困认定办件"}.get(sample.population, sample.population)


def visits(session: Session, sample: Sample) -> list[Visited]:
    """The drawn units in the order of the population, each with its visit."""
    rows = session.execute(
        select(SampleUnit, Check, func.coalesce(Case.number, ""))
        .outerjoin(Check, Check.unit_id == SampleUnit.id)
        .outerjoin(Case, Case.instance_id == Check.instance_id)
        .where(SampleUnit.sample_id == sample.id, SampleUnit.drawn.is_(True))
        .order_by(SampleUnit.place)
    )
    return [Visited(*row) for row in rows]


def units(session: Session, sample: Sample) -> list[SampleUnit]:
    """The whole population as it was frozen."""
    asked = select(SampleUnit).where(SampleUnit.sample_id == sample.id).order_by(SampleUnit.place)
    return list(session.scalars(asked))


def open_seed(sample: Sample, now: datetime) -> str | None:
    """The seed, once it may be shown: of a spot check when its result is published, of a series when its month is over.
    Before that nobody sees it."""
    if sample.series is not None:
        month = sample.series.split(":")[-1]
        return str(sample.seed) if f"{now.astimezone(clock.ZONE):%Y-%m}" > month else None
    return str(sample.seed) if sample.published_at is not None else None


def holds(session: Session, sample: Sample) -> bool:
    """Whether what was kept is what the promised seed gives: the promise, the population's hash and every ticket."""
    seed, known = bytes.fromhex(str(sample.seed)), units(session, sample)
    if lottery.promise(seed) != sample.promise:
        return False
    keys = [each.key for each in known]
    if sample.series is not None:
        drawn = 0
        for before, each in enumerate(known):
            hit, forced = lottery.next_of(seed, "", each.key, sample.rate or 0, before, drawn)
            if (hit, forced) != (each.drawn, each.forced):
                return False
            drawn += hit
        return True
    if lottery.digest(keys) != sample.digest:
        return False
    wanted = lottery.quota(len(keys), sample.rate) if sample.rate is not None else min(sample.size or 0, len(keys))
    return set(lottery.draw(seed, sample.words, keys, wanted)) == {each.key for each in known if each.drawn}


def published(session: Session, limit: int = 50) -> list[tuple[Sample, str]]:
    """What everybody may read, the newest first, with its title."""
    rows = session.execute(
        select(Sample, func.coalesce(Case.applicant, ""))
        .outerjoin(Case, Case.instance_id == Sample.instance_id)
        .where(Sample.published_at.is_not(None))
        .order_by(Sample.published_at.desc(), Sample.id.desc())
        .limit(limit)
    )
    return [(sample, title or titled(sample)) for sample, title in rows]
