"""Sinks: a folder, a mail box and an address, each in order and out of order."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from mus_workflow import sinks
from mus_workflow.actions.make_checkpoint import make_checkpoint
from mus_workflow.actions.record_reading import record_reading
from mus_workflow.models import Checkpoint, LedgerEntry, Reading, ReadingPurpose
from mus_workflow.sealing import SigningKey, new_signing_key
from mus_workflow.sinks import FileSink, HttpSink, MailSink, SinkError, configured_sinks, exported
from mus_workflow.stages import Stage
from musportal.mail import mail_settings
from tests.builders import Cast, make_dialogue
from tests.plumbing.clock import NOW
from tests.plumbing.mail import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def checkpoint(cast: Cast) -> Checkpoint:
    dialogue = make_dialogue(cast, Stage.TALK)
    hour_ago = NOW - timedelta(hours=1)
    record_reading(dialogue=dialogue, reader=cast.hr, role="HR", purpose=ReadingPurpose.HISTORY, at=hour_ago)
    return make_checkpoint(key=SigningKey(new_signing_key()), name="intranet.example", at=NOW)


@pytest.fixture
def file(checkpoint: Checkpoint) -> Iterator[Path]:
    with exported(checkpoint) as path:
        yield path


class Listener(HTTPServer):
    """Keeps what is posted, and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.status, self.posted = 201, []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/anchors?secret=1"


class Answer(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.server.posted.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.shutdown()
    server.server_close()


def text_of(mail: EmailMessage) -> str:
    return mail.get_body().get_content().replace("\r\n", "\n")


def test_the_file_is_that_of_the_published_format(checkpoint: Checkpoint, file: Path) -> None:
    told = json.loads(file.read_text())
    assert file.name == "checkpoint-000001.json"
    assert set(told) == {"format", "note", "heads", "readings"}
    assert (told["format"], told["note"]) == (1, checkpoint.note)
    ends = [LedgerEntry.objects.filter(chain=chain).latest("n") for chain, *_rest in told["heads"]]
    assert told["heads"] == [[str(end.chain), end.n, bytes(end.hash).hex()] for end in ends]
    assert [chain for chain, *_rest in told["heads"]] == sorted(chain for chain, *_rest in told["heads"])
    assert len(told["heads"]) == checkpoint.chains
    assert told["readings"] == [checkpoint.readings_root.hex()]  # one leaf is its own root


def test_readings_of_which_some_are_erased_are_left_out(checkpoint: Checkpoint) -> None:
    Reading.objects.all().delete()
    with exported(checkpoint) as path:
        assert json.loads(path.read_text())["readings"] == []


def test_a_folder_takes_the_file_whole_and_readable(checkpoint: Checkpoint, file: Path, tmp_path: Path) -> None:
    FileSink(str(tmp_path)).put(checkpoint, file)
    [kept] = tmp_path.iterdir()
    assert kept.name == "checkpoint-000001.json"
    assert kept.read_bytes() == file.read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o444


def test_the_same_file_again_does_no_harm(checkpoint: Checkpoint, file: Path, tmp_path: Path) -> None:
    for _time in range(2):
        FileSink(str(tmp_path)).put(checkpoint, file)
    assert len(list(tmp_path.iterdir())) == 1


def test_another_file_of_that_name_is_never_overwritten(checkpoint: Checkpoint, file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint-000001.json"
    kept.write_text("what was kept")
    with pytest.raises(SinkError, match="says something else"):
        FileSink(str(tmp_path)).put(checkpoint, file)
    assert kept.read_text() == "what was kept"


def test_a_file_that_comes_in_between_is_not_overwritten_either(
    checkpoint: Checkpoint, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, copy = tmp_path / "checkpoint-000001.json", sinks.shutil.copyfileobj

    def slowly(*files: Any) -> None:
        copy(*files)
        target.write_text("first")

    monkeypatch.setattr(sinks.shutil, "copyfileobj", slowly)
    with pytest.raises(SinkError, match="FileExistsError"):
        FileSink(str(tmp_path)).put(checkpoint, file)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["first"]


def test_a_disk_that_fills_up_leaves_nothing_half(
    checkpoint: Checkpoint, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Any, copy: Any) -> None:
        copy.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sinks.shutil, "copyfileobj", full)
    with pytest.raises(SinkError, match="No space left"):
        FileSink(str(tmp_path)).put(checkpoint, file)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(checkpoint: Checkpoint, file: Path, tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="FileNotFoundError"):
        FileSink(str(tmp_path / "not mounted")).put(checkpoint, file)
    assert list(tmp_path.iterdir()) == []


def test_a_mail_has_the_note_and_the_file(checkpoint: Checkpoint, file: Path, mailbox: list[EmailMessage]) -> None:
    MailSink(("auditor@example.test",)).put(checkpoint, file)
    [mail] = mailbox
    assert mail["To"] == "auditor@example.test"
    assert checkpoint.note in text_of(mail)
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "checkpoint-000001.json"
    assert json.loads(attached.get_content()) == json.loads(file.read_text())


def test_a_file_too_large_for_a_mail_stays_out_of_it(
    checkpoint: Checkpoint, file: Path, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "MAIL_BYTES", 100)
    MailSink(("auditor@example.test",)).put(checkpoint, file)
    assert checkpoint.note in text_of(mailbox[0])
    assert list(mailbox[0].iter_attachments()) == []


def test_a_mail_server_that_is_down_is_said(checkpoint: Checkpoint, file: Path, settings: Any) -> None:
    for name, value in mail_settings("smtp", host="127.0.0.1", port=free_port(), timeout=5).items():
        setattr(settings, name, value)
    with pytest.raises(SinkError, match="ConnectionRefusedError"):
        MailSink(("auditor@example.test",)).put(checkpoint, file)


def test_an_address_is_posted_the_file_with_its_token(checkpoint: Checkpoint, file: Path, listener: Listener) -> None:
    HttpSink(listener.url, "s3cret").put(checkpoint, file)
    [(headers, body)] = listener.posted
    assert body == file.read_bytes()
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"] == "Bearer s3cret"


def test_without_a_token_none_is_sent(checkpoint: Checkpoint, file: Path, listener: Listener) -> None:
    HttpSink(listener.url).put(checkpoint, file)
    assert "Authorization" not in listener.posted[0][0]


@pytest.mark.parametrize("status", [301, 307, 400, 401, 409, 500])
def test_any_other_answer_means_that_it_did_not_arrive(
    checkpoint: Checkpoint, file: Path, listener: Listener, status: int
) -> None:
    listener.status = status
    with pytest.raises(SinkError, match=f"answered {status}"):
        HttpSink(listener.url, "s3cret").put(checkpoint, file)
    assert len(listener.posted) == 1  # and was sent nowhere else


def test_an_address_where_nobody_listens_is_said(checkpoint: Checkpoint, file: Path) -> None:
    with pytest.raises(SinkError, match="refused"):
        HttpSink(f"http://127.0.0.1:{free_port()}/", "s3cret").put(checkpoint, file)


def test_a_sink_is_named_without_secrets() -> None:
    assert HttpSink("https://user:pass@keep.example/a?token=1", "s3cret").name == "http https://keep.example/a"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"type": "http", "url": "http://keep.example/"}, "not https"),
        ({"type": "http", "url": "ftp://127.0.0.1/"}, "not https"),
        ({"type": "http"}, "a sink is"),
        ({"type": "http", "url": "https://keep.example/", "timeout": 3}, "a sink is"),
        ({"type": "mail", "to": "auditor@example.test"}, "a sink is"),
        ({"type": "mail", "to": []}, "a sink is"),
        ({"type": "file"}, "a sink is"),
        ({"type": "tape", "folder": "x"}, "'tape'"),
        ({}, "a sink is"),
    ],
)
def test_a_sink_that_is_set_up_wrongly_is_refused(settings: Any, given: dict[str, Any], reason: str) -> None:
    settings.MUS = {**settings.MUS, "CHECKPOINT_SINKS": [given]}
    with pytest.raises(SinkError, match=reason):
        configured_sinks()


def test_sinks_that_are_set_up_rightly(settings: Any) -> None:
    given = [
        {"type": "file", "folder": Path("/keep")},
        {"type": "mail", "to": ["auditor@example.test"]},
        {"type": "http", "url": "https://keep.example/", "token": "s3cret"},
        {"type": "http", "url": "http://localhost:8080/"},
    ]
    settings.MUS = {**settings.MUS, "CHECKPOINT_SINKS": given}
    assert [sink.name for sink in configured_sinks()] == [
        "file /keep",
        "mail auditor@example.test",
        "http https://keep.example/",
        "http http://localhost/",
    ]
