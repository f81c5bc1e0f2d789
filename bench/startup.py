"""How long from `khien serve` to the first answer, and how much memory the whole product holds."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_PORT = 8931
_MOST_SECONDS = 60.0


def measure() -> dict[str, Any]:
    """Start the product on an empty folder and again on the same one; seconds until /healthz answers, and memory."""
    with tempfile.TemporaryDirectory(prefix="khien-bench-") as folder:
        bare = _bare_python()
        first, _ = _start(folder)
        again, megabytes = _start(folder)
    return {
        "first_start_seconds": round(first, 2),
        "next_start_seconds": round(again, 2),
        "bare_python_seconds": round(bare, 3),
        "next_start_per_bare_python": round(again / bare, 1),
        "memory_megabytes": megabytes,
    }


def _bare_python() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - started


def _start(folder: str) -> tuple[float, int]:
    environment = {**os.environ, "KHIEN_DATA_DIR": folder, "KHIEN_PORT": str(_PORT)}
    command = [str(Path(sys.executable).parent / "khien"), "serve"]
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers():
            if time.perf_counter() - started > _MOST_SECONDS:
                raise RuntimeError("khien serve did not answer in time")
            time.sleep(0.02)
        return time.perf_counter() - started, _megabytes(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=_MOST_SECONDS)


def _answers() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{_PORT}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def _megabytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))
