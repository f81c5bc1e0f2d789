"""Passwords: Argon2id, two at a time, so that a flood of guesses cannot eat the machine's memory."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from escalation.staff.common import is_common
from escalation.staff.errors import CommonPassword, WeakPassword
from escalation.staff.lanes import Lanes

MIN_CHARACTERS = 10
MAX_CHARACTERS = 500
_HASHER = PasswordHasher()
# A pool of two threads is the limit: each hash takes 64 MiB and about 0.15 s.
_AT_ONCE = 2
_POOL = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="argon2")
_MOST_OF_A_PLACE = 20  # three seconds of waiting
_LANES = Lanes(at_once=_AT_ONCE, most=_MOST_OF_A_PLACE)


async def hash_password(password: str, *owned: str) -> str:
    """Return the Argon2id hash to store; raises WeakPassword, or CommonPassword (also for `owned` words: the name)."""
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise WeakPassword
    if is_common(password, *owned):
        raise CommonPassword
    return await _hash(password)


async def hash_pin(pin: str) -> str:
    """Return the Argon2id hash of a PIN; `locks.check_pin` has judged it."""
    return await _hash(pin)


async def _hash(secret: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_POOL, lambda: _HASHER.hash(secret))


async def is_right(password_hash: str | None, password: str, *, lane: str) -> bool:
    """Tell whether the password is right; an unknown account (None) costs the same work and is never right.

    `lane` is where the guess comes from: a flood from one place makes nobody wait who comes from another. Raises
    TryLater where too many come from there.
    """
    async with _LANES.turn(lane):
        return await asyncio.get_running_loop().run_in_executor(_POOL, _verify, password_hash, password)


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        _HASHER.verify(password_hash or _decoy(), password[:MAX_CHARACTERS])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _decoy() -> str:
    return _HASHER.hash("nobody's password")
