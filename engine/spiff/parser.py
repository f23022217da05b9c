"""Parsing a release's BPMN with SpiffWorkflow's parser and our task classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import IntermediateCatchEvent
from SpiffWorkflow.spiff.parser.event_parsers import SpiffIntermediateCatchEventParser
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser

from engine.releases import xml
from engine.spiff.specs import CalendarTimer, DecisionTask, ServiceTask


class _ServiceTaskParser(SpiffTaskParser):
    def create_task(self) -> ServiceTask:
        operator = self.parse_extensions().get("serviceTaskOperator") or {}
        parameters = {name: given["value"] for name, given in (operator.get("parameters") or {}).items()}
        return ServiceTask(
            self.spec, self.bpmn_id, operation=operator.get("name", ""), parameters=parameters, **self.bpmn_attributes
        )


class _DecisionTaskParser(SpiffTaskParser):
    def create_task(self) -> DecisionTask:
        called = self.parse_extensions().get("calledDecisionId") or ""
        return DecisionTask(self.spec, self.bpmn_id, decision=called.strip(), **self.bpmn_attributes)

    @staticmethod
    def get_decision_ref(node: Any) -> str:
        """Asked by the parser for the decisions of a file; ours are looked up in the release when they run."""
        return SpiffTaskParser._parse_extensions(node).get("calledDecisionId", "")


class _CatchEventParser(SpiffIntermediateCatchEventParser):
    def parse_timer_event(self, event: Any) -> CalendarTimer:
        properties = self.parse_extensions().get("properties", {})
        return CalendarTimer(self.node.get("name") or self.bpmn_id, properties.get("wait", ""))


class Parser(SpiffBpmnParser):
    """SpiffWorkflow's parser with our service, decision and timer classes."""

    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 -- the base class fixes the form
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("serviceTask"): (_ServiceTaskParser, ServiceTask),
        full_tag("businessRuleTask"): (_DecisionTaskParser, DecisionTask),
        full_tag("intermediateCatchEvent"): (_CatchEventParser, IntermediateCatchEvent),
    }


def parse(files: Mapping[str, bytes]) -> dict[str, tuple[Any, dict[str, Any]]]:
    """{path: BPMN bytes} → {process id: (its spec, the specs of what it calls)}.

    Raises what SpiffWorkflow raises (ValidationException and friends, RecursionError) for a model it cannot run:
    the lint calls this last and turns it into a problem.
    """
    parser = Parser()
    for path, data in files.items():
        if path.endswith(".bpmn"):
            parser.add_bpmn_xml(etree.ElementTree(xml.parse(data)), filename=path)
    specs = {}
    for process_id in parser.get_process_ids():
        spec = parser.get_spec(process_id)
        called = parser.get_subprocess_specs(process_id)
        for each in (spec, *called.values()):
            _connect_loops(each)
        specs[process_id] = (spec, called)
    return specs


def _connect_loops(spec: Any) -> None:
    """Multi-instance and loop tasks hear of their children only from the first `create_child` of *this* process on;
    an instance restored in another process would wait for ever. So they are connected at parse time."""
    for task_spec in spec.task_specs.values():
        inner = getattr(task_spec, "merge_child", None)
        if inner is not None:
            child = spec.task_specs[task_spec.task_spec]
            if not child.completed_event.is_connected(inner):
                child.completed_event.connect(inner)


__all__ = ["Parser", "parse"]
