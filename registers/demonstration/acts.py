"""What the people of a demonstration fill in: for each form, the values that a plan leads to.

The values go through the same validation as a clerk's; a form that changes makes this fail loudly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from registers.demonstration.people import Family


@dataclass
class Plan:
    """How a case is meant to go. `stop` is the task at which a live case stands still."""

    family: Family
    random: Random
    complete: bool = True
    withdraw: bool = False
    related: bool = False
    letters: bool = False
    check_passes: bool = True
    recheck_passes: bool = True
    objections: int = 0
    upheld: bool = False
    grant: bool = True
    stop: str | None = None
    #: Working days that people take beyond their usual ones.
    slow: int = 0
    fails: bool = False
    notes: dict[str, Any] = field(default_factory=dict)


def values(form: str, plan: Plan, now: datetime, flow: dict[str, Any]) -> dict[str, Any]:
    """The values of `form` for this plan on the business day of `now`; `flow` are the case's scalars."""
    return _FORMS[form](plan, now.date().isoformat(), flow)


def _application(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    home = plan.family
    disability = plan.random.choice(("none", "none", "none", "2", "3"))
    return {
        "name": home.head.name,
        "id_number": home.head.id_number,
        "phone": home.phone,
        "bank_account": home.bank_account,
        "village": home.village,
        "address": f"{plan.random.randrange(1, 9)}组{plan.random.randrange(1, 60)}号",
        "hukou": "rural",
        "marital": "married" if any(r == "spouse" for _, r in home.others) else "widowed",
        "health": plan.random.choice(("weak", "chronic", "healthy")),
        "disability": disability,
        **({} if disability == "none" else {"disability_kind": plan.random.choice(("limb", "sight", "hearing"))}),
        "work": "farming",
        "by_agent": False,
        "members": [
            {
                "name": person.name,
                "id_number": person.id_number,
                "relation": relation,
                "health": "healthy",
                "disability": "none",
                "work": {"child": "student", "spouse": "farming"}.get(relation, "unable"),
            }
            for person, relation in home.others
        ],
        **_means(home),
        "reason": "家中缺少劳动力，收入不足以维持基本生活。（演示数据）",
        "declarations": ["honest", "authorise"],
    }


def _means(home: Family) -> dict[str, Any]:
    """Income and assets in fen, as the forms keep them."""
    return {
        "income_wage": home.wage * 100,
        "job_cost": 0,
        "income_business": home.business * 100,
        "income_property": 0,
        "income_transfer": home.transfer * 100,
        "income_other": 0,
        "expense_medical": home.rigid * 100,
        "assets_financial": home.savings * 100,
        "asset_car": home.car,
        **({"asset_cars": 1, "asset_car_use": "private"} if home.car else {}),
        "asset_machinery": False,
        "asset_employs": False,
    }


def _completeness(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"papers": ["application", "honest", "authorise"], "complete": plan.complete}
    if not plan.complete:
        found["missing"] = [
            {"item": "核对授权书（成年子女）", "why": "成年家庭成员须本人授权", "how": "由本人签名后交窗口或拍照上传"}
        ]
    return found


def _corrections(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    if plan.withdraw:
        return {
            "supplement": "withdraw",
            "received_on": today,
            "withdraw_reason": "本人已外出务工，暂不申请。",
            "withdraw_signed": True,
        }
    return {"supplement": "supplied", "received_on": today, "supplied_papers": "已补交核对授权书。"}


def _relatives(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "related": plan.related,
        "declarant": plan.family.head.name,
        "declared_on": today,
        "signed": True,
    }
    if plan.related:
        found["relatives"] = [
            {"name": "马玉花", "relation": "sibling", "unit": "沙枣村村民委员会", "post": "村委会委员"}
        ]
    return found


def _arrange(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "survey_start": today,
        "letters_needed": plan.letters,
        "focus": "核实务工收入、种养殖情况和家庭成员健康状况。",
        "recusal_checked": True,
        "check_requested": True,
    }
    if plan.letters:
        found["letters_to"] = "务工单位，核实工资收入。"
    return found


def _data_check(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "checked_on": today,
        "report_number": f"核报{plan.random.randrange(1000, 9999)}",
        "sources": ["hukou", "tax", "insurance_social", "real_estate", "business", "vehicle", "bank"],
        "hits": "未发现与申报不一致的信息。" if plan.check_passes else "名下有一笔未申报的存款，需申请人说明。",
        "data_check_passed": plan.check_passes,
    }


def _home_visit(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "visited_on": today,
        "visited_at": "09:30",
        "place": "申请人家中",
        "met": plan.family.head.name,
        "members_agree": True,
        **_means(plan.family),
        "house": "own",
        "house_area": 60 + plan.random.randrange(60),
        "house_safe": "safe",
        "living": "住房为砖木结构，生活用品简单，取暖用煤。",
        "conclusion": "家庭人口和收入与申报一致。",
        "family_signature": plan.family.head.name,
        "family_signed": True,
    }


def _neighbours(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "visited_on": today,
        "visited_at": "10:40",
        "place": "同组邻居家中",
        "asked": [{"name": "王秀兰", "relation": "邻居", "answer": "他家平时靠种地和打零工，日子紧。"}],
        "findings": "邻居反映与入户了解的情况一致。",
        "agrees": True,
    }


def _letters(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "letters": [
            {
                "addressee": "务工单位（演示）",
                "sent_on": today,
                "question": "请证明其月工资收入。",
                "reply_state": "replied",
                "replied_on": today,
                "reply": "月工资与申报一致。",
            }
        ],
        "findings": "来函证明与申报一致。",
    }


def _recheck(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "objected": True,
        "objection": "该笔存款是子女暂存的学费。",
        "evidence": "提交了缴费通知和转账记录。",
        "rechecked_on": today,
        "findings": "复查情况已记录在案。",
        "recheck_passed": plan.recheck_passes,
    }


def _opinion(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    grant = plan.grant and bool(flow.get("eligible"))
    reasons = "人均收入低于当地标准，财产符合规定，拟同意。" if grant else "经核算不符合保障条件，拟不同意。"
    return {"opinion": "grant" if grant else "refuse", "reasons": reasons}


def _draft_notice(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "applicant_shown": plan.family.head.name,
        "members_shown": flow["members"],
        "amount_shown": flow["amount"],
        "scheme_shown": "最低生活保障",
        "board": "村务公开栏",
    }


def _check_notice(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    if plan.notes.pop("redraft", None):
        return {"notice_ok": False, "note": "金额写错，请按核算结果重拟。"}
    return {"notice_ok": True, "confirmed": ["no_id", "no_health", "no_address", "figures", "phone"]}


def _post(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {"posted_on": today, "place": "村委会公开栏", "evidence": "已拍照留存起始照片。"}


def _take_down(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "taken_down_on": today,
        "place": "村委会公开栏",
        "intact": not plan.notes.pop("torn", None),
        "objections_registered": True,
        "evidence": "公示期内张贴完好，已拍照留存。",
    }


def _handle(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {"way": "evaluation", "conclusion": "已逐件核查，提交民主评议。"}


def _convene(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    villagers = ("郑秀英", "冯玉兰", "蒋有福", "韩桂花", "曹永年", "许长河")
    return {
        "meeting_on": today,
        "place": "村委会会议室",
        "attendees": [
            {"name": "何志强", "capacity": "staff"},
            {"name": "吴建国", "capacity": "committee"},
            *({"name": name, "capacity": "villager"} for name in villagers),
        ],
    }


def _evaluate(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "held_on": today,
        "place": "村委会会议室",
        "chair": "吴建国",
        "recorder": "何志强",
        "votes_for": 2 if plan.upheld else 6,
        "votes_against": 5 if plan.upheld else 1,
        "votes_abstain": 1,
        "summary": "介绍政策和核查情况后逐人发言。",
        "conclusion": "经评议，认为该户不符合条件。" if plan.upheld else "经评议，多数代表认为该户符合条件。",
        "all_signed": True,
    }


def _new_opinion(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    grant = not plan.upheld and bool(flow.get("eligible"))
    return {"opinion": "grant" if grant else "refuse", "reasons": "根据异议核查和民主评议结果重新提出意见。"}


def _dossier(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {"papers": ["application", "relatives", "data_check", "visit", "opinion"], "pages": 26}


def _county_visit(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "visited_on": today,
        "visited_at": "14:20",
        "place": "申请人家中",
        "met": plan.family.head.name,
        "findings": "家庭情况与乡镇调查一致。",
        "conclusion": "agrees",
    }


def _decide(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if flow.get("opinion") == "grant" and flow.get("publicised") and flow.get("eligible"):
        found.update(decision="confirm", reasons="材料齐全，程序合法，同意确认。")
    else:
        # What the figures refuse stands in the letter by itself; a ground is ticked only where they refuse nothing.
        found.update(decision="refuse", grounds=[] if flow.get("failed_tests") else ["objection"])
        found["reasons"] = "经核算，家庭情况不符合救助条件。"
    return found


def _township_decide(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    found = _decide(plan, today, flow) | {"objections_seen": flow.get("objections", 0)}
    if flow.get("objections"):
        found["objections_considered"] = "已审阅异议核查和民主评议记录。"
    return found


def _post_result(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {"posted_on": today, "place": "村务公开栏"}


def _deliver(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "delivered_on": today,
        "method": "direct",
        "receiver": plan.family.head.name,
        "receiver_relation": "本人",
        "evidence": "当面送达，已签收回证。",
    }


def _deliver_confirmation(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return _deliver(plan, today, flow) | {"told": ["duty", "review", "appeal"]}


def _deliver_refusal(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return _deliver(plan, today, flow) | {"told": ["reasons", "appeal", "again"], "other_aid": ["temporary"]}


def _objection(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "received_on": today,
        "channel": "visit",
        "named": True,
        "objector_name": "白占江",
        "objector_phone": "13000000000",
        "content": "反映该户有成年子女在外务工，收入较高。",
    }


def _investigate(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {
        "investigated_on": today,
        "ways": ["visit", "neighbours"],
        "findings": "已入户并走访，子女已分户单独生活。",
        "upheld_proposal": plan.upheld,
        "conclusion": "异议成立。" if plan.upheld else "异议不成立。",
    }


def _reply(plan: Plan, today: str, flow: dict[str, Any]) -> dict[str, Any]:
    return {"replied_on": today, "method": "phone", "reply": "已将核查结果告知异议人。", "satisfied": True}


_FORMS = {
    "fill_application": _application,
    "check_completeness": _completeness,
    "receive_corrections": _corrections,
    "declare_relatives": _relatives,
    "arrange_survey": _arrange,
    "data_check": _data_check,
    "home_visit": _home_visit,
    "neighbour_visit": _neighbours,
    "letters": _letters,
    "recheck": _recheck,
    "opinion": _opinion,
    "draft_notice": _draft_notice,
    "check_notice": _check_notice,
    "post_notice": _post,
    "take_down": _take_down,
    "handle_objections": _handle,
    "convene_evaluation": _convene,
    "hold_evaluation": _evaluate,
    "new_opinion": _new_opinion,
    "submit_dossier": _dossier,
    "county_visit": _county_visit,
    "county_decide": _decide,
    "township_decide": _township_decide,
    "deliver_confirmation": _deliver_confirmation,
    "deliver_refusal": _deliver_refusal,
    "post_result": _post_result,
    "record_objection": _objection,
    "investigate_objection": _investigate,
    "reply_objector": _reply,
}
