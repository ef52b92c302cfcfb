"""From an installed clone to a served intranet: migrate, set up, load the demo once, sign it, verify, serve."""

import argparse
import os
import socket
import sys

import django
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

HOST = "127.0.0.1"
LOGINS = {
    "employee": "prepares, shares, signs",
    "manager": "the employee's manager",
    "other_manager": "a manager elsewhere, sees nothing of them",
    "former_manager": "was the employee's manager",
    "delegate": "holds dialogues on the manager's behalf",
    "hr": "sees counts, no content",
    "editor": "edits the guide, the forms and the concept",
    "auditor": "follows the history of agreements",
    "auditor2": "approves the auditor's grants",
    "admin": "superuser, opens no content",
}


def main() -> int:
    """Serve on the port asked for; a second run keeps the data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    if is_busy(port):
        print(f"Port {port} is in use by another program. Choose another: make run PORT={port + 1}", file=sys.stderr)
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musportal.settings.dev")
    os.environ.setdefault("BASE_URL", f"http://{HOST}:{port}")
    django.setup()
    prepare()
    print_logins(port)
    serve(port)
    return 0


def is_busy(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def prepare() -> None:
    print("Preparing the database …")
    call_command("migrate", verbosity=0, interactive=False)
    if get_user_model().objects.exists():
        call_command("mus_setup")
        print("Keeping the data that is there.")
    else:
        print("Loading the demo organisation …")
        call_command("load_demo")
    for command in ("mus_checkpoint", "mus_verify"):
        try:
            call_command(command)
        except (CommandError, SystemExit) as failure:
            why = str(failure).rstrip(".")
            print(f"{command} FAILED: {why}. The portal is served so that you can look into it.", file=sys.stderr)


def print_logins(port: int) -> None:
    print(f"\nThe intranet: http://{HOST}:{port}/   the CMS: http://{HOST}:{port}/admin/   (Ctrl+C stops it)")
    print("Logins, each with the password demo:")
    for name, what in LOGINS.items():
        print(f"  {name:<15} {what}")
    print(flush=True)


def serve(port: int) -> None:
    """Replace this process by the server; DEBUG=1 takes Django's own, which reloads changed code."""
    address = f"{HOST}:{port}"
    if os.environ.get("DEBUG", "") not in ("", "0"):
        server = ["manage.py", "runserver", address]
    else:
        server = [
            "-m",
            "gunicorn",
            "musportal.wsgi",
            "--bind",
            address,
            "--log-level",
            "warning",
            "--no-control-socket",
        ]
        server += ["--workers", "2", "--worker-class", "gthread", "--threads", "4"]
    os.execv(sys.executable, [sys.executable, *server])


if __name__ == "__main__":
    sys.exit(main())
