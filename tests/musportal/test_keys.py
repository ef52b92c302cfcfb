import base64
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from musportal.keys import kept_secret, new_master_key, parse_master_keys


def test_the_first_master_key_is_the_current_one():
    assert list(parse_master_keys("2026:bmV3, 2025:b2xk=")) == ["2026", "2025"]


@pytest.mark.parametrize("text", ["", "no-colon", "2026:", ":a2V5"])
def test_a_malformed_list_of_master_keys_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="MUS_MASTER_KEYS is missing or malformed"):
        parse_master_keys(text)


def test_a_new_master_key_has_256_bits():
    (key,) = parse_master_keys(new_master_key()).values()
    assert len(base64.b64decode(key)) == 32


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path, capsys):
    path = tmp_path / "var" / "master.key"
    assert kept_secret(path, lambda: "first", "a master key") == "first"
    assert kept_secret(path, lambda: "second", "a master key") == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert capsys.readouterr().err.count("Made a master key") == 1
