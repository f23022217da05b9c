"""How complaints and reports are called."""

from __future__ import annotations

KINDS = {"request": "诉求", "report": "举报", "advice": "建议", "inquiry": "咨询", "staff": "检举控告"}
CHANNELS = {
    "letter": "来信",
    "visit": "来访",
    "phone": "电话",
    "online": "网络",
    "12345": "12345 热线",
    "12349": "12349 热线",
    "transfer": "上级转办",
    "check": "监督检查",
    "clue": "办理中发现",
}
ABOUT = {"staff": "工作人员、村干部", "recipient": "救助对象", "other": "其他"}
SUBJECTS = {
    "dibao": "低保",
    "tekun": "特困供养",
    "relief": "临时救助",
    "marginal": "边缘、刚支",
    "elderly": "高龄津贴",
    "payment": "资金发放",
    "publicity": "公示公开",
    "conduct": "作风廉洁",
    "other": "其他",
}
RESULTS = {
    "supported": "支持",
    "partly": "部分支持",
    "unsupported": "不予支持",
    "answered": "已答复",
    "returned": "退回转送机关",
    "legal": "引导法定途径",
    "pending": "不重复受理",
    "explained": "解释疏导",
    "final": "不再受理",
    "proved": "属实",
    "unproved": "不属实",
    "refuse": "不受理",
    "forward": "已转送",
}
STATES = {"open": "正在办理", "late": "已超期", "done": "已办结", "all": "全部"}
