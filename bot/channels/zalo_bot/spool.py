"""Keeps what Zalo has handed out on this machine's disk, sealed, until the database has it.

Zalo gives each event once and forgets it, so a process that dies between the answer and the database would lose it.
Kept is what the inbox will hold, and no longer than until it does.
"""

import asyncio
import itertools
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from bot.channels.port import Received
from store.vault import Vault

_SUFFIX = ".sealed"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one event brought, and the file that keeps it; None where the disk would not."""

    found: tuple[Received, ...]
    path: Path | None = None

    @property
    def address(self) -> str:
        """Return whose it is: an event is of one person."""
        return self.found[0].address


class Spool:
    """A folder of sealed files, one for each event that is not stored yet."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault
        self._began = time.time_ns()  # read once: a clock that is set back meanwhile changes no order
        self._numbers = itertools.count()

    async def keep(self, found: Sequence[Received]) -> Entry:
        """Write down what an event brought; a disk that fails is told in the log, and memory has to do."""
        # The order of names is the order in which events came.
        path = self._folder / f"{self._began:020d}-{next(self._numbers):09d}{_SUFFIX}"
        sealed = self._vault.seal(_place(path), [asdict(received) for received in found])
        try:
            await asyncio.to_thread(_write, path, sealed)
        except OSError as error:
            log.error("zalo_bot.not_spooled", channel="zalo_bot", error=type(error).__name__)
            return Entry(found=tuple(found))
        return Entry(found=tuple(found), path=path)

    async def done(self, entry: Entry) -> None:
        """Forget an event that the database has."""
        if entry.path is not None:
            try:
                await asyncio.to_thread(entry.path.unlink, missing_ok=True)
            except OSError as error:  # it comes again at the next start, and is known by its external id
                log.warning("zalo_bot.spool_not_emptied", channel="zalo_bot", error=type(error).__name__)

    async def waiting(self) -> list[Entry]:
        """Return what an earlier process left, oldest first; a file that cannot be read stays, and is told of."""
        paths = await asyncio.to_thread(lambda: sorted(self._folder.glob(f"*{_SUFFIX}")))
        return [entry for path in paths if (entry := await self._read(path)) is not None]

    async def _read(self, path: Path) -> Entry | None:
        try:
            kept = self._vault.open(_place(path), await asyncio.to_thread(path.read_bytes))
            return Entry(found=tuple(Received(**received) for received in kept), path=path)
        except Exception as error:  # noqa: BLE001 - a damaged file or a lost key must not keep the others back
            log.error("zalo_bot.spool_unreadable", channel="zalo_bot", error=type(error).__name__)
            return None


def _place(path: Path) -> str:
    return f"zalo_bot/{path.name}"


def _write(path: Path, sealed: bytes) -> None:
    """Write a file that is either whole or not there, also after a power cut."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
