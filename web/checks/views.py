"""Draws: ordered, drawn, visited, published; what anybody needs to work one out again."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from engine import clock
from engine.database import db
from engine.errors import NotFound
from engine.rules.veto import Question, veto
from engine.runtime.models import Instance
from registers.areas import queries as areas
from registers.cases.models import Case
from registers.samples import queries
from registers.samples.models import Sample
from web.security import me, public

blueprint = Blueprint("checks", __name__, url_prefix="/checks")


@blueprint.get("/")
def index() -> str:
    """The register of draws."""
    session = db.session()
    veto.require(session, Question("see_samples", me()))
    return render_template(
        "checks/index.html",
        draws=queries.draws(session, me()),
        names=areas.names(session),
        population=queries.population,
    )


@blueprint.get("/<int:sample_id>")
def one(sample_id: int) -> str:
    """A draw with its visits, for those who check."""
    session = db.session()
    veto.require(session, Question("see_samples", me()))
    sample = session.get(Sample, sample_id)
    if sample is None:
        raise NotFound("没有这次抽取，请返回列表。")
    if sample.instance_id is not None:
        veto.require(session, Question("view", me(), instance=session.get(Instance, sample.instance_id)))
    elif sample.id not in {each.sample.id for each in queries.draws(session, me())}:
        raise NotFound("没有这次抽取，请返回列表。")
    case = session.get(Case, sample.instance_id) if sample.instance_id is not None else None
    return render_template(
        "checks/one.html",
        sample=sample,
        title=case.applicant if case is not None else queries.titled(sample),
        case=case,
        visits=queries.visits(session, sample) if sample.frozen_at or sample.series else [],
        seed=queries.open_seed(sample, clock.now()),
        holds=queries.holds(session, sample) if sample.count else None,
        names=areas.names(session),
        population=queries.population(sample),
    )


@blueprint.get("/published")
@public
def published() -> str:
    """Results for everybody."""
    session = db.session()
    return render_template(
        "checks/published.html", found=queries.published(session), names=areas.names(session), sample=None
    )


@blueprint.get("/published/<int:sample_id>")
@public
def result(sample_id: int) -> str:
    """One result with the seed and how to work the draw out again."""
    session = db.session()
    sample, title = _published(sample_id)
    units = queries.units(session, sample)
    return render_template(
        "checks/published.html",
        sample=sample,
        title=title,
        found=[],
        names=areas.names(session),
        population=queries.population(sample),
        drawn=[each.key for each in units if each.drawn],
        seed=queries.open_seed(sample, clock.now()),
    )


@blueprint.get("/published/<int:sample_id>/keys.txt")
@public
def keys(sample_id: int) -> ResponseReturnValue:
    """The frozen population, a key a line, exactly as it was hashed."""
    sample, _ = _published(sample_id)
    answer = make_response("\n".join(each.key for each in queries.units(db.session(), sample)))
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="population-{sample.id}.txt"'
    return answer


def _published(sample_id: int) -> tuple[Sample, str]:
    """What is not published does not exist for a visitor."""
    session = db.session()
    sample = session.get(Sample, sample_id)
    if sample is None or sample.published_at is None:
        raise NotFound("没有公布这次检查，请返回列表。")
    case = session.get(Case, sample.instance_id) if sample.instance_id is not None else None
    return sample, case.applicant if case is not None else queries.titled(sample)
