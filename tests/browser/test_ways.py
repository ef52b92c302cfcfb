"""The whole dialogue by keyboard alone, on a phone of 320 px, and without JavaScript."""

import pytest

from tests.browser.conftest import Open
from tests.browser.directory import Directory
from tests.browser.story import Story

WAYS = {
    "keyboard": ("per.vestergaard", "other_manager", {"by_keyboard": True}),
    "narrow": ("dorthe.bang", "ellen.marcussen", {"viewport": {"width": 320, "height": 640}, "has_touch": True}),
    "no-script": ("jesper.winding", "tine.balle", {"java_script_enabled": False}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_dialogue_can_be_walked(way: str, enter: Open, directory: Directory) -> None:
    employee, manager, options = WAYS[way]
    story = Story(enter(employee, **options), enter(manager, **options), invite=directory.invite(employee))
    story.tell()
