"""Restarts a test's PostgreSQL under the product, as a crash and a new start do."""

import os
import pwd
import subprocess
from typing import Literal

from tests.postgres import BINARIES, Postgres


def control(postgres: Postgres, what: Literal["restart", "stop", "start"]) -> None:
    """Stop or start the server at once, without saying good-bye to anybody."""
    identity = {} if os.geteuid() else {"user": pwd.getpwnam("nobody").pw_uid, "extra_groups": []}
    data = postgres.socket_dir / "data"
    options = [] if what == "start" else ["-m", "immediate"]
    command = [BINARIES / "pg_ctl", "-D", data, "-w", "-l", "/dev/null", *options, what]
    if what == "start":
        command += ["-o", f"-c listen_addresses= -c unix_socket_directories={postgres.socket_dir}"]
    subprocess.run(command, check=True, capture_output=True, cwd=postgres.socket_dir, **identity)  # type: ignore[call-overload]
