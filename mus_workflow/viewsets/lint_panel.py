"""Advice beside the builder: what an editor may want to look at again. It never stands in the way."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.lint import Advice


class AdvicePanel(Panel):
    """The advice on the draft as it was saved last, with links to the places in the builder."""

    class BoundPanel(Panel.BoundPanel):
        """The advice on one form."""

        template_name = "mus_workflow/admin/lint_panel.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Adds the advice; before the form can be frozen, what stands in the way of that instead."""
            context = super().get_context_data(parent_context)
            if not self.instance.pk:
                return {**context, "is_new": True}
            try:
                found = [(anchor_of(one), one) for one in self.instance.advice()]
                return {**context, "advice": found, "minutes": self.instance.minutes()}
            except CompileError as error:
                return {**context, "problems": [str(problem) for problem in error.problems]}


def anchor_of(advice: Advice) -> str:
    """Where Wagtail's editor shows the block that the advice is about; the top of the form for the whole of it."""
    block = advice.question or advice.section
    return f"#block-{block}-section" if block else "#panel-child-title-section"
