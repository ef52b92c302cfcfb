"""The wheel in a site that knows nothing of us: UUID users, its own frame, stock settings."""

import json
import re

import pytest

from tests.host.conftest import Installed
from tests.host.document import blocks
from tests.host.host import Host
from tests.plumbing.databases import ROOT

pytestmark = pytest.mark.host


def test_the_wheel_asks_for_all_that_it_uses(host: Host):
    host.run("-m", "pip", "--disable-pip-version-check", "check")
    host.shell(
        "import pkgutil, importlib, mus_workflow\n"
        "for module in pkgutil.walk_packages(mus_workflow.__path__, 'mus_workflow.'):\n"
        "    importlib.import_module(module.name)"
    )


def test_the_wheel_holds_every_file_of_both_apps(host: Host):
    packages = host.python.parents[1].glob("lib/python*/site-packages")
    held = {path.relative_to(root).as_posix() for root in packages for path in root.glob("mus_*/**/*")}
    wanted = {
        file.relative_to(ROOT).as_posix()
        for app in ("mus_workflow", "mus_pages")
        for file in (ROOT / app).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    templates = {
        f"{app}/{file.relative_to(ROOT).as_posix()}"
        for app in ("mus_workflow", "mus_pages")
        for file in (ROOT / "templates" / app).rglob("*.html")
    }
    assert (wanted | templates) - held == set()


def test_the_checks_warn_of_the_stock_sqlite_settings_and_of_nothing_else(host: Host):
    assert host.complaints("--database", "default") == {"mus.W002"}


def test_deployment_checks_name_the_settings_of_a_stock_sqlite(host: Host):
    with pytest.raises(AssertionError, match=r"mus\.E003"):
        host.manage("check", "--deploy")


def test_the_documented_database_settings_satisfy_the_deployment_checks(host: Host):
    (host.folder / "tuned.py").write_text(f"from intranet.settings.production import *\n{blocks()['sqlite']}")
    said = host.manage("check", "--deploy", DJANGO_SETTINGS_MODULE="tuned")
    assert "mus.E" not in said


def test_a_missing_master_key_is_an_error_that_says_what_to_do(host: Host):
    keyless = "from intranet.settings.production import *\nMUS = {**MUS, 'MASTER_KEYS': {}}\n"
    (host.folder / "keyless.py").write_text(keyless)
    with pytest.raises(AssertionError, match=r"mus\.E001.*there is no master key"):
        host.manage("check", DJANGO_SETTINGS_MODULE="keyless")


@pytest.mark.parametrize("settings", [{}, {"HISTORY_SETTINGS": "1"}], ids=["stock", "history settings of the host"])
def test_migrations_do_not_follow_the_settings_of_the_host(host: Host, settings: dict[str, str]):
    host.manage("makemigrations", "--check", "--dry-run", "mus_workflow", **settings)


def test_setting_up_again_changes_nothing(host: Host):
    said = host.manage("mus_setup")
    assert "made" not in said
    assert "permissions given" not in said


def test_every_file_that_the_pages_link_to_is_in_the_manifest(host: Host):
    assert linked_files(host, "mus_workflow") - collected_files(host) == set()


def test_pages_of_the_host_cost_no_query_more(installed: Installed):
    assert installed.home_queries["after"] == installed.home_queries["before"]


def test_page_types_of_the_guide_live_beside_the_host_s_own(host_with_guide: Installed):
    host = host_with_guide.host
    assert host.complaints() == {"mus.W002"}
    host.manage("makemigrations", "--check", "--dry-run", "mus_pages", HISTORY_SETTINGS="1")
    assert linked_files(host, "mus_pages") - collected_files(host) == set()
    assert host_with_guide.home_queries["with the guide"] == host_with_guide.home_queries["before"]


def linked_files(host: Host, app: str) -> set[str]:
    """Return the static files that the templates of an installed app name."""
    templates = host.python.parents[1].glob(f"lib/python*/site-packages/{app}/templates/**/*.html")
    return {path for file in templates for path in re.findall(r"""static ["']([^"']+)["']""", file.read_text())}


def collected_files(host: Host) -> set[str]:
    """Return the names of the files that the host's manifest knows."""
    return set(json.loads((host.folder / "static" / "staticfiles.json").read_text())["paths"])
