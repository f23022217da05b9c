"""The first form of a case, at the window or at another case: what the two pages have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from engine import clock, forms
from engine.actors import ROLES
from engine.database import db
from engine.errors import Invalid, NotFound, Refused
from engine.forms import FieldProblem, Form
from engine.releases import queries as releases
from engine.releases.loaded import ElementInfo, ProcessInfo
from engine.rules.veto import Question, veto
from engine.runtime import operations as runtime
from engine.runtime.models import Instance
from registers.cases import operations as cases
from registers.cases import starts
from registers.cases.starts import Asked
from web.desk import drawing, once, uploads
from web.desk.facts import Facts
from web.security import me

Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Start:
    """A kind of case that the person may start, with its first form; `refusal` is what a slice has against it now."""

    process: ProcessInfo
    element: ElementInfo
    form: Form
    area: str
    parent: Instance | None
    context: Mapping[str, Any]
    refusal: str = ""

    @property
    def key(self) -> str:
        """Under which a draft of it is kept; the runtime forgets it when the case starts."""
        return runtime.start_key(self.process.id, self.parent.id if self.parent is not None else None)

    def url(self, what: str = "") -> str:
        """The page's own address, or that of its draft or preview."""
        end = f"_{what}" if what else ""
        if self.parent is None:
            return url_for(f"desk.application{end}", process_id=self.process.id)
        return url_for(f"desk.linked{end}", instance_id=self.parent.id, process_id=self.process.id)

    def draw(self, **given: Any) -> Markup:
        """The inside of the form."""
        about = Facts(db.session(), self.parent) if self.parent is not None else None
        taken = uploads.of_start(self.url("file"))
        preview = self.url("preview")
        return drawing.draw(
            self.form, self.context, facts=about, files=taken, preview_url=preview, paste=about is None, **given
        )


def at_the_window(process_id: str) -> Start:
    """A kind that is started anywhere. Raises NotFound for another one, Refused for whom it is not."""
    return _start(process_id, None)


def at_a_case(process_id: str, instance_id: int) -> Start:
    """A kind that is started at a case which the person may see."""
    session = db.session()
    parent = session.get(Instance, instance_id)
    if parent is None:
        raise NotFound("没有找到这件办件，请核对编号后再登记。")
    veto.require(session, Question("view", me(), instance=parent))
    return _start(process_id, parent)


def _start(process_id: str, parent: Instance | None) -> Start:
    session, actor = db.session(), me()
    release = releases.load(releases.current(session).id, session)
    process = release.processes.get(process_id)
    if process is None or not (starts.fits(process, parent) if parent is not None else process.start):
        raise NotFound("没有这种登记，请从“登记申请”或办件页重新选择。")
    area = parent.area if parent is not None else starts.desk_of(actor, process)
    if area is None:
        roles = "、".join(ROLES.get(each, each) for each in process.starters)
        raise Refused(f"“{process.name}”由本地区的{roles}登记。")
    facts = starts.facts(process, area, parent.id if parent is not None else None)
    veto.require(session, Question("start", actor, instance=parent, facts=facts))
    element = release.first_task(process_id)
    form = release.forms[element.properties["form"]]
    asked = Asked(process, actor, area, clock.now(), parent)
    refusal, flow = "", {}
    try:
        starts.look(session, asked)
        flow = starts.flow(session, asked)
    except Refused as refused:
        refusal = refused.message
    return Start(process, element, form, area, parent, {**drawing.first_context(form), **flow}, refusal)


def begin(start: Start, given: Posted) -> tuple[int, bool]:
    """(the case, whether it was there already): a second press of the button starts no second case."""
    parent_id = start.parent.id if start.parent is not None else None
    with once.one_at_a_time(me()):
        before = once.started(start.form, me(), given, start.context, parent_id=parent_id)
        if before is not None:
            return before, True
        made = cases.begin(start.process.id, me(), parent_id=parent_id, area=start.area, posted=given)
        return made.id, False


def everything(start: Start, given: Posted, error: Invalid) -> list[FieldProblem]:
    """All problems at once: the form's, and what the register said before it looked at the form."""
    found = forms.submit(start.form, given, start.context).problems
    named = {each.field for each in found}
    return [*found, *(each for each in drawing.problems(error) if each.field not in named)]


def page(
    template: str,
    start: Start,
    *,
    given: Posted | None = None,
    problems: Sequence[FieldProblem] = (),
    message: str = "",
    edited: bool = False,
    **more: Any,
) -> str:
    """The page with the form: fresh, with a draft, or with what was typed."""
    focus, draft = "", None
    if edited:
        given, focus = drawing.pressed(start.form) or (drawing.posted(), "")
    if given is None:
        given = draft = drawing.draft(start.key)
    return render_template(
        template,
        start=start,
        process=start.process,
        element=start.element,
        form=start.draw(given=given, found=problems, focus=focus),
        message=message or start.refusal,
        draft=draft is not None,
        **more,
    )
