import polib
import pytest

from tools import messages


@pytest.fixture
def app(tmp_path, monkeypatch):
    """An app with one Python file and one template."""
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "SOURCES", {"app": ["app"]})
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "code.py").write_text('_("Sign the agreement.")\nngettext("%(n)s day", "%(n)s days", n)\n')
    (tmp_path / "app" / "page.html").write_text(
        "{% if a %}\n    {% translate 'Share' %}\n  {% blocktranslate trimmed with name=b %}\n Hello\n {{ name }}.\n"
        "{% endblocktranslate %}{% endif %}\n"
    )
    return "app"


def test_texts_of_code_and_templates_are_found(app):
    assert {msgid for _, msgid in messages.texts(app)} == {
        "Sign the agreement.",
        "%(n)s day",
        "Share",
        "Hello %(name)s.",
    }


def test_a_translation_is_kept_and_a_text_that_is_gone_goes(app):
    messages.main()
    path = messages.catalogue_path(app)
    catalogue = polib.pofile(str(path))
    catalogue.find("Share").msgstr = "Del"
    catalogue.append(polib.POEntry(msgid="Gone", msgstr="Væk"))
    catalogue.save(str(path))
    messages.main()
    catalogue = polib.pofile(str(path))
    assert catalogue.find("Share").msgstr == "Del"
    assert catalogue.find("Gone") is None
    assert polib.mofile(str(path.with_suffix(".mo"))).find("Share").msgstr == "Del"


def test_a_translation_that_lost_its_placeholder_is_a_fault(app):
    messages.main()
    path = messages.catalogue_path(app)
    catalogue = polib.pofile(str(path))
    catalogue.find("Hello %(name)s.").msgstr = "Hej."
    catalogue.save(str(path))
    assert "app: not translated: Hello %(name)s." in messages.faults(app)


def test_a_catalogue_that_is_not_compiled_is_a_fault(app):
    messages.main()
    messages.catalogue_path(app).with_suffix(".mo").unlink()
    assert "app: the compiled catalogue is not current; run `make messages`" in messages.faults(app)
