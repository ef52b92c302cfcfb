"""Where in the demo's portal things are: the addresses of its people's dialogues."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.plumbing.portal import Portal

LIST = """
import json
from mus_workflow.models import AgreementItem, Employment, Participant
found = {}
for employment in Employment.objects.select_related("user"):
    found[employment.user.username] = {"employment": str(employment.pk), "dialogues": [], "items": []}
parts = Participant.objects.filter(role="EMPLOYEE").select_related("dialogue", "user")
for part in parts.order_by("dialogue__created_at"):
    found[part.user.username]["dialogues"].append([str(part.dialogue.pk), part.dialogue.stage])
for item in AgreementItem.objects.open().select_related("agreement").order_by("position"):
    for person in found.values():
        if str(item.agreement.dialogue_id) in [key for key, _stage in person["dialogues"]]:
            person["items"].append([str(item.agreement.dialogue_id), str(item.pk)])
print("LIST" + json.dumps(found))
"""


@dataclass(frozen=True)
class Directory:
    """The demo's people by login."""

    found: dict[str, dict]

    def invite(self, login: str) -> str:
        """Where the person's manager invites them."""
        return f"/mus/people/{self.found[login]['employment']}/invite/"

    def dialogue(self, login: str, rest: str = "", *, stage: str | None = None) -> str:
        """The address of the person's newest dialogue, or of the newest at a stage, and what follows it."""
        keys = [key for key, at in self.found[login]["dialogues"] if stage in (None, at)]
        return f"/mus/dialogues/{keys[-1]}/{rest}"

    def item(self, login: str) -> str:
        """The address of the person's first open item."""
        dialogue, item = self.found[login]["items"][0]
        return f"/mus/dialogues/{dialogue}/items/{item}/"

    def audit(self, login: str, rest: str = "", *, stage: str | None = None) -> str:
        """Where an auditor follows the person's agreement."""
        key = self.dialogue(login, stage=stage).split("/")[3]
        return f"{AUDIT}{key}/{rest}"


AUDIT = "/admin/mus/audit/"


def look_up(portal: Portal) -> Directory:
    """Read the addresses from the portal's database."""
    printed = portal.shell(LIST)
    return Directory(json.loads(printed[printed.index("LIST") + 4 :]))
