"""An assessment in words, for pages: the figures that its scheme looks at, and every test that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registers.benefits.reasons import yuan

KINDS = {
    "car": "机动车辆",
    "large_machinery": "大型农机具",
    "employer": "雇用他人从事经营",
    "choice_school": "自费择校",
    "study_abroad": "自费留学",
    "second_home": "超过规定的住房",
    "luxury": "高档消费品",
}
GRADES = {"none": "全自理", "half": "半护理", "full": "全护理"}
GROUNDS = {"old": "老年人", "minor": "未成年人", "disability": "残疾人", "none": "有劳动能力"}


def told(figures: Mapping[str, Any], parameters: Mapping[str, Any], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """(what, value) of an assessment; `titles` are those of the release's grounds, by code."""
    rows = [(name, words(figures)) for name, shown, words in _ROWS if shown in figures]
    rows[2:2] = [(name, value) for name, value in _lines(figures, parameters) if "income_per_head" in figures]
    if figures.get("eligible"):
        rows.append(("核算结果", _granted(figures)))
    elif "eligible" in figures:
        failed = [code for code in str(figures.get("failed_tests", "")).split(",") if code]
        rows.append(("核算结果", f"不符合条件：{'；'.join(titles.get(code, code) for code in failed)}"))
    return rows


def _lines(figures: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The line that income is held against, as the assessment kept it."""
    kind, place = ("rural", "农村") if figures.get("rural") else ("urban", "城市")
    rows = []
    standard = parameters.get(f"dibao_standard_{kind}")
    if standard is not None:
        rows.append(("低保标准", f"{yuan(standard)}元（{place}，每人每月）"))
        if figures.get("scheme") == "marginal" and "marginal_factor" in parameters:
            rows.append(("边缘线", f"{yuan(standard * parameters['marginal_factor'])}元（每人每月）"))
    year = parameters.get(f"local_disposable_income_{kind}")
    if year is not None:
        rows.append(("上年人均可支配收入", f"{yuan(year)}元（{place}，每年）"))
    return rows


def _granted(figures: Mapping[str, Any]) -> str:
    if not figures.get("amount"):
        return "符合条件"
    once = figures.get("scheme") == "temporary_relief" or "relief_type" in figures
    return f"符合条件，{'一次性' if once else '每月'}{yuan(figures['amount'])}元"


def _money(name: str) -> Any:
    return lambda figures: f"{yuan(figures[name])}元"


def _kinds(figures: Mapping[str, Any]) -> str:
    found = [each for each in str(figures["asset_kinds"]).split(",") if each]
    return "、".join(KINDS.get(each, each) for each in found) or "没有"


#: (name, the figure that must be there, its value in words).
_ROWS = (
    ("共同生活成员", "members", lambda figures: f"{figures['members']}人"),
    ("人均月收入", "income_per_head", _money("income_per_head")),
    ("年龄", "age", lambda figures: f"{figures['age']}周岁"),
    ("无劳动能力的情形", "labour_ground", lambda figures: GROUNDS.get(figures["labour_ground"], "")),
    ("有能够履行义务的人", "supporter_able", lambda figures: "有" if figures["supporter_able"] else "没有"),
    ("人均货币财产", "assets_per_head", _money("assets_per_head")),
    ("不合规的财产", "asset_kinds", _kinds),
    ("十二个月收入", "year_income", _money("year_income")),
    ("十二个月刚性支出", "expense_year", _money("expense_year")),
    ("自负的必要支出", "relief_expense", _money("relief_expense")),
    ("同一原因今年已救助", "relief_same_cause", lambda figures: f"{figures['relief_same_cause']}次"),
    ("照料护理档次", "care_grade", lambda figures: GRADES.get(figures["care_grade"], "")),
    ("信息核对", "data_check_ok", lambda figures: "通过" if figures["data_check_ok"] else "不通过"),
)

__all__ = ["GRADES", "KINDS", "told"]
