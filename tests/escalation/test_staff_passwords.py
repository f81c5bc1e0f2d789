"""The real hash: Argon2id at the strength of the library, the same work for nobody's password."""

import time

import pytest

from escalation.staff import passwords
from escalation.staff.errors import WeakPassword


async def test_a_right_password_is_told_from_a_wrong_one() -> None:
    stored = await passwords.hash_password("một câu dễ nhớ")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.is_right(stored, "một câu dễ nhớ", lane="here")
    assert not await passwords.is_right(stored, "một câu dễ quên", lane="here")


async def test_an_unknown_account_costs_as_much_and_is_never_right() -> None:
    stored = await passwords.hash_password("một câu dễ nhớ")
    await passwords.is_right(None, "warm up", lane="here")
    began = time.perf_counter()
    await passwords.is_right(stored, "một câu dễ quên", lane="here")
    known = time.perf_counter() - began
    began = time.perf_counter()
    assert not await passwords.is_right(None, "nobody's password", lane="here")
    unknown = time.perf_counter() - began
    assert unknown > known / 5


@pytest.mark.parametrize("password", ["", "123456789", "x" * 501])
async def test_a_short_or_endless_password_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        await passwords.hash_password(password)


async def test_a_damaged_hash_lets_nobody_in() -> None:
    assert not await passwords.is_right("not a hash", "anything at all", lane="here")
