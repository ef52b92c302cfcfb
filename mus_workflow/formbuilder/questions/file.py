"""Files: their bytes lie sealed apart (the host of the answer keeps them); an answer says name, size and SHA-256.

Each file is a part of its own, its id in hexadecimal, so two people who add files at once both keep theirs. A browser
never writes or clears a part: what a file is, is told by whoever has read its bytes, and who takes it out takes those.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType, short_label
from mus_workflow.formbuilder.shapes import Json, Question, integer, one_of

MOST_FILES = 10
MOST_MEGABYTES = 20
MEGABYTE = 1024 * 1024

# Ending -> how such a file begins. Office files are ZIP archives; text has no beginning of its own.
PICTURES = {"png": b"\x89PNG", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "webp": b"RIFF"}
DOCUMENTS = {
    "pdf": b"%PDF-",
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp"), b"PK\x03\x04"),
    **dict.fromkeys(("txt", "csv", "md"), b""),
}
ACCEPTED = {"DOCUMENTS": DOCUMENTS, "PICTURES": PICTURES, "BOTH": {**DOCUMENTS, **PICTURES}}
ACCEPTS = [
    ("BOTH", gettext_lazy("Documents and pictures")),
    ("DOCUMENTS", gettext_lazy("Documents")),
    ("PICTURES", gettext_lazy("Pictures")),
]


class FileQuestion(QuestionType):
    type = "file"
    label = gettext_lazy("File")
    icon = "doc-full"
    group = gettext_lazy("Text")
    settings_shape = {
        "accept": one_of(*ACCEPTED),
        "max_files": integer(1, MOST_FILES),
        "max_megabytes": integer(1, MOST_MEGABYTES),
    }
    limits = ("accept", "max_files", "max_megabytes")

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        files, size = {"min_value": 1, "max_value": MOST_FILES}, {"min_value": 1, "max_value": MOST_MEGABYTES}
        return [
            ("accept", blocks.ChoiceBlock(choices=ACCEPTS, default="BOTH", label=gettext_lazy("Kinds of file"))),
            ("max_files", blocks.IntegerBlock(default=3, label=gettext_lazy("Most files"), **files)),
            ("max_megabytes", blocks.IntegerBlock(default=10, label=gettext_lazy("Most megabytes a file"), **size)),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {key: value[key] for key in ("accept", "max_files", "max_megabytes")}

    def has_parts(self, question: Question) -> bool:
        return True

    def fixed_parts(self, question: Question) -> list[str]:
        return []

    def part_question(self, question: Question, part: str) -> Question:
        if len(part) == len("0" * 32):
            return question
        raise KeyError(part)

    def parts(self, question: Question, value: Json) -> dict[str, Json]:
        return {one["id"].replace("-", ""): one for one in value}

    def assemble(self, question: Question, parts: Mapping[str, Json]) -> Json:
        files = [one for one in parts.values() if isinstance(one, dict)]
        return sorted(files, key=lambda one: (one["name"], one["id"])) or None

    def accepts_raw(self, raw: Json) -> bool:
        return False

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return forms.Field(**{**common, "required": False})

    def input_text(self, value: Json) -> str:
        return ""

    def text(self, question: Question, value: Json) -> str:
        return "\n".join(
            _("%(name)s (%(size)s, SHA-256 %(sha256)s)")
            % {"name": one["name"], "size": filesizeformat(one["size"]), "sha256": one["sha256"]}
            for one in value or []
        )

    def context(self, question: Question) -> dict[str, Any]:
        endings = ACCEPTED[question["settings"]["accept"]]
        return {"endings": ", ".join(endings), "accept": ",".join(f".{ending}" for ending in endings)}

    def notes(self, question: Question) -> list[str]:
        return ["limits"]

    def more_parts(
        self, question: Question, name: str, parts: Mapping[str, Json], errors: Mapping[str, Sequence[str]]
    ) -> SafeString | str:
        files = self.assemble(question, parts)
        return render_to_string("mus_workflow/questions/file_list.html", {"files": files}) if files else ""


def file_answer(question: Question, *, file_id: str, name: str, content: bytes, sha256: str) -> dict[str, Json]:
    """What an answer says of a file with these bytes. ValidationError, in a sentence, for one that is not accepted."""
    names = {"name": name, "label": short_label(question), "most": question["settings"]["max_megabytes"]}
    ending = name.rpartition(".")[2].lower()
    beginning = ACCEPTED[question["settings"]["accept"]].get(ending)
    if not content:
        raise ValidationError(_("“%(name)s” is empty, so it was not added.") % names)
    if len(content) > question["settings"]["max_megabytes"] * MEGABYTE:
        raise ValidationError(_("“%(name)s” is larger than %(most)s MB, so it was not added.") % names)
    if beginning is None:
        raise ValidationError(_("“%(name)s” is not a kind of file that “%(label)s” takes.") % names)
    if not content.startswith(beginning) or (not beginning and b"\x00" in content):
        raise ValidationError(_("“%(name)s” is not what its ending says, so it was not added.") % names)
    return {"id": file_id, "name": name, "size": len(content), "sha256": sha256}
