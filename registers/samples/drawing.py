"""Keeping a draw: the promise, the frozen population, the tickets; inside an operation that is under way."""

from __future__ import annotations

import os
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.database import first_of
from engine.errors import DoudiError
from registers.samples import lottery
from registers.samples.models import Sample, SampleUnit
from registers.samples.populations import Unit

SEED_BYTES = 32


def promise(
    session: Session,
    *,
    instance_id: int,
    population: str,
    area: str,
    since: date | None,
    rate: str | None,
    size: int | None,
    now: datetime,
) -> Sample:
    """A draw that is ordered: its seed is fixed and promised by its hash, before anything is drawn from. A step that is
    run again keeps the first promise."""
    made = session.scalar(select(Sample).where(Sample.instance_id == instance_id))
    if made is not None:
        return made
    seed = os.urandom(SEED_BYTES)
    made = Sample(
        instance_id=instance_id,
        population=population,
        area=area,
        since=since,
        rate=rate,
        size=size,
        rule=lottery.RULE,
        seed=seed.hex(),
        promise=lottery.promise(seed),
        promised_at=now,
    )
    session.add(made)
    session.flush()
    return made


def freeze(session: Session, sample: Sample, units: list[Unit], *, words: str, witness: str, now: datetime) -> None:
    """Freezes the population and draws from it, in one act, with the words of the second person. Once only."""
    if sample.frozen_at is not None:
        return
    keys = [each.key for each in units]
    if len(set(keys)) != len(keys):
        raise DoudiError("抽查名册里有重复的对象，请管理员核对。")
    wanted = lottery.quota(len(keys), sample.rate) if sample.rate is not None else min(sample.size or 0, len(keys))
    seed = bytes.fromhex(sample.seed)
    hits = set(lottery.draw(seed, words, keys, wanted))
    session.add_all(
        SampleUnit(
            sample_id=sample.id,
            place=place,
            key=each.key,
            area=each.area,
            case_id=each.case_id,
            drawn=each.key in hits,
            forced=False,
            at=now,
        )
        for place, each in enumerate(units, 1)
    )
    sample.words, sample.witness, sample.frozen_at = words, witness, now
    sample.digest, sample.count, sample.drawn = lottery.digest(keys), len(keys), len(hits)
    session.flush()


def next_in_series(session: Session, *, scheme: str, area: str, case_id: int, rate: str, now: datetime) -> SampleUnit:
    """Whether the next case of a month's series is drawn. Asked again for the same case, the answer stays: no return
    to an earlier step is another try. A rate that changes in the middle of a month begins a series of its own."""
    name = f"{scheme}:{area}:{rate}:{now:%Y-%m}"
    mine = session.scalar(
        select(SampleUnit)
        .join(Sample, Sample.id == SampleUnit.sample_id)
        .where(SampleUnit.case_id == case_id, Sample.series.is_not(None), Sample.population == scheme)
    )
    if mine is not None:
        return mine
    series = _series(session, name, scheme, area, rate, now)
    key = f"case-{case_id}"
    hit, forced = lottery.next_of(bytes.fromhex(series.seed), "", key, series.rate or rate, series.count, series.drawn)
    series.count += 1
    series.drawn += hit
    unit = SampleUnit(
        sample_id=series.id, place=series.count, key=key, area=area, case_id=case_id, drawn=hit, forced=forced, at=now
    )
    session.add(unit)
    session.flush()
    return unit


def _series(session: Session, name: str, scheme: str, area: str, rate: str, now: datetime) -> Sample:
    """The row of a month's series, locked, so that two cases are counted one after the other."""
    mine = select(Sample).where(Sample.series == name).with_for_update().execution_options(populate_existing=True)
    found = session.scalar(mine)
    if found is not None:
        return found
    seed = os.urandom(SEED_BYTES)
    first_of(
        session,
        Sample,
        series=name,
        population=scheme,
        area=area,
        rate=rate,
        rule=lottery.RULE,
        seed=seed.hex(),
        promise=lottery.promise(seed),
        promised_at=now,
        words="",
        count=0,
        drawn=0,
    )
    return session.scalars(mine).one()
