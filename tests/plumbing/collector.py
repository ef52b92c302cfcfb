"""Spare the tests the garbage collector's walks through what stays: the modules, and thousands of collected tests."""

import gc

import pytest


def pytest_collection_finish(session: pytest.Session) -> None:
    """Set aside what is there before the first test runs."""
    gc.collect()
    gc.freeze()
