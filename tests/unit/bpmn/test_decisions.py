"""The shipped decisions against the numbers of the rules, against models of our own, and against what may never be."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator
from SpiffWorkflow.dmn.parser.BpmnDmnParser import SCHEMAS

from engine import feel
from engine.decisions import examples, problems
from engine.decisions.tables import COLLECT, Decision, evaluate, parse
from engine.errors import ExpressionError
from engine.parameters.seed import entries
from engine.parameters.values import in_context
from engine.releases import xml
from engine.spiff.decisions import refusal

FILES = sorted((Path(__file__).parents[3] / "bpmn" / "decisions").glob("*.dmn"))
DECISIONS: dict[str, Decision] = {path.stem: parse(path.read_bytes())[0] for path in FILES}
DAY = date(2026, 6, 1)
PARAMETERS: dict[str, Any] = {
    each.name: in_context(each.value, each.unit)
    for each in entries()
    if each.valid_from <= DAY and (each.valid_to is None or each.valid_to >= DAY)
}
FUZZ = settings(max_examples=150, deadline=None, derandomize=True)
MONEY = st.integers(0, 300_000)
TRUTH = st.booleans()


def decide(name: str, parameters: Mapping[str, Any] | None = None, **names: Any) -> dict[str, Any]:
    found = evaluate(DECISIONS[name], {**names, "parameters": {**PARAMETERS, **(parameters or {})}})
    return found.outputs


def standard(rural: bool) -> int:
    return PARAMETERS["dibao_standard_rural" if rural else "dibao_standard_urban"]


def half_up(value: Fraction | Decimal | float) -> int:
    return int(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))


# Every file


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_one_decision_without_a_problem(path: Path) -> None:
    decision = DECISIONS[path.stem]
    assert decision.id == path.stem
    assert [each.message for each in (*problems.problems(decision), *examples.problems(decision))] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_valid_dmn_and_spiffworkflow_reads_it(path: Path) -> None:
    data = path.read_bytes()
    root = xml.parse(data)
    BpmnValidator(SCHEMAS["https://www.omg.org/spec/DMN/20191111/MODEL/"]).validate(etree.ElementTree(root))
    assert refusal(data) is None


@pytest.mark.parametrize("name", DECISIONS)
def test_what_it_reads_of_parameters_is_there_on_every_day_since_2025(name: str) -> None:
    """A case of any day finds its numbers: no parameter that a decision reads begins too late or ends."""
    for path in examples.reads(DECISIONS[name]):
        if path.startswith("parameters."):
            held = [each for each in entries() if each.name == path.split(".")[1]]
            first = min(each.valid_from for each in held)
            assert first <= date(2026, 1, 29), path
            assert any(each.valid_to is None for each in held), path


@pytest.mark.parametrize("name", DECISIONS)
def test_every_row_names_its_rule(name: str) -> None:
    assert all(row.note for row in DECISIONS[name].rows)
    assert DECISIONS[name].description


def test_no_amount_or_limit_stands_in_a_cell() -> None:
    """Cells compare with nought, with small counts and with words; numbers of the law are parameters."""
    for decision in DECISIONS.values():
        for row in decision.rows:
            for cell in (*row.tests, *row.outputs):
                digits = [int(each) for each in "".join(c if c.isdigit() else " " for c in cell).split()]
                assert all(
                    each <= 5 or f"tier_{each}" in cell or f'"{each}"' in cell for each in digits if each > 4
                ) or (any(word in cell for word in ("elderly_", '"80"', '"90"', '"100"'))), (decision.id, cell)


# The numbers of the rules (policy facts, 2026)


def test_golden_figures_of_dibao() -> None:
    names = dict.fromkeys(("elderly", "minors", "severely_disabled", "seriously_ill"), 0)
    found = decide("dibao_amount", eligible=True, rural=True, members=3, income_per_head=30000, **names)
    assert found == {"amount": 78000}, "(560 - 300) * 3 = 780 yuan"


@pytest.mark.parametrize(("rural", "cap"), [(False, 26640_00), (True, 20160_00)])
def test_golden_cash_cap_is_36_months(rural: bool, cap: int) -> None:
    def over(assets: int) -> bool:
        return decide("asset_test", scheme="dibao", rural=rural, asset_kinds="", assets_per_head=assets)[
            "assets_over_cap"
        ]

    assert (over(cap), over(cap + 1)) == (False, True)


@pytest.mark.parametrize(("rural", "line"), [(False, 1110_00), (True, 840_00)])
def test_golden_marginal_line_is_one_and_a_half(rural: bool, line: int) -> None:
    names = {
        "data_check_ok": True, "local": True, "asset_violation": False, "assets_over_cap": False, "receives": "",
        "rural": rural,
    }  # fmt: skip
    assert decide("marginal_tests", income_per_head=line - 1, **names) == {"failed_tests": ""}
    assert decide("marginal_tests", income_per_head=line, **names) == {"failed_tests": "income"}


@pytest.mark.parametrize(("rural", "basic"), [(False, 962_00), (True, 728_00)])
@pytest.mark.parametrize(("grade", "care"), [("none", "none"), ("half", "partial"), ("full", "full")])
def test_golden_tekun_standard_and_care(rural: bool, basic: int, grade: str, care: str) -> None:
    found = decide("tekun_amount", eligible=True, rural=rural, care_grade=grade)
    assert found == {"amount": basic + PARAMETERS[f"tekun_care_{care}"]}


def test_golden_care_grades() -> None:
    names = ("care_eat", "care_dress", "care_bed", "care_toilet", "care_walk", "care_bathe")
    for able in itertools.product((True, False), repeat=6):
        lost = able.count(False)
        wanted = "none" if lost == 0 else "half" if lost <= 3 else "full"
        assert decide("care_grade", **dict(zip(names, able, strict=True))) == {"care_grade": wanted}


@pytest.mark.parametrize(
    ("age", "fixed", "rural", "yuan"),
    [(80, False, False, 450), (89, False, True, 270), (90, False, True, 500), (100, False, True, 500),
     (80, True, True, 100), (90, True, False, 200), (100, True, False, 500)],
)  # fmt: skip
def test_golden_elderly_bands(age: int, fixed: bool, rural: bool, yuan: int) -> None:
    found = decide("elderly_amount", eligible=True, age=age, fixed_income=fixed, rural=rural)
    assert found["amount"] == yuan * 100


@pytest.mark.parametrize(("rural", "most"), [(True, 560_00), (False, 740_00)])
def test_golden_fast_relief_is_one_month(rural: bool, most: int) -> None:
    ceiling = {"relief_township_ceiling": 10_000_00}
    assert decide("relief_route", ceiling, relief_type="emergency", rural=rural, amount=most)["route"] == "township"
    assert decide("relief_route", ceiling, relief_type="emergency", rural=rural, amount=most + 1)["route"] != "township"


def test_single_persons_of_three_lists() -> None:
    facts = {
        "family_marginal": True, "age": 17, "disability_grade": 0, "disability_kind": "none", "ill": False,
        "incapacitated": False, "clergy": False, "unemployed": False,
    }  # fmt: skip
    lists = {
        "national": "disability_1_2,intellectual_mental_3,major_illness,clergy",
        "ningxia_2021": "disability_1_2,intellectual_mental_3_4,major_illness,clergy",
        "ningxia_2025": PARAMETERS["dibao_single_person"],
    }
    people = {
        "minor": {}, "mental_4": {"age": 40, "disability_grade": 4, "disability_kind": "mental"},
        "mental_3": {"age": 40, "disability_grade": 3, "disability_kind": "mental"},
        "demented": {"age": 70, "incapacitated": True}, "ill": {"age": 40, "ill": True},
    }  # fmt: skip
    found = {
        (title, who): decide("single_person", {"dibao_single_person": tokens}, **{**facts, **more})["single_person"]
        for title, tokens in lists.items()
        for who, more in people.items()
    }
    assert {key for key, alone in found.items() if alone} == {
        ("national", "mental_3"), ("national", "ill"),
        ("ningxia_2021", "mental_3"), ("ningxia_2021", "mental_4"), ("ningxia_2021", "ill"),
        *((("ningxia_2025", who)) for who in people),
    }  # fmt: skip


def test_respondent_follows_the_nature_of_the_delegation() -> None:
    def respondent(mode: str, nature: str) -> str:
        return decide("appeal_respondent", {"delegation_nature": nature}, mode=mode)["respondent"]

    assert respondent("B", "entrusted") == respondent("A", "conferred") == "county"
    assert respondent("B", "conferred") == "township"
    assert respondent("B", "unconfirmed") == "unconfirmed"


# Against models of our own, on random households

CLASSES = ("expense_medical", "expense_education", "expense_rent", "expense_disability")
TOKENS = ("medical_own_paid", "education_to_bachelor", "basic_rent", "disability_own_paid")


@st.composite
def households(draw: st.DrawFn) -> dict[str, Any]:
    wage = draw(MONEY)
    return {
        "scheme": draw(st.sampled_from(["dibao", "marginal", "tekun", "hardship", "temporary_relief"])),
        "members": draw(st.integers(1, 9)),
        "income_wage": wage,
        "income_total": wage + draw(MONEY),
        **{name: draw(st.integers(0, 40_000)) for name in ("income_exempt", "basic_pension", "elderly_income")},
        "job_cost": draw(st.integers(0, 100_000)),
        **{name: draw(st.integers(0, 60_000)) for name in CLASSES},
        "rigid_expense": 0,
    }


def per_head(home: Mapping[str, Any], deductions: list[str], pension: bool, allowance: bool) -> int:
    tekun = home["scheme"] == "tekun"
    income = home["income_total"] - home["income_exempt"]
    income -= home["basic_pension"] if tekun or pension else 0
    income -= home["elderly_income"] if tekun or allowance else 0
    if not tekun and "job_cost" in deductions:
        income -= min(home["job_cost"], home["income_wage"])
    if home["scheme"] in ("dibao", "marginal"):
        income -= sum(home[name] for name, token in zip(CLASSES, TOKENS, strict=True) if token in deductions)
    return int((Decimal(max(income, 0)) / home["members"]).quantize(Decimal(1), ROUND_HALF_UP))


@given(households(), st.lists(st.sampled_from([*TOKENS, "job_cost"]), min_size=1, unique=True), TRUTH, TRUTH)
@FUZZ
def test_income_agrees_with_a_model(
    home: dict[str, Any], deductions: list[str], pension: bool, allowance: bool
) -> None:
    numbers = {
        "dibao_deductions": ",".join(deductions),
        "basic_pension_exempt": pension,
        "elderly_allowance_exempt": allowance,
    }
    assert decide("income", numbers, **home) == {"income_per_head": per_head(home, deductions, pension, allowance)}


@given(households(), st.sampled_from(["income_wage", "income_total"]), st.integers(1, 50_000))
@FUZZ
def test_more_income_never_counts_as_less(home: dict[str, Any], where: str, more: int) -> None:
    richer = {**home, "income_total": home["income_total"] + more}
    if where == "income_wage":
        richer["income_wage"] += more
    assert decide("income", **richer)["income_per_head"] >= decide("income", **home)["income_per_head"]


def test_unknown_scheme_has_no_income() -> None:
    home = dict.fromkeys(
        ("income_wage", "income_total", "income_exempt", "basic_pension", "elderly_income", "job_cost", "rigid_expense",
         *CLASSES), 0,
    )  # fmt: skip
    assert decide("income", scheme="dibao", members=1, **home) == {"income_per_head": 0}
    # Nothing comes out, which parks the case: better than a family that counts as having no income.
    assert decide("income", scheme="diabo", members=1, **home) == {"income_per_head": None}


COUNTS = ("elderly", "minors", "severely_disabled", "seriously_ill")
EXTRA = ("elderly", "minor", "disabled", "ill")


@given(
    TRUTH, TRUTH, st.integers(1, 9), st.integers(0, 90_000), st.sampled_from(["top_up", "bands"]),
    st.tuples(*[st.integers(0, 3)] * 4), st.tuples(*[st.sampled_from([0, 0.1, 0.25])] * 4),
)  # fmt: skip
@FUZZ
def test_dibao_amount_agrees_with_a_model(
    eligible: bool,
    rural: bool,
    members: int,
    income: int,
    method: str,
    counts: tuple[int, ...],
    shares: tuple[float, ...],
) -> None:
    numbers = {"dibao_amount_method": method, **{f"dibao_extra_{k}": v for k, v in zip(EXTRA, shares, strict=True)}}
    norm = standard(rural)
    extra = half_up(norm * sum(Fraction(str(s)) * n for s, n in zip(shares, counts, strict=True)).__float__())
    if method == "top_up":
        own = (norm - income) * members
    else:
        low, mid = (norm * Fraction(str(PARAMETERS[f"dibao_band_{b}_income"])) for b in "ab")
        band = "a" if income <= low else "b" if income <= mid else "c"
        own = half_up(float(norm * Fraction(str(PARAMETERS[f"dibao_band_{band}"])))) * members
    found = decide(
        "dibao_amount", numbers, eligible=eligible, rural=rural, members=members, income_per_head=income,
        **dict(zip(COUNTS, counts, strict=True)),
    )  # fmt: skip
    assert found == {"amount": own + extra if eligible else 0}


@given(TRUTH, st.integers(1, 9), st.integers(0, 55_000), st.integers(1, 5_000), st.sampled_from(["top_up", "bands"]))
@FUZZ
def test_more_income_never_gives_more_dibao(rural: bool, members: int, income: int, more: int, method: str) -> None:
    def amount(income: int) -> int:
        failed = decide(
            "dibao_tests", data_check_ok=True, local=True, asset_violation=False, assets_over_cap=False,
            income_per_head=income, rural=rural, receives="", apply_alone=False, single_person=False,
        )  # fmt: skip
        eligible = decide("eligible", **failed)["eligible"]
        return decide(
            "dibao_amount", {"dibao_amount_method": method}, eligible=eligible, rural=rural, members=members,
            income_per_head=income, **dict.fromkeys(COUNTS, 0),
        )["amount"]  # fmt: skip

    assert amount(income + more) <= amount(income)
    assert amount(income) >= 0


@given(TRUTH, st.integers(1, 6), st.integers(0, 2_000_000), st.integers(1, 200_000))
@FUZZ
def test_more_need_never_gives_less_relief_and_never_more_than_the_need(
    rural: bool, members: int, need: int, more: int
) -> None:
    def amount(need: int) -> int:
        return decide(
            "relief_amount", eligible=True, relief_type="expenditure", rural=rural, members=members, relief_asked=0,
            relief_expense=need,
        )["amount"]  # fmt: skip

    assert amount(need) <= amount(need + more)
    assert amount(need) <= need


CODES = {
    "data_check": lambda f: not f["data_check_ok"],
    "residence": lambda f: not f["local"],
    "asset_kind": lambda f: f["asset_violation"],
    "assets": lambda f: f["assets_over_cap"],
    "income": lambda f: f["income_per_head"] >= standard(f["rural"]),
    "single_person": lambda f: f["apply_alone"] and not f["single_person"],
    "covered": lambda f: bool({"dibao", "tekun"} & set(f["receives"].split(","))),
}
FACTS = st.fixed_dictionaries(
    {
        **dict.fromkeys(
            ("data_check_ok", "local", "asset_violation", "assets_over_cap", "rural", "apply_alone", "single_person"),
            TRUTH,
        ),
        "income_per_head": st.sampled_from([0, 55_999, 56_000, 73_999, 74_000, 90_000]),
        "receives": st.sampled_from(["", "dibao", "marginal", "elderly_allowance,tekun", "hardship"]),
    }
)


@given(FACTS)
@FUZZ
def test_dibao_tests_name_exactly_what_fails_in_order(facts: dict[str, Any]) -> None:
    wanted = ",".join(code for code, fails in CODES.items() if fails(facts))
    assert decide("dibao_tests", **facts) == {"failed_tests": wanted}
    assert decide("eligible", failed_tests=wanted) == {"eligible": wanted == ""}


@given(
    st.integers(0, 130), st.integers(0, 4),
    st.sampled_from(["none", "limb", "sight", "hearing", "speech", "intellectual", "mental", "multiple"]),
)  # fmt: skip
@FUZZ
def test_labour_incapacity_agrees_with_article_5(age: int, grade: int, kind: str) -> None:
    least = {"intellectual": 3, "mental": 3, "limb": 2, "sight": 1}.get(kind, 0)
    wanted = "old" if age >= 60 else "minor" if age < 16 else "disability" if 0 < grade <= least else "none"
    assert decide("labour_incapacity", age=age, disability_grade=grade, disability_kind=kind) == {
        "labour_ground": wanted
    }


STATUS = ("able", "tekun", "dibao", "severely_disabled", "disabled_3", "no_capacity", "missing", "prison")


@given(st.sampled_from(STATUS), st.integers(18, 100), TRUTH, TRUTH)
@FUZZ
def test_supporter_agrees_with_article_8(status: str, age: int, low: bool, fit: bool) -> None:
    wanted = (
        status == "tekun"
        or (status == "dibao" and age >= 60)
        or (age >= 70 and low and fit)
        or (status in ("severely_disabled", "disabled_3") and low and fit)
        or (status in ("no_capacity", "missing", "prison") and fit)
    )
    found = decide(
        "supporter_unable",
        supporter_status=status,
        supporter_age=age,
        supporter_low_income=low,
        supporter_assets_fit=fit,
    )
    assert found == {"supporter_unable": wanted}


@given(st.integers(0, 4), st.sampled_from(["private", "livelihood", "treatment", "scrapped"]), st.integers(0, 1), TRUTH)
@FUZZ
def test_vehicles_agree_with_the_exemptions(cars: int, use: str, sick: int, treatment: bool) -> None:
    exempt = (
        (use == "livelihood" and cars == 1)
        or (use == "treatment" and cars == 1 and sick and treatment)
        or use == "scrapped"
    )
    found = decide(
        "asset_kinds", {"asset_vehicle_treatment_exempt": treatment}, scheme="dibao", cars=cars, car_use=use,
        severely_disabled=0, seriously_ill=sick, homes=1, home_area_per_head=10,
        **dict.fromkeys(("asset_machinery", "asset_employs", "asset_school", "asset_abroad", "asset_luxury"), False),
    )  # fmt: skip
    assert found == {"asset_kinds": "car" if cars and not exempt else ""}


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7), TRUTH, st.integers(1, 6))
@FUZZ
def test_hardship_ratio_agrees_with_a_model(income: int, living: int, medical: int, rural: bool, members: int) -> None:
    expense = decide(
        "hardship_expense", rural=rural, members=members, year_living=living, year_medical=medical, year_education=0,
        year_rehabilitation=0, year_other=999,
    )["expense_year"]  # fmt: skip
    assert expense == medical + min(living, standard(rural) * members * 12)
    found = decide(
        "hardship_tests", data_check_ok=True, local=True, receives="", income_per_head=0, rural=rural,
        asset_violation=False, assets_over_cap=False, expense_year=expense,
        year_income=income,
    )["failed_tests"]  # fmt: skip
    assert (found == "ratio") is (expense <= Fraction(str(PARAMETERS["hardship_ratio"])) * income)


# What may never be


@pytest.mark.parametrize("name", [name for name, each in DECISIONS.items() if each.output_names == ("failed_tests",)])
def test_nobody_passes_because_something_is_not_known(name: str) -> None:
    """An empty value or another kind of value in any input of a table of tests is an error, never a pass."""
    decision = DECISIONS[name]
    sample = next(each for each in decision.examples if dict(each.expected)[decision.output_names[0]] == '""')
    context = examples.nested({key: feel.evaluate(value, {}) for key, value in (*decision.given, *sample.given)})
    assert evaluate(decision, context).outputs == {decision.output_names[0]: ""}
    assert decision.policy == COLLECT
    # Whether somebody may stand alone is asked only of those who apply alone.
    for key in [key for key in context if key not in ("parameters", "single_person")]:
        for strange in (None, {"a": 1}):
            with pytest.raises(ExpressionError):
                evaluate(decision, {**context, key: strange})
        with pytest.raises(ExpressionError):
            evaluate(decision, {other: value for other, value in context.items() if other != key})
