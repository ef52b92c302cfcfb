"""Makes the host's pages, fetches them, and prints what came back as JSON. A program, run in a process of its own."""

import json
import sys
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from musportal.settings import test as portal


class NoMigrations:
    """Every app's tables straight from its models: the host's pages stand on Wagtail's, which else come later."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


settings.configure(
    **{name: value for name, value in vars(portal).items() if name.isupper()}
    | {
        "INSTALLED_APPS": ["tests.mus_pages.handbook", *portal.INSTALLED_APPS],
        "MIGRATION_MODULES": NoMigrations(),
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        "LOGGING": {"version": 1, "disable_existing_loggers": True},
    }
)
django.setup()


def stream(page_type: Any, name: str, raw: list[dict[str, Any]]) -> Any:
    return page_type._meta.get_field(name).stream_block.to_python(raw)


def front_page() -> Any:
    """A site as Wagtail's own migrations would have left it."""
    page_type, site, locale = (apps.get_model("wagtailcore", name) for name in ("Page", "Site", "Locale"))
    danish = locale.objects.create(language_code="da")
    root = page_type.add_root(instance=page_type(title="Root", slug="root", locale=danish))
    front = root.add_child(instance=page_type(title="Welcome", slug="home", locale=danish))
    site.objects.create(hostname="localhost", root_page=front, is_default_site=True)
    return front


def pages() -> dict[str, Any]:
    """One page of each of the host's types, below the site's front page."""
    handbook, notice = apps.get_model("handbook", "HandbookPage"), apps.get_model("handbook", "NoticePage")
    content = [{"type": "text", "value": "<p>Every year.</p>", "id": "b"}]
    sections = [
        {"type": "section", "value": {"heading": head, "anchor": anchor, "content": content}, "id": anchor}
        for head, anchor in (("Your right", "right"), ("Pay", "pay"))
    ]
    box = {"heading": "Who to ask", "intro": "", "lines": [{"type": "item", "value": {"name": "HR"}, "id": "l"}]}
    front = front_page()
    return {
        "handbook": front.add_child(
            instance=handbook(title="Talks", slug="talks", number="4.2", body=stream(handbook, "body", sections))
        ),
        "notice": front.add_child(
            instance=notice(
                title="Notice",
                slug="notice",
                body=stream(notice, "body", [{"type": "contacts", "value": box, "id": "c"}]),
            )
        ),
    }


def main() -> None:
    """Migrate, make, fetch, print."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("check", stdout=sys.stderr)
    client = Client()
    answers = {name: client.get(page.get_url()) for name, page in pages().items()}
    shown = {name: [answer.status_code, answer.content.decode()] for name, answer in answers.items()}
    sys.stdout.write(json.dumps(shown))


if __name__ == "__main__":
    main()
