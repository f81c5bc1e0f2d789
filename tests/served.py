"""The real product as a process of its own: `khien serve` on a free port, watched from outside, stopped or killed."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from store.database import Database
from store.keys import FileKeys, open_keys
from store.vault import Vault

KHIEN = Path(sys.executable).with_name("khien")
PASSWORD = "một câu rất dễ nhớ"
_START_SECONDS = 40.0  # two seconds on a quiet machine
_STOP_SECONDS = 15.0
_LINK = re.compile(r"https?://\S+")


def free_port() -> int:
    """Return a port of loopback that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True, kw_only=True)
class Served:
    """One installation: its data stays while its process comes and goes."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    roles: tuple[str, ...] = ()  # all of them where none is given
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Return where the process listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """Return where the product keeps everything."""
        return Path(self.settings.get("KHIEN_DATA_DIR", self.folder / "data"))

    @property
    def database_url(self) -> str:
        """Return what the product stores into."""
        return self.settings.get("KHIEN_DATABASE_URL", f"sqlite+aiosqlite:///{self.data / 'khien.sqlite3'}")

    @property
    def output(self) -> str:
        """Return everything that was ever written to stdout and stderr."""
        return (self.folder / "output").read_text("utf-8", "replace")

    @property
    def links(self) -> tuple[str, str]:
        """Return the last two links printed: the children's page, and the desk (or the one-time link to it)."""
        child, desk = [line for line in _LINK.findall(self.output) if line.startswith("http")][-2:]
        return child, desk

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment: that of the tests without any setting of ours, and what this one sets."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KHIEN_", "TELEGRAM_"))}
        ours = {"KHIEN_PORT": str(self.port), "KHIEN_DATA_DIR": str(self.data), "KHIEN_LOG_FORMAT": "json"}
        return kept | ours | dict(self.settings)

    async def start(self) -> None:
        """Start the process and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "output").open("ab") as output:
            part = [argument for role in self.roles for argument in ("--role", role)]
            self.process = await self._run("serve", *part, stdout=output, stderr=output)
        async with aiohttp.ClientSession() as client, asyncio.timeout(_START_SECONDS):
            while not await self._answers(client):
                if self.process.returncode is not None:
                    raise RuntimeError(f"khien serve ended with {self.process.returncode}: {self.output[-2000:]}")
                await asyncio.sleep(0.05)
            greets = not self.roles or "web" in self.roles
            while greets and len(_LINK.findall(self.output)) < 2:  # printed right behind the first answer
                await asyncio.sleep(0.02)

    async def _answers(self, client: aiohttp.ClientSession) -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            async with client.get(f"{self.url}/healthz") as response:
                return response.status == 200
        return False

    async def kill(self) -> None:
        """End the process as a power cut does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask the process to end; it has to do so by itself, with 0."""
        process = self.process
        await self._end(signal.SIGTERM)
        assert process is None or process.returncode == 0, self.output[-2000:]

    async def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(how)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def command(self, *arguments: str, stdin: str = "") -> Any:
        """Run a command of the console on the same data; returns what it printed as JSON."""
        process = await self._run(
            *arguments, "--json", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=None
        )
        printed, _ = await process.communicate(stdin.encode())
        assert process.returncode == 0, arguments
        return json.loads(printed)

    async def _run(self, *arguments: str, **pipes: Any) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(KHIEN, *arguments, env=self.environment, cwd=self.folder, **pipes)

    async def counsellor_token(self, name: str = "lan", display_name: str = "Cô Lan") -> str:
        """Make a counsellor from the console; returns a token for the staff API."""
        role = ("--role", "counsellor", "--area", "national", "--display-name", display_name)
        await self.command("staff", "add", name, *role, "--password-stdin", stdin=PASSWORD)
        made = await self.command("token", "add", "--staff", name)
        token: str = made["token"]
        return token

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[Database, Vault]]:
        """Open the product's database and vault from here, to look at what was stored."""
        database = Database(self.database_url)
        try:
            yield database, open_keys(FileKeys(self.data / "keys" / "master.json"))
        finally:
            await database.close()


@contextlib.asynccontextmanager
async def served(folder: Path, **settings: str | None) -> AsyncIterator[Served]:
    """Start the product in a folder of its own and stop it again. Settings that are None are not set."""
    product = Served(folder=folder, settings={name: value for name, value in settings.items() if value is not None})
    try:
        await product.start()
        yield product
        await product.stop()
    finally:
        await product.kill()
