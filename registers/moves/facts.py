"""What the letters of moves say; the move itself gives it when it issues one."""

from __future__ import annotations

from engine.documents import facts

facts.register("move_on", lambda _call: "", "撤回、改办声明的日期")
facts.register("move_words", lambda _call: "", "变动的字样：撤回申请、改为申请某项救助")
facts.register("rest_until", lambda _call: "", "中止办理最迟到哪一天恢复")
facts.register("runs_on", lambda _call: "", "中止期间照常计算的期限")
