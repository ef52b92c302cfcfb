"""Notes: the text line by line, and every way of writing another one refused."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.evidence import (
    CheckpointText,
    NoteError,
    parse_checkpoint,
    parse_note,
    parse_verifier_key,
    signed_note,
    text_hash,
    verifier_key,
)

FIRST = CheckpointText(
    name="intranet.example",
    chains=2,
    root=b"r" * 32,
    number=1,
    made_at=datetime(2026, 3, 10, 9, 0, 5, tzinfo=UTC),
    entries=17,
    readings=0,
    readings_root=b"q" * 32,
    readings_until=datetime(2026, 3, 10, 8, 50, 5, tzinfo=UTC),
    previous=None,
)
TEXT = (
    "intranet.example/mus-heads\n"
    "2\n"
    "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=\n"
    "number 1\n"
    "time 2026-03-10T09:00:05Z\n"
    "entries 17\n"
    "readings 0 cXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXE= 2026-03-10T08:50:05Z\n"
    "previous -\n"
)
PUBLIC = b"p" * 32
WHOLE = st.integers(0, 10**12)
MOMENTS = st.integers(0, 32 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
HASHES = st.binary(min_size=32, max_size=32)


def test_the_text_of_the_first_checkpoint() -> None:
    assert FIRST.text() == TEXT


def test_the_next_one_names_the_one_before_by_its_hash() -> None:
    text = replace(FIRST, number=2, previous=text_hash(TEXT)).text()
    expected = base64.b64encode(hashlib.sha256(TEXT.encode()).digest()).decode()
    assert text.endswith(f"previous {expected}\n")


def test_a_time_is_said_in_utc_wherever_it_was_taken() -> None:
    summer = timezone(timedelta(hours=2))
    assert replace(FIRST, made_at=datetime(2026, 3, 10, 11, 0, 5, tzinfo=summer)).text() == TEXT


@given(
    st.builds(
        CheckpointText,
        name=st.text("abczæ09./:-", min_size=1, max_size=40),
        chains=WHOLE,
        root=HASHES,
        number=WHOLE,
        made_at=MOMENTS,
        entries=WHOLE,
        readings=WHOLE,
        readings_root=HASHES,
        readings_until=MOMENTS,
        previous=st.none() | HASHES,
    )
)
def test_what_is_written_reads_back_the_same(said: CheckpointText) -> None:
    assert parse_checkpoint(said.text()) == said


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb", "a\u00a0b"])
def test_a_name_that_no_note_can_have_is_refused(name: str) -> None:
    with pytest.raises(NoteError, match="cannot name a note"):
        replace(FIRST, name=name).text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n2\n", "\n02\n"),
        ("\n2\n", "\n-2\n"),
        ("\n2\n", "\n٢\n"),
        ("number 1", "number  1"),
        ("number 1\n", ""),
        ("cnJycnI=\n", "cnJycnI\n"),
        ("cnJycnI=\n", "cnJycnJ=\n"),
        ("09:00:05Z", "09:00:65Z"),
        ("09:00:05Z", "09:00:05"),
        ("09:00:05Z", "09:00:05+00:00"),
        ("previous -\n", "previous -"),
        ("previous -\n", "previous -\nmore 1\n"),
        ("previous -\n", "previous -\r\n"),
        ("/mus-heads", "/log"),
        ("intranet.example", "intra net"),
    ],
)
def test_another_spelling_is_no_checkpoint(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(NoteError):
        parse_checkpoint(TEXT.replace(old, new, 1))


def test_a_note_is_the_text_an_empty_line_and_the_signature() -> None:
    note = signed_note(TEXT, name="intranet.example", public_key=PUBLIC, signature=b"s" * 64)
    key_id = hashlib.sha256(b"intranet.example\n\x01" + PUBLIC).digest()[:4]
    line = base64.b64encode(key_id + b"s" * 64).decode()
    assert note == f"{TEXT}\n— intranet.example {line}\n"
    parsed = parse_note(note)
    assert parsed.text == TEXT
    assert parsed.by("intranet.example", PUBLIC) == [b"s" * 64]


def test_a_signature_of_another_key_or_name_is_not_ours() -> None:
    parsed = parse_note(signed_note(TEXT, name="intranet.example", public_key=PUBLIC, signature=b"s" * 64))
    assert parsed.by("intranet.example", b"o" * 32) == []
    assert parsed.by("other.example", PUBLIC) == []


def test_a_witness_may_sign_below() -> None:
    note = signed_note(TEXT, name="intranet.example", public_key=PUBLIC, signature=b"s" * 64)
    witness = signed_note(TEXT, name="witness.example", public_key=b"w" * 32, signature=b"t" * 64)
    both = parse_note(note + witness.rpartition("\n\n")[2])
    assert both.by("intranet.example", PUBLIC) == [b"s" * 64]
    assert both.by("witness.example", b"w" * 32) == [b"t" * 64]


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + "\n",
        TEXT + "\n— name\n",
        TEXT + "\n- name AAAA\n",
        TEXT + "\n— name AAAA",
        TEXT + "\n— name A\n",
    ],
)
def test_what_is_no_signed_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError, match="not a signed note"):
        parse_note(note)


def test_the_public_key_goes_to_the_auditor_in_one_word() -> None:
    word = verifier_key("intranet.example", PUBLIC)
    key_id = hashlib.sha256(b"intranet.example\n\x01" + PUBLIC).hexdigest()[:8]
    encoded = base64.b64encode(b"\x01" + PUBLIC).decode()
    assert word == f"intranet.example+{key_id}+{encoded}"
    assert parse_verifier_key(word + "\n") == ("intranet.example", PUBLIC)


def test_a_public_key_that_was_mistyped_is_refused() -> None:
    word = verifier_key("intranet.example", PUBLIC)
    for wrong in [
        "",
        "x",
        word[:-4],
        word.replace("intranet", "intranat"),
        word[:-2] + "A=",
        word.replace("+AX", "+BX"),
    ]:
        with pytest.raises(NoteError, match="not the public key"):
            parse_verifier_key(wrong)
