"""Who may do what to payments; and what must be settled before a task of a run is handed in."""

from __future__ import annotations

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from engine.actors import SYSTEM
from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto
from registers.benefits.models import Benefit, BenefitChange
from registers.payments.bank.batches import of_batch
from registers.payments.models import DirectPayment, PayPart, PayRow, PayRun
from registers.payments.roster.compare import open_hits

CLAUSE = "plan:2.1.2"
#: Who deals with money and with nothing else.
MONEY = ("accountant", "finance")
SEEING = ("accountant", "director", "deputy", "head", "discipline", "county_review", "county_decide", "finance")
#: The processes that those may see.
PROCESSES = ("payment_run", "recovery")
#: {verb: (roles, what it is called)}; asked for an instance or an area.
DUTIES = {
    "see_payments": (SEEING, "查看发放"),
    "start_payments": (("accountant",), "发起发放"),
    "settle_hits": (("accountant", "director"), "处理发放疑点"),
    "take_bank_file": (("finance",), "下载代发文件"),
    "import_return": (("accountant",), "导入回盘文件"),
    "handle_failures": (("accountant",), "处理发放失败"),
    "export_payments": (("accountant", "director", "county_review", "finance", "discipline"), "导出发放名册"),
    "propose_account": (("clerk", "accountant"), "提出变更银行账户"),
    "confirm_account": (("director", "accountant"), "确认变更银行账户"),
    "register_card": (("director", "discipline"), "登记工作人员账户和代管银行卡"),
    "import_marks": (("clerk", "accountant", "director", "county_check"), "导入比对信息"),
    "enter_fund": (("accountant",), "登记资金专账"),
    "confirm_fund": (("finance",), "核对资金专账"),
    "ask_recovery": (("accountant", "director", "discipline", "county_review"), "提出追缴"),
}
#: What became of a row whose money left the house.
LEFT = ("sent", "paid")
#: What somebody who deals with money only may not do to other cases.
BARRED = ("view", "unmask", "be_told", "object", "urge", "order", "assign")


@veto.register
def money_duty(session: Session, question: Question) -> Answer:
    """What goes with a role in the area of a run, an account or a fund."""
    if question.verb not in DUTIES or question.actor == SYSTEM:
        return ABSTAIN
    roles, name = DUTIES[question.verb]
    area = question.instance.area if question.instance is not None else question.facts.get("area")
    if any(question.actor.holds(role, area) for role in roles):
        return allow()
    return forbid(f"您的角色不能{name}，或不在这个地区。")


@veto.register
def kept_to_money(session: Session, question: Question) -> Answer:
    """An accountant sees payments, not what families told about themselves (个保法 art. 6)."""
    instance = question.instance
    if question.verb not in BARRED or instance is None or instance.process_id in PROCESSES:
        return ABSTAIN
    covering = [grant.role for grant in question.actor.grants if grant.covers(instance.area)]
    if covering and all(role in MONEY for role in covering):
        return forbid("会计和财政只能查看发放和追缴，不能查看救助申请。", "pipl-2021:34")
    return ABSTAIN


@veto.register
def two_people_confirm_account(session: Session, question: Question) -> Answer:
    """Who proposed an account does not confirm it."""
    if question.verb == "confirm_account" and question.facts.get("proposed_by_id") == question.actor.id:
        return forbid("账户变更由另一人确认，不能确认自己提出的变更。", CLAUSE)
    return ABSTAIN


@veto.register
def rows_settled_first(session: Session, question: Question) -> Answer:
    """A task of a run is handed in when what it is about is settled row by row."""
    item = question.item
    if question.verb != "complete" or item is None or item.element_id not in _WAITS:
        return ABSTAIN
    run = session.scalar(select(PayRun).where(PayRun.instance_id == item.instance_id))
    said = _WAITS[item.element_id](session, run) if run is not None else "这次发放还没有登记。"
    return forbid(said, CLAUSE) if said else ABSTAIN


@veto.register
def paid_stays(session: Session, question: Question) -> Answer:
    """A finished case on which money went out is not taken up again: a case of its own corrects what was paid."""
    if question.verb != "reopen" or question.instance is None:
        return ABSTAIN
    case = question.instance.id
    benefits = select(Benefit.id).where(Benefit.instance_id == case)
    run = exists().where(PayRow.benefit_id.in_(benefits), PayRow.state.in_(LEFT))
    change = exists().where(
        PayPart.change_id == BenefitChange.id,
        BenefitChange.instance_id == case,
        PayRow.id == PayPart.row_id,
        PayRow.state.in_(LEFT),
    )
    directly = exists().where(DirectPayment.instance_id == case)
    if session.scalar(select(or_(run, change, directly))):
        return forbid("这件办件的救助金已经发放，不能重新办理。", CLAUSE)
    return ABSTAIN


def _hits(session: Session, run: PayRun) -> str:
    left = open_hits(session, run.id)
    return f"还有{left}条疑点没有处理。请在发放页逐条选择照发或本月不发，写明依据。" if left else ""


def _returns(session: Session, run: PayRun) -> str:
    left = [each.bank for each in of_batch(session, run) if each.returned_at is None]
    return f"还没有导入{'、'.join(left)}的回盘文件。请先在发放页导入。" if left else ""


def _failures(session: Session, run: PayRun) -> str:
    left = session.scalar(
        select(func.count())
        .select_from(PayRow)
        .where(PayRow.run_id == run.id, PayRow.state == "failed", PayRow.remedy == "")
    )
    return f"还有{left}笔发放失败没有登记怎样处理。请在发放页逐笔选择。" if left else ""


_WAITS = {"settle_hits": _hits, "import_return": _returns, "handle_failures": _failures}
