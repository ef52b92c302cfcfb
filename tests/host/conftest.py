"""The foreign host, made once."""

from dataclasses import dataclass, field

import pytest

from tests.host.host import Host, add_the_guide_pages, build_wheel, follow_the_guide, make_host

PEOPLE = """
from django.contrib.auth import get_user_model
for name, first, last in (("emma", "Emma", "Lund"), ("mikkel", "Mikkel", "Holm"), ("hanne", "Hanne", "Riis")):
    get_user_model().objects.create_user(name, f"{name}@example.test", "demo", first_name=first, last_name=last)
"""
QUERIES = """
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
visitor, emma = Client(), Client()
emma.force_login(get_user_model().objects.get(username="emma"))
for client in (visitor, emma):
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    print(len(queries))
"""


@dataclass
class Installed:
    """The host after the installation, with what its home page cost at each step: [visitor, logged in]."""

    host: Host
    home_queries: dict[str, list[int]] = field(default_factory=dict)

    def count(self, step: str) -> None:
        """Count the queries of the home page as the host is now."""
        self.home_queries[step] = [int(line) for line in self.host.shell(QUERIES).split()]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A host that was there first, with its people, and got the workflow by the guide."""
    folder = tmp_path_factory.mktemp("host")
    found = Installed(make_host(folder, build_wheel(folder)))
    found.host.shell(PEOPLE)
    found.count("before")
    follow_the_guide(found.host)
    found.count("after")
    return found


@pytest.fixture(scope="session")
def host(installed: Installed) -> Host:
    return installed.host


@pytest.fixture(scope="session")
def host_with_guide(installed: Installed) -> Installed:
    """The same host with the guide's page types beside its own."""
    add_the_guide_pages(installed.host)
    installed.count("with the guide")
    return installed
