"""The Danish catalogues: complete, current, compiled."""

import pytest

from tools.messages import SOURCES, faults


@pytest.mark.parametrize("app", SOURCES)
def test_the_danish_catalogue_is_complete_and_compiled(app):
    found = faults(app)
    assert not found, "\n".join(found)
