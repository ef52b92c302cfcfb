"""What a group needs, so that its members can do their work in the Wagtail admin. ``mus_setup`` gives these."""

from __future__ import annotations

from mus_workflow.policies.overview import ANSWER_GRANTS, AUDIT, HOLD

ACCESS_ADMIN = "wagtailadmin.access_admin"

# Nobody deletes a form or a concept: what was published is pinned by dialogues, and a draft can be left unpublished.
EDITOR_PERMISSIONS = (
    ACCESS_ADMIN,
    *(
        f"mus_workflow.{verb}_{model}"
        for model in ("formdefinition", "concept")
        for verb in ("view", "add", "change", "publish", "lock", "unlock")
    ),
)

AUDITOR_PERMISSIONS = (ACCESS_ADMIN, AUDIT)

# Answers requests for grants and keeps dialogues from being erased; sees no agreement.
DATA_PROTECTION_PERMISSIONS = (ACCESS_ADMIN, ANSWER_GRANTS, HOLD)
