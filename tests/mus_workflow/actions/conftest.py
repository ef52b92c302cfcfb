"""One cast for each module, and reasons in English."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.builders import Cast


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield
