"""The closed vocabulary of the journal: `subject:object:past-verb`, each with the sentence that a person reads."""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """What happened. The sentence of a verb is in SENTENCES; `{…}` are keys of the entry's `after`."""

    RELEASE_DEPLOYED = "owner:release:deployed"
    DRAFT_BEGUN = "owner:model_draft:begun"
    DRAFT_REBASED = "owner:model_draft:rebased"
    DRAFT_IMPORTED = "owner:model_draft:imported"
    DRAFT_DISCARDED = "owner:model_draft:discarded"
    DRAFT_RESTORED = "owner:model_draft:restored"
    RELEASE_PROPOSED = "owner:release:proposed"
    RELEASE_CONFIRMED = "actor:release:confirmed"
    RELEASE_REFUSED = "actor:release:refused"
    RELEASE_WITHDRAWN = "owner:release:withdrawn"
    RELEASE_CANCELLED = "actor:release:cancelled"
    RELEASE_ACTIVATED = "system:release:activated"
    EVENTS_EXPORTED = "actor:events:exported"
    PARAMETERS_LOADED = "admin:parameters:loaded"
    PARAMETER_SET = "admin:parameter:set"
    PARAMETER_PROPOSED = "owner:parameter:proposed"
    PARAMETER_CONFIRMED = "leader:parameter:confirmed"
    PARAMETER_REFUSED = "leader:parameter:refused"
    PARAMETER_WITHDRAWN = "owner:parameter:withdrawn"
    AREAS_REGISTERED = "admin:areas:registered"
    ACCOUNT_CREATED = "admin:account:created"
    ACCOUNT_LOCKED = "system:account:locked"
    ACCOUNT_SIGNED_IN = "account:session:opened"
    ACCOUNT_PASSWORD_CHANGED = "account:password:changed"  # noqa: S105 -- a verb, not a password
    ACCOUNT_PASSWORD_SET = "admin:password:set"  # noqa: S105 -- a verb, not a password
    ACCOUNT_CHANGED = "admin:account:changed"
    KIN_REGISTERED = "admin:kin:registered"
    STAFF_IDENTIFIED = "director:staff:identified"
    FILING_CLARIFIED = "director:filing:clarified"
    CASE_APPLIED = "clerk:case:applied"
    CASE_STARTED = "actor:case:started"
    CASE_OPENED = "system:case:opened"
    CASE_ENDED = "system:case:ended"
    CASE_TERMINATED = "system:case:terminated"
    CASE_SUSPENDED = "leader:case:suspended"
    CASE_RESUMED = "leader:case:resumed"
    MOVE_ASKED = "actor:move:asked"
    MOVE_CONFIRMED = "leader:move:confirmed"
    MOVE_REFUSED = "leader:move:refused"
    OBJECTION_RECORDED = "clerk:objection:recorded"
    DELAY_TOLD = "clerk:delay:told"
    ACCUSED_IDENTIFIED = "discipline:accused:identified"
    LEDGER_EXPORTED = "actor:ledger:exported"
    ITEM_CLAIMED = "actor:item:claimed"
    ITEM_UNCLAIMED = "actor:item:unclaimed"
    ITEM_COMPLETED = "actor:item:completed"
    ITEM_SIGNED = "actor:item:signed"
    TIMER_FIRED = "system:timer:fired"
    ITEM_ASSIGNED = "leader:item:assigned"
    ITEM_RELEASED = "system:item:released"
    ITEM_RETURNED = "actor:item:returned"
    ITEM_TAKEN_BACK = "actor:item:taken_back"
    CORRECTION_ASKED = "actor:correction:asked"
    CORRECTION_CAME_BACK = "actor:correction:came_back"
    CORRECTION_CANCELLED = "actor:correction:cancelled"
    SIGNATURE_WITHDRAWN = "actor:signature:withdrawn"
    CASE_REOPENED = "leader:case:reopened"
    ITEM_TRANSFERRED = "actor:item:transferred"
    ITEM_DELEGATED = "actor:item:delegated"
    ITEM_CAME_BACK = "actor:item:came_back"
    DELEGATION_ENDED = "actor:delegation:ended"
    SIGNERS_ASKED = "actor:signers:asked"
    SIGNER_REMOVED = "actor:signer:removed"
    SIGNER_REPLACED = "actor:signer:replaced"
    OPINION_GIVEN = "actor:opinion:given"
    OPINION_ANSWERED = "actor:opinion:answered"
    RUNG_FIRED = "system:rung:fired"
    CLOCK_PAUSED = "leader:clock:paused"
    CLOCK_RESUMED = "leader:clock:resumed"
    EXTENSION_ASKED = "actor:extension:asked"
    EXTENSION_GRANTED = "leader:extension:granted"
    EXTENSION_REFUSED = "leader:extension:refused"
    ITEM_URGED = "leader:item:urged"
    ORDER_ISSUED = "leader:order:issued"
    ORDER_REPLIED = "actor:order:replied"
    ORDER_CLOSED = "leader:order:closed"
    COPY_SENT = "actor:copy:sent"
    FOLLOW_UP_SET = "actor:follow_up:set"
    INCIDENT_RETRIED = "admin:incident:retried"
    CALENDAR_YEAR_LOADED = "admin:calendar:loaded"
    CALENDAR_DAY_ENTERED = "admin:day:entered"
    CALENDAR_DAY_REMOVED = "admin:day:removed"
    CLOCKS_RECOUNTED = "system:clocks:recounted"
    CLOCK_MOVED = "demonstration:clock:moved"
    DOCUMENT_PRINTED = "actor:document:printed"
    RECEIPT_ISSUED = "actor:receipt:issued"
    DOCUMENT_DELIVERED = "actor:document:delivered"
    FILE_ATTACHED = "actor:file:attached"
    FILE_WITHDRAWN = "actor:file:withdrawn"
    DOSSIER_EXPORTED = "actor:dossier:exported"
    HOUSEHOLD_CARRIED = "clerk:household:carried"
    DUPLICATE_DECIDED = "actor:duplicate:decided"
    DUPLICATE_ENDED = "director:duplicate:ended"
    BACK_ENTERED = "actor:back_entry:entered"
    BACK_ENTRY_CONFIRMED = "actor:back_entry:confirmed"
    BACK_ENTRY_SIGNED = "actor:back_entry:signed"
    BACK_ENTRY_REFUSED = "actor:back_entry:refused"
    BACK_ENTRY_TAKEN_BACK = "actor:back_entry:taken_back"
    DATA_UNMASKED = "actor:data:unmasked"
    PAYMENT_ASKED = "accountant:payment:asked"
    HITS_SETTLED = "accountant:hits:settled"
    ROSTER_COMPARED = "accountant:roster:compared"
    ROSTER_EXPORTED = "actor:roster:exported"
    BANK_FILE_TAKEN = "finance:bank_file:taken"
    RETURN_IMPORTED = "accountant:bank_return:imported"
    FAILURES_HANDLED = "accountant:failures:handled"
    ACCOUNT_PROPOSED = "actor:pay_account:proposed"
    ACCOUNT_CONFIRMED = "actor:pay_account:confirmed"
    ACCOUNT_REFUSED = "actor:pay_account:refused"
    STAFF_CARD_REGISTERED = "actor:staff_card:registered"
    MARKS_IMPORTED = "actor:marks:imported"
    MARK_ENDED = "actor:mark:ended"
    FUND_PROPOSED = "accountant:fund_entry:proposed"
    FUND_ENTERED = "finance:fund_entry:confirmed"
    FUND_REFUSED = "finance:fund_entry:refused"
    RECOVERY_ASKED = "actor:recovery:asked"
    REPAIR_ASKED = "clerk:trust:repair_asked"
    TRUST_REPAIRED = "director:trust:repaired"
    REPAIR_REFUSED = "director:trust:repair_refused"
    MESSAGE_ANSWERED = "recipient:message:answered"
    MESSAGES_RETRIED = "admin:messages:retried"
    ROBOT_ADDED = "admin:robot:added"
    ROBOT_CHANGED = "admin:robot:changed"
    ACCOUNT_EMAIL_SET = "account:email:set"
    VISIT_PHONE_OPENED = "actor:phone:opened"
    VISIT_PHONE_CLOSED = "actor:phone:closed"
    VISIT_TAKEN = "actor:visit:taken"
    STAND_IN_NAMED = "actor:stand_in:named"
    STAND_IN_CONFIRMED = "leader:stand_in:confirmed"
    STAND_IN_REFUSED = "leader:stand_in:refused"
    STAND_IN_ENDED = "actor:stand_in:ended"
    ITEM_TAKEN_OVER = "actor:item:taken_over"
    ITEM_GIVEN_BACK = "system:item:given_back"
    ITEM_POOLED = "leader:item:pooled"
    ORDER_HANDED_OVER = "leader:order:handed_over"
    TALK_SAID = "actor:talk:said"
    QUESTION_ASKED = "actor:question:asked"
    QUESTION_ANSWERED = "actor:question:answered"
    QUESTION_WITHDRAWN = "actor:question:withdrawn"
    TALK_STRUCK = "actor:talk:struck"


SENTENCES = {
    Verb.RELEASE_DEPLOYED: "发布了流程版本 {release}",
    Verb.DRAFT_BEGUN: "开始了流程草稿“{title}”",
    Verb.DRAFT_REBASED: "把流程草稿“{title}”并到了版本 {base}",
    Verb.DRAFT_IMPORTED: "向流程草稿“{title}”导入了 {count} 个文件",
    Verb.DRAFT_DISCARDED: "放弃了流程草稿“{title}”",
    Verb.DRAFT_RESTORED: "恢复了流程草稿“{title}”",
    Verb.RELEASE_PROPOSED: "提请{what}流程版本 {release}，{when}",
    Verb.RELEASE_CONFIRMED: "确认{what}流程版本 {release}，{when}",
    Verb.RELEASE_REFUSED: "退回了{what}流程版本 {release} 的提请",
    Verb.RELEASE_WITHDRAWN: "撤回了{what}流程版本 {release} 的提请",
    Verb.RELEASE_CANCELLED: "取消了流程版本 {release} 的启用（{when}）",
    Verb.RELEASE_ACTIVATED: "流程版本 {release} 按期启用（{when}）",
    Verb.EVENTS_EXPORTED: "导出了过程数据（{form}，{first}至{last}，{count} 件）",
    Verb.PARAMETERS_LOADED: "载入了 {count} 条政策参数",
    Verb.PARAMETER_SET: "把参数 {name} 改为 {value}，自 {from} 起",
    Verb.PARAMETER_PROPOSED: "提出把“{label}”改为 {said}，{span}",
    Verb.PARAMETER_CONFIRMED: "确认了“{label}”改为 {said}，{span}",
    Verb.PARAMETER_REFUSED: "退回了“{label}”改为 {said} 的修改",
    Verb.PARAMETER_WITHDRAWN: "撤回了“{label}”改为 {said} 的修改",
    Verb.AREAS_REGISTERED: "登记了 {count} 个地区",
    Verb.ACCOUNT_CREATED: "建立了账号 {username}",
    Verb.ACCOUNT_LOCKED: "账号 {username} 因多次登录失败被锁定",
    Verb.ACCOUNT_SIGNED_IN: "登录系统",
    Verb.ACCOUNT_PASSWORD_CHANGED: "修改了密码",
    Verb.ACCOUNT_PASSWORD_SET: "重设了账号 {username} 的密码",
    Verb.ACCOUNT_CHANGED: "调整了账号 {username} 的角色",
    Verb.KIN_REGISTERED: "登记了 {staff} 的近亲属关系",
    Verb.STAFF_IDENTIFIED: "核实近亲属备案里的{staff}是不是账号 {username}：{answer}",
    Verb.FILING_CLARIFIED: "核实了申明的近亲属 {staff}：{related}本人",
    Verb.CASE_APPLIED: "登记了“{process}”申请",
    Verb.CASE_STARTED: "发起了“{process}”",
    Verb.CASE_OPENED: "发起了“{process}”",
    Verb.CASE_ENDED: "随所属办件一并终止",
    Verb.CASE_TERMINATED: "终止办理（{why}）",
    Verb.CASE_SUSPENDED: "中止办理（{cause}），最迟到{until}恢复",
    Verb.CASE_RESUMED: "恢复办理，共中止{days}天",
    Verb.MOVE_ASKED: "登记了“{move}”，等待另一人确认",
    Verb.MOVE_CONFIRMED: "确认了“{move}”{what}",
    Verb.MOVE_REFUSED: "没有确认“{move}”",
    Verb.OBJECTION_RECORDED: "登记了一件公示异议",
    Verb.DELAY_TOLD: "制发了延期办理告知书 {number}",
    Verb.ACCUSED_IDENTIFIED: "核定了被反映的人",
    Verb.LEDGER_EXPORTED: "导出了信访台账，{count} 件",
    Verb.ITEM_CLAIMED: "认领了“{item}”",
    Verb.ITEM_UNCLAIMED: "放回了“{item}”",
    Verb.ITEM_COMPLETED: "办结了“{item}”",
    Verb.ITEM_SIGNED: "在“{item}”上签字，等待其他人签字",
    Verb.TIMER_FIRED: "“{timer}”期满",
    Verb.ITEM_ASSIGNED: "把“{item}”改派给{to}",
    Verb.ITEM_RELEASED: "{holder}已不在岗，收回“{item}”待领",
    Verb.ITEM_RETURNED: "把“{item}”退回到“{to}”",
    Verb.ITEM_TAKEN_BACK: "取回了“{to}”",
    Verb.CORRECTION_ASKED: "请人补正“{to}”，改好直接送回“{item}”",
    Verb.CORRECTION_CAME_BACK: "补正了“{to}”，直接送回“{item}”",
    Verb.CORRECTION_CANCELLED: "撤回了“{to}”的补正，“{item}”继续办理",
    Verb.SIGNATURE_WITHDRAWN: "撤回了在“{item}”上的签字",
    Verb.CASE_REOPENED: "重新办理，回到“{to}”",
    Verb.ITEM_TRANSFERRED: "把“{item}”转办给{to}",
    Verb.ITEM_DELEGATED: "把“{item}”委派给{to}，办好后交回",
    Verb.ITEM_CAME_BACK: "办好了委派的“{item}”，交回{to}",
    Verb.DELEGATION_ENDED: "结束了“{item}”的委派，由{to}办理",
    Verb.SIGNERS_ASKED: "请{names}会签“{item}”（{mode}）",
    Verb.SIGNER_REMOVED: "不再请{name}会签“{item}”",
    Verb.SIGNER_REPLACED: "“{item}”的会签人由{name}换为{to}",
    Verb.OPINION_GIVEN: "会签“{item}”：{said}",
    Verb.OPINION_ANSWERED: "答复了对“{item}”的不同意见",
    Verb.RUNG_FIRED: "“{what}”到了催办时点，提醒了{told}",
    Verb.CLOCK_PAUSED: "暂停了“{clock}”（{cause}）",
    Verb.CLOCK_RESUMED: "恢复了“{clock}”",
    Verb.EXTENSION_ASKED: "申请延长“{clock}”（{reason}）",
    Verb.EXTENSION_GRANTED: "批准把“{clock}”延长至{length}",
    Verb.EXTENSION_REFUSED: "没有批准延长“{clock}”",
    Verb.ITEM_URGED: "催办“{item}”",
    Verb.ORDER_ISSUED: "签发督办单{number}，要求{to}答复",
    Verb.ORDER_REPLIED: "答复督办单{number}",
    Verb.ORDER_CLOSED: "办结督办单{number}",
    Verb.COPY_SENT: "把办件抄送给{to}",
    Verb.FOLLOW_UP_SET: "把“{item}”的跟进日期定为{on}",
    Verb.INCIDENT_RETRIED: "重试了“{item}”",
    Verb.CALENDAR_YEAR_LOADED: "载入了 {year} 年的放假安排",
    Verb.CALENDAR_DAY_ENTERED: "登记了地方日历：{name}（{days}）",
    Verb.CALENDAR_DAY_REMOVED: "删除了地方日历：{name}（{days}）",
    Verb.CLOCKS_RECOUNTED: "因工作日历变化重新计算了 {count} 个日期",
    Verb.CLOCK_MOVED: "把演示时钟拨到 {to}",
    Verb.DOCUMENT_PRINTED: "打印了{what}（{copy}）",
    Verb.RECEIPT_ISSUED: "打印收件回执交给{to}（{copy}）",
    Verb.DOCUMENT_DELIVERED: "登记送达了{what}（{method}，{on}）",
    Verb.FILE_ATTACHED: "上传了附件{file}（{kind}）",
    Verb.FILE_WITHDRAWN: "撤回了附件{file}（{kind}）",
    Verb.DOSSIER_EXPORTED: "制作了案卷 PDF（{entries} 件，{numbers}）",
    Verb.HOUSEHOLD_CARRIED: "把户 {household} 的登记信息带入“{process}”登记表",
    Verb.DUPLICATE_DECIDED: "核定 {who} 的两条登记：{answer}",
    Verb.DUPLICATE_ENDED: "撤销了对 {who} 两条登记的核定（{answer}）",
    Verb.BACK_ENTERED: "补录“{item}”（{on} 的纸质办理），等待另一人确认",
    Verb.BACK_ENTRY_SIGNED: "核对补录的“{item}”（{on} 的纸质办理）并签字，等待其他人签字",
    Verb.BACK_ENTRY_CONFIRMED: "确认补录的“{item}”（{on} 的纸质办理，{entered_on} 录入）",
    Verb.BACK_ENTRY_REFUSED: "没有确认补录的“{item}”（{on}）",
    Verb.BACK_ENTRY_TAKEN_BACK: "撤回了补录的“{item}”（{on}）",
    Verb.DATA_UNMASKED: "查看了 {what} 的完整号码",
    Verb.PAYMENT_ASKED: "提出发起 {month} {fund}的发放",
    Verb.HITS_SETTLED: "处理了 {count} 条发放疑点：{decision}",
    Verb.ROSTER_COMPARED: "重新比对了发放名册，待处理的疑点 {hits} 条",
    Verb.ROSTER_EXPORTED: "导出了 {month} {fund}的发放名册（{what}）",
    Verb.BANK_FILE_TAKEN: "下载了{bank}第 {batch} 批代发文件（{rows} 笔）",
    Verb.RETURN_IMPORTED: "导入了{bank}回盘文件：成功 {paid} 笔，失败 {failed} 笔",
    Verb.FAILURES_HANDLED: "登记了 {count} 笔发放失败的处理：{remedy}",
    Verb.ACCOUNT_PROPOSED: "提出变更 {who} 的银行账户",
    Verb.ACCOUNT_CONFIRMED: "确认了 {who} 的银行账户变更",
    Verb.ACCOUNT_REFUSED: "没有同意 {who} 的银行账户变更",
    Verb.STAFF_CARD_REGISTERED: "登记了 {staff} 的{kind}",
    Verb.MARKS_IMPORTED: "导入了 {count} 条比对信息（{source}）",
    Verb.MARK_ENDED: "结束了一条比对信息（{kind}）",
    Verb.FUND_PROPOSED: "提出在{fund}专账登记{kind} {yuan} 元",
    Verb.FUND_ENTERED: "核对登记了{fund}专账的{kind} {yuan} 元",
    Verb.FUND_REFUSED: "没有同意登记{fund}专账的{kind} {yuan} 元",
    Verb.RECOVERY_ASKED: "提出追缴多发的救助金 {yuan} 元",
    Verb.REPAIR_ASKED: "提出修复 {who} 的承诺信用",
    Verb.TRUST_REPAIRED: "确认修复了 {who} 的承诺信用",
    Verb.REPAIR_REFUSED: "没有同意修复 {who} 的承诺信用",
    Verb.MESSAGE_ANSWERED: "回复了消息“{subject}”",
    Verb.MESSAGES_RETRIED: "重新发送了 {count} 条没有发出的消息",
    Verb.ROBOT_ADDED: "接入了群机器人 {name}",
    Verb.ROBOT_CHANGED: "调整了群机器人 {name}",
    Verb.ACCOUNT_EMAIL_SET: "设置了账号 {username} 的邮箱",
    Verb.VISIT_PHONE_OPENED: "登记了一部入户手机（{phone}）",
    Verb.VISIT_PHONE_CLOSED: "注销了一部入户手机（{phone}）",
    Verb.VISIT_TAKEN: "把“{item}”的表带到了手机上（{phone}）",
    Verb.STAND_IN_NAMED: "登记了{name}替{absent}办理（{first}至{last}）",
    Verb.STAND_IN_CONFIRMED: "确认了{name}替{absent}办理（{first}至{last}）",
    Verb.STAND_IN_REFUSED: "没有同意{name}替{absent}办理（{first}至{last}）",
    Verb.STAND_IN_ENDED: "提前结束了{name}替{absent}的替班（{first}至{last}）",
    Verb.ITEM_TAKEN_OVER: "接手了{from}手中的“{item}”",
    Verb.ITEM_GIVEN_BACK: "替班结束，“{item}”交还{to}",
    Verb.ITEM_POOLED: "交接{holder}的工作，把“{item}”放回待领",
    Verb.ORDER_HANDED_OVER: "把督办单{number}转由{to}答复",
    Verb.TALK_SAID: "在讨论中留了言",
    Verb.QUESTION_ASKED: "向{to}提了一个问题",
    Verb.QUESTION_ANSWERED: "回答了{to}的问题",
    Verb.QUESTION_WITHDRAWN: "撤回了向{to}提的问题",
    Verb.TALK_STRUCK: "划去了自己在讨论中写的一条",
}
