"""Run as a program after `prepare`, with its plan as the only argument: print, as JSON, the processor time of requests.

In one process and in turns, so that what else the machine does weighs on both sides alike. What the database's own
server does is not in it.
"""

import io
import json
import statistics
import sys
import time
import uuid
from typing import Any

from musportal.wsgi import application
from tools.bench import save
from tools.bench_load import get, post_form

TURNS = 120
WARM = 10


def measure(plan: dict[str, Any]) -> dict[str, float]:
    """Milliseconds of each kind of request, the lower quartile of many."""
    taken: dict[str, list[float]] = {}
    for number in range(WARM + TURNS):
        for kind, request in requests(plan, number).items():
            milliseconds = answer(request)
            if number >= WARM:
                taken.setdefault(kind, []).append(milliseconds)
    return {kind: statistics.quantiles(times, n=4)[0] for kind, times in taken.items()}


def requests(plan: dict[str, Any], number: int) -> dict[str, bytes]:
    """One of each kind, for one of the writers."""
    writer = plan["writers"][number % len(plan["writers"])]
    stock, session = plan["stock"], writer["session"]
    return {
        "page": get(f"/mus/dialogues/{writer['dialogue']}/preparation/", session),
        "stock page": get(stock["path"], session),
        "save": save(writer, writer["texts"][0], f"Skrevet {uuid.uuid4()}"),
        "stock save": post_form(stock["path"], session, stock["answers"]),
    }


def answer(request: bytes) -> float:
    """Let the portal answer; return the milliseconds of processor time that took. Raises on an answer that failed."""
    statuses: list[str] = []
    environ = environ_of(request)
    start = time.process_time()
    response = application(environ, lambda status, *rest: statuses.append(status))
    b"".join(response)
    response.close()
    took = time.process_time() - start
    if not statuses[0].startswith(("2", "3")):
        raise RuntimeError(f"{environ['PATH_INFO']}: {statuses[0]}")
    return 1000 * took


def environ_of(request: bytes) -> dict[str, Any]:
    """A raw request as a WSGI server hands it on."""
    head, _blank, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, protocol = first.split()
    headers = {name.upper().replace("-", "_"): value for name, value in (line.split(": ", 1) for line in lines)}
    return {
        **{f"HTTP_{name}": value for name, value in headers.items()},
        "CONTENT_TYPE": headers.get("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": protocol,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(json.loads(sys.argv[1]))))
