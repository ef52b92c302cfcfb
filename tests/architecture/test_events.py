"""Everything that the ledger can tell is told by an action, and by those that this table names."""

import ast
from collections import defaultdict

from mus_workflow.models import Event
from tests.architecture.repository import tree, written
from tests.architecture.test_actions import ACTIONS

WRITTEN_BY = {
    "CREATED": {"plan_dialogue"},
    "STAGE_CHANGED": {"frame"},
    "MEETING_SET": {"invite"},
    "NOT_HELD_BECAUSE": {"hold_talk"},
    "ROLE_CHANGED": {"change_manager"},
    "FORM_BOUND": {"plan_dialogue"},
    "FORM_MOVED": {"move_draft"},
    "PREPARATION_SHARED": {"share_preparation"},
    "PREPARATION_WITHDRAWN": {"share_preparation"},
    "REVISION_SAVED": {"write_revision"},
    "PRESENTED": {"write_revision"},
    "TAKEN_BACK": {"write_revision"},
    "AMENDMENT_BEGUN": {"amend_agreement"},
    "AMENDMENT_DROPPED": {"amend_agreement"},
    "SIGNED": {"sign_agreement"},
    "DECLINED": {"sign_agreement"},
    "ITEM_SET": {"sign_agreement"},
    "PROGRESS_RECORDED": {"record_progress"},
    "OUTCOME_RECORDED": {"record_progress"},
    "FOLLOWED_UP": {"record_progress"},
    "RELATION_CHANGED": {"change_manager"},
    "GRANT_REQUESTED": {"give_grant"},
    "GRANT_APPROVED": {"give_grant"},
    "GRANT_REFUSED": {"give_grant"},
    "GRANT_ENDED": {"give_grant"},
    "OPENED": {"record_reading"},
    "EXPORTED": {"export_my_data", "take_out_evidence"},
    "ERASED": {"destroy_keys"},
    "HOLD_PLACED": {"legal_hold"},
    "HOLD_LIFTED": {"legal_hold"},
    "RULE_CHANGED": {"publish_concept", "record_powers"},
}


def writers() -> dict[str, set[str]]:
    """Return the modules of actions that name each event, by event."""
    found = defaultdict(set)
    for file in written(".py"):
        if file.is_relative_to(ACTIONS):
            for node in ast.walk(tree(file)):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Event":
                    found[node.attr].add(file.stem)
    return dict(found)


def test_every_event_is_in_the_table():
    assert sorted(Event.names) == sorted(WRITTEN_BY)


def test_every_event_is_written_by_the_actions_that_the_table_names():
    assert writers() == WRITTEN_BY
