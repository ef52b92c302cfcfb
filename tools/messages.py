"""Extract the texts to translate into each app's Danish catalogue and compile it. Pure Python: no GNU gettext.

Existing translations are kept; a text that is gone from the code goes from the catalogue.
`--check` writes nothing and fails when a catalogue is not complete, current and compiled.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import django
import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation import template as django_template

ROOT = Path(__file__).resolve().parents[1]
# Each app's catalogue, and where its texts stand.
SOURCES = {
    "mus_workflow": ["mus_workflow", "templates/mus_workflow"],
    "mus_pages": ["mus_pages", "templates/mus_pages"],
    "musportal": ["musportal", "templates/*.html", "templates/registration"],
}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = {
    "Project-Id-Version": "wagtail-mus",
    "Language": "da",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
Key = tuple[str | None, str]


def catalogue_path(app: str) -> Path:
    return ROOT / app / "locale" / "da" / "LC_MESSAGES" / "django.po"


def source_files(app: str) -> Iterator[Path]:
    """Yield the Python files and templates whose texts belong to the app."""
    for pattern in SOURCES[app]:
        for place in ROOT.glob(pattern):
            files = [place] if place.is_file() else place.rglob("*")
            yield from sorted(
                file for file in files if file.suffix in (".py", ".html", ".txt") and "migrations" not in file.parts
            )


def texts(app: str) -> dict[Key, polib.POEntry]:
    """Return an untranslated entry for every text of the app, by context and msgid."""
    entries: dict[Key, polib.POEntry] = {}
    for file in source_files(app):
        for message, context in extract_file(file):
            msgid, plural = (message, "") if isinstance(message, str) else message[:2]
            if not msgid:
                continue
            entry = entries.setdefault((context, msgid), polib.POEntry(msgid=msgid, msgctxt=context))
            entry.msgid_plural = entry.msgid_plural or plural
            entry.msgstr_plural = {0: "", 1: ""} if entry.msgid_plural else {}
            entry.occurrences = sorted({*entry.occurrences, (file.relative_to(ROOT).as_posix(), "")})
            if "%(" in msgid and "python-format" not in entry.flags:
                entry.flags.append("python-format")
    return entries


def extract_file(file: Path) -> Iterable[tuple[str | tuple[str, ...], str | None]]:
    source = file.read_text()
    if file.suffix != ".py":
        # Calls of gettext among blanked-out text; brackets, so that its indentation means nothing.
        source = f"({django_template.templatize(source, origin=file.name)})"
    for _, message, _, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        yield message, context


def merged(app: str) -> polib.POFile:
    """Return the catalogue as it should be: every text of the code, with the translations there are."""
    path = catalogue_path(app)
    kept = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=118)
    catalogue.metadata = HEADER
    for key, entry in sorted(texts(app).items(), key=lambda item: (item[0][1], item[0][0] or "")):
        if old := kept.get(key):
            entry.msgstr = "" if entry.msgid_plural else old.msgstr
            entry.msgstr_plural = (old.msgstr_plural or entry.msgstr_plural) if entry.msgid_plural else {}
            entry.tcomment = old.tcomment
        catalogue.append(entry)
    return catalogue


def missing(catalogue: polib.POFile) -> list[str]:
    """Return the texts that have no translation, or one with other placeholders."""
    return [entry.msgid for entry in catalogue if not entry.translated() or not same_placeholders(entry)]


def same_placeholders(entry: polib.POEntry) -> bool:
    wanted = placeholders(entry.msgid_plural or entry.msgid)
    last = list(entry.msgstr_plural.values())[-1] if entry.msgstr_plural else entry.msgstr
    return placeholders(last) == wanted


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))


def faults(app: str) -> list[str]:
    """Return what keeps the app's catalogue from being complete, current and compiled."""
    path = catalogue_path(app)
    wanted = merged(app)
    found = [f"{app}: not translated: {text}" for text in missing(wanted)]
    if not path.exists() or path.read_text() != str(wanted):
        found.append(f"{app}: the catalogue is not current; run `make messages`")
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != wanted.to_binary():
        found.append(f"{app}: the compiled catalogue is not current; run `make messages`")
    return found


def main() -> int:
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    if "--check" in sys.argv:
        found = [fault for app in SOURCES for fault in faults(app)]
        print("\n".join(found) or "The Danish catalogues are complete.")
        return 1 if found else 0
    for app in SOURCES:
        path = catalogue_path(app)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = merged(app)
        catalogue.save(str(path))
        path.with_suffix(".mo").write_bytes(catalogue.to_binary())
        print(f"{app}: {len(catalogue)} texts, {len(missing(catalogue))} without a good translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
