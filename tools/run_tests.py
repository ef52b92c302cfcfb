"""Run every test on SQLite and, where PostgreSQL answers, the database's own share on PostgreSQL too."""

import os
import subprocess
import sys
import time

import psycopg

from tools import find_chromium

POSTGRES_URL = os.environ.get("POSTGRES_URL", "postgres://postgres:postgres@127.0.0.1:5432/postgres")
# A browser and a stock site meet the database only through code that the other tests run on PostgreSQL.
NOT_TWICE = "not browser and not host and not prove"
# Whole files to each process, in the order of `tests/plumbing/order.py`.
PYTEST = ("-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", "--durations=15")
# What a form is knows no database, and the repository's tests of itself ask none.
WITHOUT_DATABASE = (
    "mus_workflow/formbuilder",
    "mus_workflow/evidence",
    "mus_workflow/contacts",
    "forms",
    "architecture",
    "tools",
)
# These make files, or walk every page as everybody: on PostgreSQL the matrix and each page's own tests do.
ONCE = (
    "mus_pages",
    "matrix/test_headers.py",
    "mus_workflow/exports/test_pdf.py",
    "mus_workflow/exports/test_verify_certificate.py",
    "mus_workflow/security/test_read_log.py",
    "mus_workflow/security/test_unrecorded.py",
)


def main() -> int:
    """Return 0 only when every run passed. Arguments go to pytest."""
    if find_chromium.main() != 0:
        return 1
    if chosen := os.environ.get("DATABASE_URL"):
        return run("the database of DATABASE_URL", chosen)
    codes = [run("SQLite", None)]
    missing = why_no_postgres()
    if missing is None:
        left_out = [f"--ignore=tests/{folder}" for folder in (*WITHOUT_DATABASE, *ONCE)]
        codes.append(run("PostgreSQL", POSTGRES_URL, "-m", NOT_TWICE, *left_out))
    else:
        print(f"\nNOT run on PostgreSQL: {missing}\nSet POSTGRES_URL to a server where databases may be created.")
    return max(codes)


def why_no_postgres() -> str | None:
    """Return the reason why PostgreSQL cannot be used, or None when it answers."""
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[0]
    return None


def run(name: str, url: str | None, *options: str) -> int:
    environment = dict(os.environ)
    if url:
        environment["DATABASE_URL"] = url
    print(f"\n== Tests on {name}", flush=True)
    start = time.monotonic()
    command = [sys.executable, *PYTEST, *options, *sys.argv[1:]]
    code = subprocess.run(command, env=environment, check=False).returncode
    print(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - start:.0f} s", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
