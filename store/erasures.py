"""The erasure list: what was erased, kept outside the database, so that a restored backup brings none of it back.

One JSON object a line, ids and times only. A line reaches the disk before the erasure commits: a crash between the
two leaves a line too many, never one too few.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

What = Literal["all", "case", "lines"]


class ErasureListError(Exception):
    """The list cannot be read or written; the text names file, line and what to do."""


class Erasure(BaseModel):
    """One erasure, with everything that is needed to do it again on an older database."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int  # of the database's own count; one that failed shares it with the next
    at: datetime
    what: What  # all of a person, one case, or some lines
    conversation: str
    turn: int  # the inbox row whose turn erased: while that still waits, it will erase by itself
    person: str
    from_seq: int
    to_seq: int
    case: str | None = None
    claimed: bool = False  # a counsellor had read the case: the law may keep its content


class ErasureList:
    """The list as a file that is only ever added to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, erasure: Erasure) -> None:
        """Write one line and wait until the disk has it; raises OSError."""
        with self._open() as file:
            # A line end before it as well: a line torn by a crash spoils no other.
            file.write(f"\n{erasure.model_dump_json(exclude_defaults=True)}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def prepare(self) -> None:
        """Make the file where there is none; raises ErasureListError where nothing could be added to it."""
        try:
            self._open().close()
            folder = os.open(self.path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        except OSError as error:
            words = (
                f"{self.path}: the erasure list cannot be written ({error.strerror}). Let the product's user write it"
            )
            raise ErasureListError(f"{words}, or set KHIEN_ERASURE_LIST to a file that it may write.") from None

    def read(self) -> tuple[Erasure, ...]:
        """Return every erasure, oldest first; raises ErasureListError where a line is damaged."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return ()
        parsed = (self._parsed(number, line.strip()) for number, line in enumerate(lines, 1))
        return tuple(erasure for erasure in parsed if erasure is not None)

    def _parsed(self, number: int, line: bytes) -> Erasure | None:
        if not line.endswith(b"}"):
            return None  # empty, or torn by a crash: then its erasure did not commit
        try:
            return Erasure.model_validate_json(line)
        except ValidationError:
            words = f"{self.path}:{number}: this line of the erasure list is damaged"
            raise ErasureListError(f"{words}. Put the list back from its copy, or remove the line.") from None

    def _open(self) -> BinaryIO:
        return open(os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")  # noqa: PTH123
