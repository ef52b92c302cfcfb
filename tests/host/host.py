"""A foreign host: Wagtail's own project template in an environment of its own, made as unlike ours as hosts are."""

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.host.document import blocks, commands
from tests.plumbing.databases import ROOT
from tests.plumbing.mail import free_port

SITE = Path(__file__).parent / "site"
PIN = re.compile(r"^([\w.\[\]-]+==[^\s\\]+[^\\\n]*)", re.M)


@dataclass
class Host:
    """A site in `folder`, run by the Python of its own environment."""

    folder: Path
    python: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, **environment: str) -> str:
        """Run the host's Python with these arguments; return what it printed, fail with all it said."""
        result = subprocess.run(
            [self.python, *arguments],
            cwd=self.folder,
            env=self._environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, f"{arguments} failed:\n{result.stdout}\n{result.stderr}"
        return result.stdout

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run the host's `manage.py`."""
        return self.run("manage.py", *arguments, **environment)

    def complaints(self, *arguments: str) -> set[str]:
        """The ids of everything that the system checks say; an error among them fails."""
        said = subprocess.run(
            [self.python, "manage.py", "check", *arguments],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return set(re.findall(r"\((\w+\.[EWI]\d+)\)", said.stdout + said.stderr))

    def shell(self, code: str) -> str:
        """Run Python code in the host's management shell."""
        return self.manage("shell", "--verbosity", "0", "--no-imports", "--command", code)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the site with Django's own server until the block ends; give its address."""
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        log = self.folder / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [self.python, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
                cwd=self.folder,
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                wait_until_served(process, address, log)
                yield address
            finally:
                process.terminate()
                process.wait(timeout=30)

    def _environment(self, **more: str) -> dict[str, str]:
        # Nothing of the tests' own environment decides how the host behaves.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        settings = {"DJANGO_SETTINGS_MODULE": "intranet.settings.production", "PYTHONDONTWRITEBYTECODE": "1"}
        return {**kept, **settings, **self.environment, **more}


def wait_until_served(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _attempt in range(300):
        assert process.poll() is None, log.read_text()
        try:
            urlopen(f"{address}/log-ind/", timeout=30).close()
        except URLError:
            try:
                process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
        else:
            return
    raise AssertionError(f"The host did not start.\n{log.read_text()}")


def build_wheel(folder: Path) -> Path:
    """Build the wheel from the working tree, with the build backend of this environment."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    options = ["--no-build-isolation", "--no-deps", "--wheel-dir", folder, ROOT]
    subprocess.run([*pip, "wheel", *options], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def make_host(folder: Path, wheel: Path) -> Host:
    """Make an environment that holds the wheel and what it asks for, and in it a new site of this host's own making."""
    venv.create(folder / "environment", with_pip=True)
    host = Host(folder / "site", folder / "environment" / "bin" / "python")
    host.folder.mkdir()
    # The wheel's own dependencies and no others, in the versions we have pinned.
    pins = folder / "constraints.txt"
    pins.write_text("\n".join(PIN.findall((ROOT / "requirements" / "base.txt").read_text())))
    pip = [host.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "install", "--constraint", pins, wheel], check=True, capture_output=True)
    wagtail = host.python.with_name("wagtail")
    subprocess.run([wagtail, "start", "intranet", host.folder], check=True, capture_output=True)
    shutil.copytree(SITE, host.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    insert(host.folder / "intranet" / "urls.py", 'path("search/"', 'path("", include("people.urls")),')
    host.manage("makemigrations", "people")
    host.manage("migrate")
    host.manage("collectstatic", "--noinput")
    return host


def follow_the_guide(host: Host) -> None:
    """Do what the installation guide says, by its own blocks."""
    named = blocks()
    host.environment["MUS_MASTER_KEY_2026"] = host.run(*commands("key")[0]).strip()
    append(host.folder / "intranet" / "settings" / "base.py", named["settings"])
    insert(host.folder / "intranet" / "urls.py", 'path("", include(wagtail_urls))', named["urls"].strip())
    frame = host.folder / "intranet" / "templates" / "mus_workflow" / "base.html"
    frame.parent.mkdir()
    frame.write_text(named["template"])
    for arguments in commands("setup"):
        host.run(*arguments)


def add_the_guide_pages(host: Host) -> None:
    """Do what the installation guide says for those who want its pages too."""
    append(host.folder / "intranet" / "settings" / "base.py", blocks()["guide-settings"])
    for arguments in commands("guide-setup"):
        host.run(*arguments)


def append(file: Path, text: str) -> None:
    file.write_text(f"{file.read_text()}\n{text}")


def insert(file: Path, before: str, line: str) -> None:
    """Insert a line above the first line that begins with `before`, as far in as that one."""
    text = file.read_text()
    changed = re.sub(rf"^([ ]*)(?={re.escape(before)})", rf"\1{line}\n\1", text, count=1, flags=re.M)
    assert changed != text, f"{file} has no line that begins with {before}"
    file.write_text(changed)
