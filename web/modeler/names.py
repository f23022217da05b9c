"""What the names that decisions read and give are called on the page."""

from __future__ import annotations

from engine.releases.loaded import LoadedRelease

#: Names that operations of the registers give; decisions name their own results, forms their own fields.
WORDS = {
    "scheme": "救助类别",
    "members": "共同生活的人数",
    "rural": "农村",
    "local": "户籍或常住在本地",
    "data_check_ok": "信息核对通过",
    "receives": "已经享受的救助",
    "income_wage": "工资性收入（分/月）",
    "income_total": "五类收入合计（分/月）",
    "income_exempt": "依法不计入的收入（分/月）",
    "basic_pension": "基础养老金（分/月）",
    "elderly_income": "高龄津贴（分/月）",
    "job_cost": "就业成本（分/月）",
    "expense_medical": "自付医疗（分/月）",
    "expense_education": "教育支出（分/月）",
    "expense_rent": "基本住房租金（分/月）",
    "expense_disability": "因残支出（分/月）",
    "rigid_expense": "没有分项的刚性支出（分/月）",
    "assets_per_head": "人均货币财产（分）",
    "cars": "机动车辆数",
    "car_use": "车辆用途",
    "homes": "住房套数",
    "home_area_per_head": "人均住房面积（平方米，-1 为未核实）",
    "minors": "未成年人数",
    "elderly": "老年人数",
    "severely_disabled": "重度残疾人数",
    "seriously_ill": "重病人数",
    "able_bodied": "有劳动能力的人数",
    "income_unstable": "收入不稳定",
    "age": "年龄",
    "disability_grade": "残疾等级（0 为没有）",
    "disability_kind": "残疾类别",
    "ill": "患重大疾病",
    "incapacitated": "失能失智",
    "clergy": "宗教教职人员",
    "unemployed": "无业",
    "apply_alone": "单独申请",
    "family_marginal": "家庭是低保边缘家庭",
    "orphan_route": "选择孤儿或事实无人抚养儿童保障",
    "supporters": "法定义务人数",
    "supporter_able": "有能够履行义务的人",
    "hukou_ningxia": "宁夏户籍",
    "fixed_income": "有固定收入",
    "age_supplement": "领取企业养老金高龄倾斜",
    "asset_machinery": "有大型农机具",
    "asset_employs": "雇用他人经营",
    "asset_school": "自费择校",
    "asset_abroad": "自费留学",
    "asset_luxury": "有高档消费品",
    "year_income": "十二个月收入（分）",
    "year_living": "十二个月基本生活支出（分）",
    "year_medical": "十二个月自付医疗（分）",
    "year_education": "十二个月教育支出（分）",
    "year_rehabilitation": "十二个月残疾康复（分）",
    "year_other": "十二个月其他支出（分）",
    "relief_type": "救助类型",
    "relief_asked": "核定的需要（分）",
    "relief_expense": "自负的必要支出（分）",
    "relief_same_cause": "同一原因今年已救助次数",
    "relief_this_year": "今年已救助次数",
    "recognised": "已认定的困难家庭",
    "care_eat": "吃饭能自主完成",
    "care_dress": "穿衣能自主完成",
    "care_bed": "上下床能自主完成",
    "care_toilet": "如厕能自主完成",
    "care_walk": "室内行走能自主完成",
    "care_bathe": "洗澡能自主完成",
    "employed_now": "因就业增收",
    "fade_out_asked": "要求的渐退月数",
    "medical_spend": "自付医疗费用（分）",
    "living_alone": "独居",
    "groups": "所在名单数",
    "supporter_age": "义务人年龄",
    "mode": "审核确认模式",
    "amount": "金额（分）",
}


def words(release: LoadedRelease) -> dict[str, str]:
    """{name: what it is called}, for every name that anything in the release names."""
    found = {
        column.expression: column.label
        for decision in release.decisions.values()
        for column in (*decision.outputs, *decision.inputs)
        if column.label and column.expression.isidentifier()
    }
    results = {each.variable: each.name for each in release.decisions.values() if each.variable}
    return {**results, **found, **WORDS}
