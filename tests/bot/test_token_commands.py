"""Tokens from the console: made and shown once, listed without their secret, ended; each leaves an entry."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from typer.testing import CliRunner

from bot.cli import app
from bot.opening import opened
from bot.settings import load_settings
from escalation.errors import EscalationError
from escalation.staff import create_staff, passwords, sessions
from escalation.staff.sessions import token_hash
from escalation.tables import trail

PASSWORD = "mot cau that de nho"


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KHIEN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    asyncio.run(_people("lan", "nam"))


async def _people(*names: str) -> None:
    async with opened(load_settings()) as (database, vault), database.transaction() as unit:
        for name in names:
            await create_staff(
                unit,
                vault,
                name=name,
                display_name=name.capitalize(),
                role="counsellor",
                area="national",
                password=PASSWORD,
                now=datetime.now(UTC),
            )


def khien(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["token", *arguments])


def made(name: str) -> str:
    secret: str = json.loads(khien("add", "--staff", name, "--json").output)["token"]
    return secret


async def lets_in(secret: str) -> bool:
    async with opened(load_settings()) as (database, _), database.reading() as unit:
        try:
            await sessions.who(unit, secret, "api", datetime.now(UTC))
        except EscalationError:
            return False
        return True


async def entries(action: str) -> list[Any]:
    async with opened(load_settings()) as (database, _), database.reading() as unit:
        return list((await unit.execute(select(trail).where(trail.c.action == action))).all())


def test_tokens_are_listed_by_number_and_owner_and_never_with_their_secret() -> None:
    assert khien("list").output == "no token lets anybody in\n"
    lans, nams = made("lan"), made("nam")
    told, of_lan = khien("list"), khien("list", "--staff", "lan", "--json")
    for secret in (lans, nams):
        assert token_hash(secret)[:12] in told.output
        assert secret not in told.output + of_lan.output
    [row] = json.loads(of_lan.output)
    assert (row["token"], row["owner"], row["actions"]) == (token_hash(lans)[:12], "lan", None)
    looks = asyncio.run(entries("token.listed"))
    assert [(look.actor, look.stream) for look in looks] == [("operator", "system")] * 3
    assert {look.detail for look in looks} == {'{"count":0}', '{"count":2}', '{"count":1}'}


def test_a_revoked_token_lets_nobody_in_and_the_trail_of_its_owner_says_so() -> None:
    gone, stays = made("lan"), made("nam")
    ended = khien("revoke", token_hash(gone)[:12])
    assert ended.exit_code == 0, ended.output
    assert "of lan is revoked" in ended.output
    assert gone not in ended.output
    assert [asyncio.run(lets_in(secret)) for secret in (gone, stays)] == [False, True]
    [entry] = asyncio.run(entries("token.revoked"))
    assert entry.actor == "operator"
    assert entry.stream.startswith("staff:")
    again = khien("revoke", token_hash(gone)[:12])
    assert again.exit_code == 2
    assert token_hash(gone)[:12] not in khien("list").output


@pytest.mark.parametrize("cut", [0, 4, 7])
def test_too_short_a_name_ends_nothing(cut: int) -> None:
    secret = made("lan")
    assert khien("revoke", token_hash(secret)[:cut]).exit_code == 2
    assert asyncio.run(lets_in(secret))


def test_a_refusal_tells_what_to_do_and_does_not_repeat_a_secret_that_was_pasted() -> None:
    secret = made("lan")
    refused = khien("revoke", secret)
    assert refused.exit_code == 2
    assert "khien token list" in " ".join(refused.output.replace("│", " ").split())
    assert secret not in refused.output
    assert asyncio.run(lets_in(secret))
    assert asyncio.run(entries("token.revoked")) == []
    assert khien("list", "--staff", "ai").exit_code == 2
