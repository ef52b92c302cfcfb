"""The demo in a database that is not empty. Apart from test_load_demo.py, whose database holds the demo."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from tests.builders import make_person


@pytest.mark.django_db
def test_a_database_with_other_people_is_left_alone() -> None:
    make_person("manager", "En", "Anden")
    with pytest.raises(CommandError, match="holds other people"):
        call_command("load_demo")
    assert get_user_model().objects.count() == 1
