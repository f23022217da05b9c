"""What flows ask of the register of draws."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from engine.actors import cut
from engine.errors import DoudiError
from engine.runtime.openings import ask
from engine.runtime.services import Outputs, ServiceCall, services
from registers.cases.models import Case
from registers.complaints import files, people
from registers.samples import drawing
from registers.samples.models import Check, Sample, SampleUnit
from registers.samples.populations import population


@services.service("samples.draw", "按比例抽查", outputs={"drawn": "boolean"})
def draw(call: ServiceCall) -> Outputs:
    """Whether this case is one of the share that the county checks (特困人员认定办法 art. 16: at least 30 %). The share
    is the parameter `<scheme>_sampling_rate`; it holds at every moment of the month, by county, and nobody can foresee
    who is not drawn."""
    scheme = str(call.flow.get("scheme") or call.instance.process_id)
    rate = call.parameters.get(f"{scheme}_sampling_rate")
    if rate is None:
        raise DoudiError(f"没有“{scheme}_sampling_rate”这个政策参数，无法抽查，请管理员补上。")
    unit = drawing.next_in_series(
        call.session,
        scheme=scheme,
        area=cut(call.instance.area, "county"),
        case_id=call.instance.id,
        rate=str(rate),
        now=call.now,
    )
    return {"drawn": unit.drawn}


@services.service("samples.order", "承诺抽取种子", outputs={"promise": "text"}, reads=("order_check",))
def order(call: ServiceCall) -> Outputs:
    """The seed is fixed and promised before anybody knows what is drawn from."""
    given = call.values("order_check")
    area = cut(call.instance.area, "township")
    if given["where"] != "all":
        area = f"{area}/{given['where']}"
    made = drawing.promise(
        call.session,
        instance_id=call.instance.id,
        population=given["population"],
        area=area,
        since=date.fromisoformat(given["since"]) if given.get("since") else None,
        rate=str(Decimal(str(given["percent"])) / 100) if given["how"] == "rate" else None,
        size=int(given["size"]) if given["how"] == "size" else None,
        now=call.now,
    )
    population(made.population)
    files.file_case(call, given["title"])
    return {"promise": made.promise}


@services.service(
    "samples.freeze", "冻结名册并抽取", outputs={"units": "number"}, repeat="bars return", reads=("witness_draw",)
)
def freeze(call: ServiceCall) -> Outputs:
    """Freezes what is drawn from and draws, with the words that the witness added; `units` are drawn."""
    made, said = of(call), call.submission("witness_draw")
    if said is None:
        raise DoudiError("没有见证人的抽取用语，请先办理“见证抽取”。")
    units = population(made.population).of(call.session, made.area, made.since)
    words = str(said.values["words"]).strip()
    drawing.freeze(call.session, made, units, words=words, witness=said.author_name, now=call.now)
    return {"units": made.drawn}


@services.service("samples.send_out", "发出核查任务", outputs={}, repeat="bars return")
def send_out(call: ServiceCall) -> Outputs:
    """A visit for each drawn unit, a case of its own where it lies."""
    made = of(call)
    drawn = select(SampleUnit).where(SampleUnit.sample_id == made.id, SampleUnit.drawn.is_(True))
    for unit in call.session.scalars(drawn.order_by(SampleUnit.place)).all():
        ask(
            call.session,
            key=f"check:{unit.id}",
            process_id="spot_visit",
            area=unit.area,
            flow={"unit_id": unit.id},
            parent_id=call.instance.id,
            now=call.now,
        )
    return {}


@services.service("samples.begin_visit", "登记核查对象", outputs={"unit": "text"})
def begin_visit(call: ServiceCall) -> Outputs:
    """The visit is known by the unit's key; the family that it concerns is the case's own, so that its kin keep out."""
    unit = call.session.get(SampleUnit, int(call.flow["unit_id"]))
    if unit is None:
        raise DoudiError("没有找到这件核查的对象，请管理员核对。")
    if call.session.get(Check, call.instance.id) is None:
        parent_id = call.instance.parent_id
        call.session.add(Check(instance_id=call.instance.id, unit_id=unit.id, parent_id=parent_id, handed_over=False))
    case = call.session.get(Case, unit.case_id) if unit.case_id is not None else None
    files.file_case(call, unit.key, case.household_id if case is not None else None)
    return {"unit": unit.key}


@services.service("samples.found", "登记核查结果", outputs={"misconduct": "boolean"}, reads=("check_visit",))
def found(call: ServiceCall) -> Outputs:
    """What the two visitors saw. Whom it speaks against keeps out from now on."""
    check, given = check_of(call), call.values("check_visit")
    check.visited_at, check.wrong = call.now, bool(given.get("wrong"))
    check.findings = {"findings": given.get("findings") or [], "said": given.get("said") or ""}
    people.accuse(call.session, call.instance.id, given.get("accused") or [])
    return {"misconduct": bool(given.get("misconduct"))}


@services.service("samples.hand_over", "移交纪检监察", outputs={})
def hand_over(call: ServiceCall) -> Outputs:
    """What staff did wrong becomes a report; the county's when the township's own office or head is concerned."""
    check = check_of(call)
    check.handed_over = True
    confirmed = call.values("confirm_rectified").get("accused") or []
    people.accuse(call.session, call.instance.id, confirmed)
    accused = people.accused_of(call.session, call.instance.id)
    files.ask_report(call, "check", people.level(call.session, accused, call.instance.area))
    return {}


@services.service("samples.close_visit", "核查办结", outputs={}, inputs={"rectified": "boolean"})
def close_visit(call: ServiceCall) -> Outputs:
    """Nothing was wrong, or it was put right and looked at again."""
    check = check_of(call)
    check.closed_at = call.now
    if call.inputs["rectified"]:
        check.rectified_at = call.now
    return {}


@services.service("samples.publish", "公布检查情况", outputs={}, repeat="bars return", reads=("summarise_check",))
def publish(call: ServiceCall) -> Outputs:
    """The summary that everybody may read, with the seed: from now on anybody can work the draw out again."""
    made = of(call)
    made.summary, made.published_at = call.values("summarise_check")["summary"], call.now
    return {}


def of(call: ServiceCall) -> Sample:
    """The draw of a spot check; DoudiError when the flow has not ordered it."""
    made = call.session.scalar(
        select(Sample)
        .where(Sample.instance_id == call.instance.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if made is None:
        raise DoudiError("这次检查还没有登记抽取，请先运行“承诺抽取种子”。")
    return made


def check_of(call: ServiceCall) -> Check:
    """The visit of this case; DoudiError when the flow has not begun it."""
    made = call.session.get(Check, call.instance.id)
    if made is None:
        raise DoudiError("这件核查还没有登记对象，请先运行“登记核查对象”。")
    return made
