"""How long a form takes to fill in."""

from mus_workflow.formbuilder.projection import for_audience
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Question, Schema

# Minutes for one control: to think and write, to read, or to choose.
MINUTES = {"long_text": 1.4, "short_text": 0.7, "information": 0.3}
OTHER_MINUTES = 0.4


def minutes(schema: Schema) -> int:
    """Whole minutes, at least one, for the side that has most to answer."""
    sides = [for_audience(schema, role) for role in ("EMPLOYEE", "MANAGER")]
    return max(1, *(round(sum(_minutes(question) for question in questions(side))) for side in sides))


def _minutes(question: Question) -> float:
    return MINUTES.get(question["type"], OTHER_MINUTES * len(registry.get(question["type"]).fixed_parts(question)))
