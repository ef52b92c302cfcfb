"""PDF that a screen reader can read, made from nothing but its own HTML."""

import importlib
import sys
from datetime import timedelta
from urllib.request import OpenerDirector

import pytest
from django.utils.translation import override

from mus_workflow.exports import pdf
from mus_workflow.exports.pdf import Attached, NoPdf, pdf_of, why_not
from tests.mus_workflow.exports.reading import headers_of_cells, opened, tags_of, text_of
from tests.plumbing.clock import NOW

DOCUMENT = """<!doctype html><html lang="da"><head><title>Et bevis</title></head><body><main>
<h1>Et bevis</h1><p>Blåbærgrød på øen.</p>
<table><caption>Hvem</caption><thead><tr><th scope="col">Navn</th></tr></thead>
<tbody><tr><th scope="row">Emma</th></tr></tbody></table><ul><li>Et punkt</li></ul>
</main></body></html>"""


@pytest.fixture
def without_library():
    """Forget that the library was imported, before and after."""
    pdf._imported.cache_clear()
    yield
    pdf._imported.cache_clear()


def test_it_is_tagged_and_says_its_language_and_title():
    made = pdf_of(DOCUMENT, made_at=NOW)
    root = opened(made).trailer["/Root"]
    assert root["/Lang"] == "da"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert opened(made).metadata.title == "Et bevis"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert "Blåbærgrød på øen." in text_of(made)


def test_headings_tables_and_lists_are_told_as_such():
    tags = tags_of(pdf_of(DOCUMENT, made_at=NOW))
    assert {"/Document", "/H1", "/P", "/Table", "/Caption", "/TR", "/TH", "/L", "/LI"} <= set(tags)
    assert tags.index("/H1") < tags.index("/P") < tags.index("/Table") < tags.index("/L")


def test_a_cell_names_the_headers_it_stands_under():
    cells = DOCUMENT.replace('<th scope="row">Emma</th>', '<th scope="row">Emma</th><td>Leder</td>').replace(
        '<th scope="col">Navn</th>', '<th scope="col">Navn</th><th scope="col">Rolle</th>'
    )
    assert headers_of_cells(pdf_of(cells, made_at=NOW)) == [2]


def test_every_font_is_within_it():
    fonts = opened(pdf_of(DOCUMENT, made_at=NOW)).pages[0]["/Resources"]["/Font"].values()
    assert fonts
    for font in (one.get_object() for one in fonts):
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font


def test_the_same_document_is_the_same_bytes():
    attached = [Attached("a.json", "What was signed", b"{}")]
    assert pdf_of(DOCUMENT, made_at=NOW, attached=attached) == pdf_of(DOCUMENT, made_at=NOW, attached=attached)


def test_what_is_attached_comes_out_as_it_went_in():
    content = bytes(range(256)) * 20
    made = pdf_of(DOCUMENT, made_at=NOW, attached=[Attached("evidence.json", "What was signed", content)])
    assert opened(made).attachments == {"evidence.json": [content]}


@pytest.mark.parametrize(
    "reference",
    [
        '<img alt="x" src="http://127.0.0.1:9/x.png">',
        '<img alt="x" src="file:///etc/hostname">',
        '<img alt="x" src="data:image/png;base64,aGVq">',
        '<link rel="stylesheet" href="file:///etc/hostname">',
        "<style>@import url(http://127.0.0.1:9/x.css);</style>",
        '<link rel="attachment" href="file:///etc/hostname">',
    ],
)
def test_nothing_outside_the_document_is_fetched(reference, monkeypatch):
    fetched = []
    monkeypatch.setattr(OpenerDirector, "open", lambda self, request, *args, **kwargs: fetched.append(request))
    made = opened(pdf_of(DOCUMENT.replace("<h1>", f"{reference}<h1>"), made_at=NOW))
    assert fetched == []
    assert made.attachments == {}
    assert list(made.pages[0].images) == []


@pytest.mark.usefixtures("without_library")
class TestWithoutTheLibraries:
    def test_the_reason_is_told_where_the_library_is_missing(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "weasyprint", None)
        with override("en"), pytest.raises(NoPdf, match="extra"):
            pdf_of(DOCUMENT, made_at=NOW)
        with override("en"):
            assert "extra" in why_not()

    def test_the_reason_is_told_where_pango_is_missing(self, monkeypatch):
        def fail(name):
            raise OSError("cannot load library 'libpango-1.0-0'")

        monkeypatch.setattr(pdf, "import_module", fail)
        with pytest.raises(NoPdf, match="Pango"):
            pdf_of(DOCUMENT, made_at=NOW)

    def test_it_is_tried_again_when_it_has_been_installed(self, monkeypatch):
        monkeypatch.setattr(pdf, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
        assert why_not()
        monkeypatch.setattr(pdf, "import_module", importlib.import_module)
        assert why_not() == ""


def test_another_moment_is_another_file():
    stamped = DOCUMENT.replace("</head>", '<meta name="dcterms.created" content="{}"></head>')
    earlier, later = (
        pdf_of(stamped.replace("{}", at.isoformat()), made_at=at) for at in (NOW, NOW + timedelta(days=1))
    )
    assert earlier != later
