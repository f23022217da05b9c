"""Forms: read a form-js schema, judge what was posted on it, mask what it holds. No HTTP, no HTML."""

from engine.forms.mask import masked
from engine.forms.model import Field, Form, Option
from engine.forms.posting import to_posted
from engine.forms.prefill import initial
from engine.forms.problems import FieldProblem, Problem
from engine.forms.references import references
from engine.forms.schema import load, parse
from engine.forms.validate import Submission, submit, submit_data

__all__ = [
    "Field",
    "FieldProblem",
    "Form",
    "Option",
    "Problem",
    "Submission",
    "initial",
    "load",
    "masked",
    "parse",
    "references",
    "submit",
    "submit_data",
    "to_posted",
]
