"""Who may start, see, retry, administer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.actors import ROLES, SYSTEM
from engine.releases.starts import STARTERS
from engine.rules.veto import ABSTAIN, Answer, Question, allow, forbid, veto

#: Roles that may see the cases of their area.
SEEING = (
    "clerk",
    "investigator",
    "village",
    "secretary",
    "director",
    "deputy",
    "head",
    "discipline",
    "county_check",
    "county_review",
    "county_decide",
    "accountant",
    "finance",
)
LEADING = ("secretary", "director", "deputy", "head", "discipline", "county_decide")
#: Who gives an item to somebody; of a confidential case also the discipline office.
ASSIGNING = ("director", "deputy", "head", "discipline", "county_decide")
#: Who takes the event log of the cases out of the house: those who draw the flows and those who watch over them.
EXPORTING_EVENTS = ("owner", "head", "discipline", "admin")
SEARCHING = ("clerk", "director", "investigator", "county_review", "county_decide")
#: Verbs about one case that go with a role in its area.
CASE_DUTIES = {
    "view": SEEING,
    "object": ("clerk", "director"),
    "unmask": ("clerk", "director", "investigator", "county_check", "county_review", "county_decide"),
    "clarify": ("director", "discipline"),
    "retry": ("admin",),
    "be_told": SEEING,
    "sign": SEEING,
}
#: Verbs that go with a role alone: {verb: (roles, what it is called)}.
DUTIES = {
    "deploy": (("owner", "admin"), "发布流程"),
    "manage_accounts": (("admin",), "管理账号"),
    "register_kin": (("director", "discipline", "admin"), "登记近亲属"),
    "identify_staff": (("director", "discipline"), "核实同名的工作人员"),
    "see_overdue": (LEADING, "查看超期情况"),
    "edit_calendar": (("admin",), "维护工作日历"),
    "see_parameters": ((*SEEING, "owner", "admin"), "查看政策参数"),
    "see_models": ((*SEEING, "owner", "admin"), "查看流程图"),
    "export_events": (EXPORTING_EVENTS, "导出过程数据"),
    "search": (SEARCHING, "查询家庭"),
    "see_moves": ((*LEADING, "clerk", "investigator"), "查看办件变动"),
    "see_incidents": (("admin", "owner"), "查看流程异常"),
    "manage_channels": (("admin",), "管理消息通道"),
}


@veto.register
def the_system_itself(session: Session, question: Question) -> Answer:
    """What the installation does for itself (loading, deploying, timers) is no person's act. A visitor has no account
    either, and is not the system."""
    return allow() if question.actor == SYSTEM else ABSTAIN


@veto.register
def start(session: Session, question: Question) -> Answer:
    """A case is started by the roles that its process names (a clerk of the window, when it names none) in their area;
    a linked one at its case; what only the system opens, or other processes call, by nobody."""
    if question.verb != "start" or question.actor.is_system:
        return ABSTAIN
    facts = question.facts
    begins = facts.get("begins", "case")
    if begins not in ("case", "linked"):
        return forbid("这项办理由系统发起，不能由人登记。")
    if begins == "linked" and facts.get("parent_id") is None:
        return forbid("这项办理要从它所依据的办件登记。请打开那件办件，在“相关办理”中登记。")
    starters = facts.get("starters", STARTERS)
    if any(question.actor.holds(role, facts["area"]) for role in starters):
        return allow()
    return forbid(f"这项办理由本地区的{'、'.join(ROLES.get(each, each) for each in starters)}登记。")


@veto.register
def view(session: Session, question: Question) -> Answer:
    """A case is shown to those whose duty lies in its area."""
    if question.verb not in CASE_DUTIES or question.instance is None:
        return ABSTAIN
    if any(question.actor.holds(role, question.instance.area) for role in CASE_DUTIES[question.verb]):
        return allow()
    return forbid("这件办件不在您的职责范围内。")


@veto.register
def duty(session: Session, question: Question) -> Answer:
    """What goes with a role."""
    if question.verb not in DUTIES or question.actor == SYSTEM:
        return ABSTAIN
    roles, name = DUTIES[question.verb]
    if any(question.actor.holds(role) for role in roles):
        return allow()
    return forbid(f"您的角色不能{name}。")
