"""The names that every template may read, beside its own loop variables."""

from __future__ import annotations

#: {name: what it is}. docs/documents.md shows them.
NAMES = {
    "number": "文号（不编号的为空）",
    "case_number": "办件编号",
    "applicant": "申请人姓名；只有未成年人的家庭在公示里不写姓名",
    "village": "所在村",
    "scheme": "救助项目的名称",
    "date": "成文日期",
    "office": "发文机关",
    "handler": "经办人",
    "complaint_phone": "监督投诉电话",
    "appeal_organ": "行政复议机关",
    "reasons": "理由，一条一行，带数字和依据；模板没有写的，由系统补在正文后面",
    "facts": "办件的事实：facts.NAME",
    "form": "各环节提交的表单：form.TASK.FIELD，form.TASK.all",
    "source": "表单（record）所印的那一次提交",
    "days": '期限参数的字样：days("publicity_length") → 7日',
    "yuan": '金额参数的字样：yuan("dibao_standard_rural") → 560元',
    "value": '其他参数的值：value("retention_after_stop_years")',
    "day": '日期的字样：day("2026-03-09") → 2026年3月9日',
    "month": '月份的字样：month("2026-04") → 2026年4月',
    "blank": "手写的空白：blank(8)",
    "signatures": '签字栏：signatures("申请人", "经办人")',
}
#: What a sheet on a board may say beside the public facts (57号 art. 24; policy §7.2).
PUBLIC = frozenset(
    {"number", "applicant", "village", "scheme", "date", "office", "complaint_phone", "facts", "days", "day", "month"}
)
#: Those of a form's own names that are no fields: what was handed in as a whole.
OF_A_FORM = ("all", "signers", "author", "on")
