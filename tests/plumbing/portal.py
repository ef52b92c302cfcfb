"""A real server process on a free loopback port, in front of its own copy of the database."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.plumbing.databases import ROOT, PostgresTemplate, SqliteTemplate, Template, run_python
from tests.plumbing.mail import MailServer

# Loaded before it is forked, so that both workers' clocks started at the same moment.
WORKERS = ["--preload", "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--no-control-socket"]


@dataclass(frozen=True)
class Portal:
    """A served portal. Its clock starts at NOW and runs."""

    url: str
    database_url: str
    mail_port: int
    process: subprocess.Popen[bytes]
    log: Path
    environment: Mapping[str, str]

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` on the portal's database and return what it printed."""
        return run_python("-m", "tests.plumbing.manage", *arguments, **self.environment)

    def shell(self, code: str) -> str:
        """Run Python code in a management shell on the portal's database and return what it printed."""
        return self.manage("shell", "--verbosity", "0", "--command", code)


@contextmanager
def serve(database_url: str, mail_port: int, workers: list[str] = WORKERS, **environment: str) -> Iterator[Portal]:
    """Serve a database until the block ends. The socket listens before the server starts, so none is refused.

    ``environment`` are variables besides those that every portal has, such as other settings.
    """
    variables = {"DATABASE_URL": database_url, "EMAIL_PORT": str(mail_port), **environment}
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.NamedTemporaryFile(suffix=".log") as log:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "tests.plumbing.wsgi", "--bind", f"fd://{listener.fileno()}", *workers],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "musportal.settings.test", **variables, "BASE_URL": url},
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        portal = Portal(url, database_url, mail_port, process, Path(log.name), variables)
        try:
            wait_until_served(portal)
            yield portal
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_until_served(portal: Portal) -> None:
    try:
        connection = http.client.HTTPConnection(urlsplit(portal.url).netloc, timeout=60)
        connection.request("HEAD", "/i18n/setlang/")
        connection.getresponse()
        connection.close()
    except OSError as error:
        raise AssertionError(f"The portal did not start: {error}\n{portal.log.read_text()}") from error


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Template]:
    """The database that portals are copied from: the demo organisation on the tests' day."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    server = os.environ.get("DATABASE_URL", "")
    made: Template
    if server.startswith("postgres"):
        made = PostgresTemplate(server, f"mus_template_{os.getpid()}")
    else:
        made = SqliteTemplate(shared, own)
    yield made
    made.close()


@pytest.fixture(scope="session")
def portal(template: Template, mail_server: MailServer) -> Iterator[Portal]:
    """One portal for all tests that do not mind what the others did."""
    url = template.copy()
    with serve(url, mail_server.port) as portal:
        yield portal
    template.drop(url)


@pytest.fixture
def fresh_portal(template: Template, mail_server: MailServer) -> Iterator[Portal]:
    """A portal of this test's own, with the demo as it was loaded: for journeys, races and kills."""
    url = template.copy()
    with serve(url, mail_server.port) as portal:
        yield portal
    template.drop(url)
