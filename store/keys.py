"""Where the master keys come from: a file, a variable of the environment, or an operator's command.

All three give the same JSON: `{"hash": "<64 hex>", "master": {"1": "<64 hex>"}, "made": {"1": "<ISO time>"}}`. `hash`
finds addresses again and never changes; `made` may be missing. No error quotes what was read.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from store.vault import KEY_BYTES, KEY_ID_BYTES, Vault, VaultError

COMMAND_SECONDS = 10.0
_MOST_KEYS = 2 ** (8 * KEY_ID_BYTES) - 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Keys:
    """Master keys by number, when each was made where that is known, and the key of the address hash."""

    master: Mapping[int, bytes]
    hash_key: bytes
    made: Mapping[int, datetime]

    @property
    def newest(self) -> int:
        """Return the number of the key that wraps."""
        return max(self.master)


class KeySource(Protocol):
    """Gives the master keys, at any time."""

    @property
    def name(self) -> str:
        """Return where the keys are, in words, without any key."""
        ...

    def read(self) -> Keys:
        """Return the keys as they are now; raises VaultError that says what to do."""
        ...


def open_keys(source: KeySource) -> Vault:
    """Open a vault that asks `source` again when it meets a key that it does not know; raises VaultError."""
    keys = source.read()
    return Vault(keys.master, keys.hash_key, lambda: source.read().master)


@dataclass(frozen=True, slots=True)
class GivenKeys:
    """Keys that the environment gave at start; they cannot change while the process runs."""

    text: SecretStr
    name: str = "KHIEN_MASTER_KEYS"

    def read(self) -> Keys:
        """Return the keys; raises VaultError."""
        return parse_keys(self.text.get_secret_value(), self.name, "Set it to the JSON from the keys' backup.")


@dataclass(frozen=True, slots=True)
class CommandKeys:
    """Keys that an operator's command prints, such as the client of a key service. It runs without a shell."""

    command: str
    name: str = "KHIEN_KEYS_COMMAND"

    def read(self) -> Keys:
        """Run the command and return the keys; raises VaultError that never holds its output."""
        try:
            done = subprocess.run(  # noqa: S603  # the operator's own words, and no shell
                shlex.split(self.command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise self._failed(f"gave no answer within {COMMAND_SECONDS:.0f} seconds") from None
        except (OSError, ValueError, IndexError) as error:
            raise self._failed(f"cannot be started ({type(error).__name__})") from None
        if done.returncode != 0:
            raise self._failed(f"ended with exit code {done.returncode}")
        return parse_keys(done.stdout.decode("utf-8", "replace"), self.name, "It has to print the keys as JSON.")

    def _failed(self, how: str) -> VaultError:
        return VaultError(f"{self.name}: the command {how}. Try it by hand, as the user who runs khien.")


@dataclass(frozen=True, slots=True)
class FileKeys:
    """Keys in a file of ours that only its owner may read; the one source that `khien keys rotate` writes to."""

    path: Path

    @property
    def name(self) -> str:
        """Return where the keys are."""
        return str(self.path)

    def read(self) -> Keys:
        """Return the keys; raises VaultError."""
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            words = f"{self.path}: no key file. Restore it from the backup; without it the data cannot be read."
            raise VaultError(words) from None
        except UnicodeDecodeError:
            text = ""
        return parse_keys(text, self.name, "Restore the key file from the backup.")

    def make(self) -> None:
        """Write a fresh key file; raises FileExistsError."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = Keys(
            master={1: secrets.token_bytes(KEY_BYTES)},
            hash_key=secrets.token_bytes(KEY_BYTES),
            made={1: datetime.now(UTC)},
        )
        _write(self.path, keys)

    def add(self, after: int, now: datetime) -> int:
        """Add a master key behind key `after` and return its number; that of another process, if that was quicker."""
        with self._locked() as (path, keys):
            if keys.newest > after:
                return keys.newest
            number = keys.newest + 1
            master = {**keys.master, number: secrets.token_bytes(KEY_BYTES)}
            _replace(path, replace(keys, master=master, made={**keys.made, number: now}))
        return number

    def remove(self, number: int) -> None:
        """Take a master key out of the file for good. Nothing may be wrapped by it any more."""
        with self._locked() as (path, keys):
            master = {other: key for other, key in keys.master.items() if other != number}
            made = {other: at for other, at in keys.made.items() if other != number}
            _replace(path, replace(keys, master=master, made=made))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[tuple[Path, Keys]]:
        """Keep other writers out: of two new keys with one number the first would be lost, and its data with it."""
        path = self.path.resolve()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield path, self.read()
            os.fsync(folder)
        finally:
            os.close(folder)


def parse_keys(text: str, where: str, mend: str) -> Keys:
    """Read the JSON of the keys; raises VaultError with `where` it stands, what is wrong and how to `mend` it."""
    try:
        body = json.loads(text)
        master = _masters(body["master"])
        made = {int(number): datetime.fromisoformat(at) for number, at in body.get("made", {}).items()}
        return Keys(master=master, hash_key=_key(body["hash"]), made=made)
    except json.JSONDecodeError as error:
        raise VaultError(f"{where}:{error.lineno}: damaged keys: this is no JSON. {mend}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        shape = 'they need "hash" and "master", each key 64 hexadecimal letters, numbered from 1'
        raise VaultError(f"{where}: damaged keys: {shape}. {mend}") from None


def _masters(body: Mapping[str, str]) -> dict[int, bytes]:
    if not body:
        raise ValueError("no master key")
    return {_number(number): _key(key) for number, key in body.items()}


def _number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST_KEYS:
        raise ValueError("key numbers begin at 1")
    return number


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


def _replace(path: Path, keys: Keys) -> None:
    """Put a whole new file in the old one's place: whoever reads meanwhile gets one or the other."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)  # of a process that died before it could put it in its place
    owner = path.stat()
    _write(fresh, keys)
    # Run as root, the command must not take the file away from the product's own user.
    os.chown(fresh, owner.st_uid, owner.st_gid)
    fresh.replace(path)


def _write(path: Path, keys: Keys) -> None:
    body = {
        "hash": keys.hash_key.hex(),
        "master": {str(number): key.hex() for number, key in keys.master.items()},
        "made": {str(number): at.isoformat(timespec="seconds") for number, at in keys.made.items()},
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
