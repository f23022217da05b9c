"""Draws an engine form as plain accessible HTML; works without JavaScript, better with htmx.

A page owns the `<form method="post">`, the CSRF field and its buttons; `render_form` gives the inside.
"""

from flask import Blueprint

from engine.forms.words import shown
from web.forms.edit import Edited, edit
from web.forms.files import Files, Shown
from web.forms.render import render_form, render_values

blueprint = Blueprint("forms", __name__, template_folder="templates")
"""Register it once: it brings the templates and no routes."""

__all__ = ["Edited", "Files", "Shown", "blueprint", "edit", "render_form", "render_values", "shown"]
