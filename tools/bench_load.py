"""Load on a served portal: raw requests over many connections, so that the client takes little of the machine."""

import json
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

CONNECTIONS = 8
CSRF = "a" * 32  # Django takes a form's token that equals the cookie's


@dataclass
class Sample:
    """What one measurement gave: answers a second, and how many answers had which status."""

    rate: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def failures(self) -> int:
        """Answers that are neither a page, nor a redirect."""
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 400)


def get(path: str, session: str) -> bytes:
    """A request for a page."""
    return _request("GET", path, session)


def post_form(path: str, session: str, fields: dict[str, Any]) -> bytes:
    """A form, sent by its button."""
    body = urlencode({"csrfmiddlewaretoken": CSRF, **fields}, doseq=True).encode()
    return _request("POST", path, session, body, "application/x-www-form-urlencoded")


def post_json(path: str, session: str, body: dict[str, Any]) -> bytes:
    """What a script sends."""
    return _request("POST", path, session, json.dumps(body).encode(), "application/json")


def ask(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one request on a connection of its own; return the status and the body."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(262_144):
            parts.append(part)
    head, _blank, body = b"".join(parts).partition(b"\r\n\r\n")
    return int(head[9:12] or 0), body


def load(port: int, make: Callable[[int, int], bytes], seconds: float) -> Sample:
    """Ask for `seconds` over eight connections. `make(connection, number)` makes each connection's next request."""
    end = time.perf_counter() + seconds

    def connection(index: int) -> Counter[int]:
        statuses: Counter[int] = Counter()
        number = 0
        while time.perf_counter() < end:
            statuses[ask(port, make(index, number))[0]] += 1
            number += 1
        return statuses

    start = time.perf_counter()
    statuses = sum(in_parallel(connection, range(CONNECTIONS)), Counter())
    return Sample(statuses.total() / (time.perf_counter() - start), statuses)


def burst(port: int, requests: list[bytes]) -> Sample:
    """Send each request once, over eight connections."""

    def connection(index: int) -> Counter[int]:
        return Counter(ask(port, request)[0] for request in requests[index::CONNECTIONS])

    start = time.perf_counter()
    statuses = sum(in_parallel(connection, range(CONNECTIONS)), Counter())
    return Sample(len(requests) / (time.perf_counter() - start), statuses)


def in_parallel(work: Callable[[int], Any], indices: range) -> Iterator[Any]:
    """Do the work for every index at the same time, each in a thread of its own."""
    with ThreadPoolExecutor(len(indices)) as threads:
        yield from threads.map(work, indices)


def _request(method: str, path: str, session: str, body: bytes = b"", content_type: str = "") -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        "Accept-Language: da",
        f"Cookie: sessionid={session}; csrftoken={CSRF}",
    ]
    if method == "POST":
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}", f"X-CSRFToken: {CSRF}"]
    if content_type == "application/json":
        lines.append("Accept: application/json")
    return "\r\n".join([*lines, "", ""]).encode() + body
