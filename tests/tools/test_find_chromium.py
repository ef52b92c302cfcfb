import pytest

from tools import find_chromium


def test_the_chosen_browser_comes_first(monkeypatch, tmp_path):
    browser = tmp_path / "my-chromium"
    browser.touch(mode=0o755)
    monkeypatch.setenv("CHROMIUM", str(browser))
    assert find_chromium.find_chromium() == str(browser)


@pytest.mark.parametrize("chosen", ["/not/there", ""])
def test_without_a_browser_it_fails_and_says_what_to_do(monkeypatch, capsys, chosen):
    monkeypatch.setenv("CHROMIUM", chosen)
    monkeypatch.setenv("PATH", "")
    assert find_chromium.main() == 1
    assert "Install it" in capsys.readouterr().err
