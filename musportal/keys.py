"""Secrets: read from the environment, or made once in var/ for development."""

import base64
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def parse_master_keys(text: str) -> dict[str, str]:
    """Read `id:base64key[,id2:base64key2]`; the first is the one that seals from now on."""
    pairs = [pair.strip().partition(":") for pair in text.split(",") if pair.strip()]
    if not pairs or any(not (name and key) for name, _, key in pairs):
        raise ImproperlyConfigured(
            "MUS_MASTER_KEYS is missing or malformed. It must read id:base64key[,id2:base64key2]; "
            "without it nothing that was written can be opened, and nothing is lost."
        )
    return {name: key for name, _, key in pairs}


def new_master_key() -> str:
    """Return a fresh master key in the form `MUS_MASTER_KEYS` takes."""
    return f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def new_checkpoint_key() -> str:
    """Return a fresh private key for signing checkpoints, as `MUS_CHECKPOINT_KEY` takes it."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def kept_secret(path: Path, make: Callable[[], str], what: str) -> str:
    """Return the secret in `path`; on the first run make it, readable by its owner only, and say so."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(make())
        sys.stderr.write(f"Made {what} in {path.parent.name}/{path.name}. It is for development only.\n")
    return path.read_text().strip()
