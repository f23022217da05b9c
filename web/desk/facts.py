"""The facts of a case as rows of 项目 and 内容, for read-only tables in forms and beside them. Numbers are masked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.forms import mask
from engine.releases import queries as releases
from engine.runtime.models import Instance
from registers.assessments import queries as assessments
from registers.assessments.models import Assessment
from registers.assessments.words import told
from registers.benefits.models import Benefit
from registers.benefits.reasons import catalogue
from registers.cases.models import Case
from registers.cases.schemes import short
from registers.filings import queries as filings
from registers.filings.models import KinFiling
from registers.households import queries as households
from registers.objections.models import Objection
from web.words import yuan

Row = dict[str, str]

INCOME = {
    "income_wage": "工资性收入",
    "job_cost": "必要就业成本",
    "income_business": "经营净收入",
    "income_property": "财产净收入",
    "income_transfer": "转移净收入",
    "income_other": "其他收入",
    "basic_pension": "其中：基础养老金",
    "elderly_income": "其中：高龄津贴",
    "income_exempt": "其中：依法不计入的收入",
    "rigid_expense": "刚性支出",
    "expense_medical": "自付医疗支出",
    "expense_education": "教育支出",
    "expense_rent": "住房租金",
    "expense_disability": "残疾康复支出",
    "year_income": "十二个月总收入",
    "year_living": "十二个月生活支出",
    "year_medical": "十二个月自付医疗",
    "year_education": "十二个月教育支出",
    "year_rehabilitation": "十二个月康复支出",
    "year_other": "十二个月其他必要支出",
    "assets_financial": "货币财产合计",
}
ASSETS = {
    "asset_car": "机动车辆",
    "asset_machinery": "大型农机具",
    "asset_second_house": "两套及以上住房",
    "asset_employs": "雇用他人从事经营",
    "asset_school": "自费择校",
    "asset_abroad": "自费留学",
    "asset_luxury": "高档消费品",
}
#: Views that other rooms offer: {name: function of (session, instance)}.
OFFERED: dict[str, Callable[[Session, Instance], list[Row]]] = {}


class Facts:
    """The views of one case, each read when a page first asks. A sub-case shows the facts of its parent."""

    def __init__(self, session: Session, instance: Instance) -> None:
        self.session = session
        self.instance = instance
        self.case_id = instance.parent_id or instance.id
        self.case = session.get(Case, self.case_id)
        self._kept: dict[str, list[Row]] = {}
        self._views: dict[str, Callable[[], list[Row]]] = {
            "household": self._household,
            "income": self._income,
            "assessment": self._assessment,
            "relatives": self._relatives,
            "objections": self._objections,
            "kin": self._kin,
            "filed": self._filed,
            "roster": self._roster,
            "other_help": self._other_help,
            **{name: partial(look, session, instance) for name, look in OFFERED.items()},
        }

    def __call__(self, view: str) -> list[Row]:
        if view not in self._kept:
            self._kept[view] = self._views[view]() if view in self._views else []
        return self._kept[view]

    def _household(self) -> list[Row]:
        if self.case is None or self.case.household_id is None:
            return []
        contact = households.contact(self.session, self.case.household_id)
        rows = [
            row(f"{one.relation} {one.name}", f"{one.sex}，{one.age} 岁，{one.masked}")
            for one in households.members(self.session, self.case.household_id, clock.today())
        ]
        rows.append(row("住址", str(contact.get("address") or "—")))
        rows.append(row("电话", str(mask.value("phone", contact.get("phone") or "—"))))
        return rows

    def _income(self) -> list[Row]:
        found = households.statements(self.session, self.case_id)
        declared, verified = found.get("declared", {}), found.get("verified", {})
        shown = verified or declared
        rows = []
        for key, name in INCOME.items():
            if not (shown.get(key) or declared.get(key)):
                continue
            text = yuan(shown.get(key) or 0)
            if verified and verified.get(key) != declared.get(key):
                text += f"（申报 {yuan(declared.get(key) or 0)}）"
            rows.append(row(name, text))
        owned = [name for key, name in ASSETS.items() if shown.get(key)]
        rows.append(row("特定财产", "、".join(owned) or "没有"))
        rows.append(row("来源", "入户调查核实" if verified else "申请人申报，尚未核实"))
        return rows

    def _assessment(self) -> list[Row]:
        found: Assessment | None = assessments.latest(self.session, self.case_id)
        return [] if found is None else assessed(found)

    def _relatives(self) -> list[Row]:
        rows = []
        for one in filings.of_case(self.session, self.case_id):
            relation = filings.RELATIONS.get(one.relation, one.relation)
            state = {True: "，已核实是", False: "，已核实不是", None: ""}[one.confirmed]
            source = filings.SOURCES.get(one.source, one.source)
            rows.append(row(f"{one.staff_name}（{one.post or '职务未填'}）", f"{relation}，来源：{source}{state}"))
        return rows or [row("近亲属关系", "申请人申明没有，备案库中也没有发现")]

    def _kin(self) -> list[Row]:
        """The relatives of the case's appointee who receive something."""
        found = self.session.execute(
            select(KinFiling, Benefit)
            .join(Benefit, Benefit.id == KinFiling.benefit_id)
            .where(KinFiling.instance_id == self.instance.id)
            .order_by(KinFiling.id)
        )
        return [filed(filing, benefit) for filing, benefit in found] or [row("近亲属", "没有正在享受救助的")]

    def _filed(self) -> list[Row]:
        """Every filed relative of the area who still receives something, by the number of the filing."""
        area = self.instance.area
        found = self.session.execute(
            select(KinFiling, Benefit)
            .join(Benefit, Benefit.id == KinFiling.benefit_id)
            .where(
                KinFiling.filed_on.is_not(None),
                Benefit.status == "active",
                (Benefit.area == area) | Benefit.area.startswith(f"{area}/", autoescape=True),
            )
            .order_by(KinFiling.id)
        )
        return [filed(filing, benefit) for filing, benefit in found] or [row("备案对象", "现在没有")]

    def _roster(self) -> list[Row]:
        """What was wrong with the roster that was checked last."""
        note = (self.instance.flow or {}).get("roster_note")
        return [row("名册核对", str(note or "还没有核对"))]

    def _other_help(self) -> list[Row]:
        """Where somebody who leaves may turn: schemes whose tests the figures meet, and those of which they say
        nothing."""
        found = str((self.instance.flow or {}).get("other_help") or "")
        rows = [
            row(
                short(each.rstrip("?")),
                "情况不明，可以申请" if each.endswith("?") else "按现有数据可能符合",
            )
            for each in found.split(",")
            if each
        ]
        return [*rows, row("临时救助", "遇到突发困难可以随时申请")]

    def _objections(self) -> list[Row]:
        found = self.session.scalars(
            select(Objection).where(Objection.parent_id == self.case_id).order_by(Objection.instance_id)
        )
        outcome = {None: "核查中", True: "异议成立", False: "异议不成立"}
        # Who objected is known to those who investigate it, not to everybody who reads the case.
        return [
            row(f"{each.recorded_at:%Y-%m-%d} 异议", f"{each.told.get('content') or '—'}（{outcome[each.upheld]}）")
            for each in found
        ] or [row("异议", "公示期间没有异议")]


def filed(filing: KinFiling, benefit: Benefit) -> Row:
    """A filed relative in a row."""
    relation = filings.RELATIONS.get(filing.relation, filing.relation)
    text = f"{filing.staff_name}（{filing.post or '职务未填'}）的{relation}{filing.relative_name}"
    return row(f"备案{filing.id}号", f"{text}，每月 {yuan(benefit.amount)}，自 {benefit.from_month} 起")


def assessed(found: Assessment) -> list[Row]:
    """An assessment in rows, with the titles that its own release gives to what failed."""
    grounds = catalogue(releases.load(found.release_id))
    titles = {code: each.title for code, each in grounds.items()}
    return [row(name, value) for name, value in told(found.figures, found.parameters, titles)]


def row(name: str, value: str) -> Row:
    return {"name": name, "value": value}
