"""Recovery codes, one by one and as a machine: each works once, only for its owner, only until a newer set."""

import asyncio
import re
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import escalation.tables
from escalation.staff import recovery
from escalation.staff.tables import recovery_code
from store.database import Database
from store.tables import metadata
from store.vault import Vault
from tests.escalation.security_steps import next_code, recovery_codes
from tests.escalation.world import PASSWORD, Desk, Member, World

VAULT = Vault({1: b"k" * 32}, b"h" * 32)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def fields_of(member: Member, code: str) -> dict[str, str]:
    return {"name": member.staff.name, "password": PASSWORD, "code": code}


async def test_ten_codes_are_shown_once_and_stored_as_hashes(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = await desk.of(lan)
    codes = await recovery_codes(browser)
    assert len(set(codes)) == recovery.HOW_MANY
    rows = await world.rows(recovery_code)
    assert len(rows) == recovery.HOW_MANY
    assert not any(recovery.tidy(code) in str(row) for row in rows for code in codes)
    page = await (await browser.get("/desk/account")).text()
    assert "Còn 10 mã" in page
    assert not any(code in page for code in codes)


async def test_a_code_lets_in_once_and_its_owner_is_told(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    codes = await recovery_codes(await desk.of(lan))
    browser = desk.browser()
    answer = await browser.post("/desk/recover", fields_of(lan, codes[0].upper().replace("-", " ")))
    assert (answer.status, answer.headers["Location"]) == (HTTPStatus.SEE_OTHER, "/desk/account")
    page = await (await browser.get("/desk/")).text()
    assert "Một mã dự phòng đã được dùng" in page
    assert "Còn 9 mã" in await (await browser.get("/desk/account")).text()
    again = await desk.browser().post("/desk/recover", fields_of(lan, codes[0]))
    assert again.status == HTTPStatus.UNAUTHORIZED
    assert "staff.recovery_used" in await world.actions(f"staff:{lan.staff.id}")


async def test_of_two_at_once_one_gets_in(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    codes = await recovery_codes(await desk.of(lan))
    answers = await asyncio.gather(*(desk.browser().post("/desk/recover", fields_of(lan, codes[3])) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [303, 401, 401]


async def test_a_wrong_password_uses_no_code_up(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    codes = await recovery_codes(await desk.of(lan))
    wrong = fields_of(lan, codes[0]) | {"password": "not the password"}
    assert (await desk.browser().post("/desk/recover", wrong)).status == HTTPStatus.UNAUTHORIZED
    async with world.database.reading() as unit:
        assert await recovery.left(unit, lan.staff.id) == recovery.HOW_MANY


async def test_a_code_is_its_owners_alone(desk: Desk, world: World) -> None:
    lan, nam = await world.member("lan"), await world.member("nam")
    codes = await recovery_codes(await desk.of(lan))
    assert (await desk.browser().post("/desk/recover", fields_of(nam, codes[0]))).status == HTTPStatus.UNAUTHORIZED


async def test_new_codes_need_a_fresh_code_and_end_the_old_ones(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = await desk.of(lan)
    old = await recovery_codes(browser)
    world.clock.advance(301)
    assert (await browser.post("/desk/account/recovery")).status == HTTPStatus.FORBIDDEN
    fresh = await browser.post("/desk/account/recovery", {"step_up": next_code(world, lan)})
    assert fresh.status == HTTPStatus.OK
    assert (await desk.browser().post("/desk/recover", fields_of(lan, old[0]))).status == HTTPStatus.UNAUTHORIZED


async def test_by_a_recovery_code_a_new_authenticator_is_set_up_with_the_password(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    codes = await recovery_codes(await desk.of(lan))
    browser = desk.browser()
    await browser.post("/desk/recover", fields_of(lan, codes[0]))
    # It is no fresh code: what asks for one still does.
    assert (await browser.post("/desk/account/recovery")).status == HTTPStatus.FORBIDDEN
    wrong = await browser.post("/desk/account/authenticator", {"old_password": "not the password"})
    assert wrong.status == HTTPStatus.FORBIDDEN
    page = await (await browser.post("/desk/account/authenticator", {"old_password": PASSWORD})).text()
    [secret] = re.findall(r'data-name="lan">([A-Z2-7 ]+)<', page)
    new = Member(staff=lan.staff, secret=secret.replace(" ", ""))
    assert (await desk.browser().sign_in(lan)).status == HTTPStatus.SEE_OTHER  # the old one is good until then
    confirmed = await browser.post("/desk/account/authenticator/code", {"code": next_code(world, new)})
    assert confirmed.headers["Location"] == "/desk/account?done=authenticator"
    assert (await desk.browser().sign_in(lan)).status == HTTPStatus.UNAUTHORIZED
    assert (await desk.browser().sign_in(new)).status == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("typed", ["0123-4567-89ab-cdef", "", "é" * 16, "-" * 40, "\udcff", "ａ" * 16])
async def test_what_is_no_code_is_refused(desk: Desk, world: World, typed: str) -> None:
    lan = await world.member("lan")
    await recovery_codes(await desk.of(lan))
    async with world.database.transaction() as unit:
        assert not await recovery.use(unit, world.vault, lan.staff.id, typed, world.now)


@given(steps=st.lists(st.one_of(st.integers(0, 11), st.just("renew")), max_size=25))
@settings(max_examples=25, deadline=None)
def test_a_code_works_once_until_a_newer_set(steps: list[int | str], tmp_path_factory: pytest.TempPathFactory) -> None:
    async def play(file: Path) -> None:
        database = Database(f"sqlite+aiosqlite:///{file}", synchronous="OFF")
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        async with database.transaction() as unit:
            values = {"id": "s", "name": "s", "display_name": "S", "role": "counsellor", "area": "national"}
            rest = {"password_hash": "-", "totp_sealed": b"-", "totp_last": 0, "active": True, "created_at": NOW}
            await unit.execute(escalation.tables.staff.insert().values(**values, **rest))
            old: list[str] = ["aaaa-aaaa-aaaa-aaaa"]
            codes = list(await recovery.make_codes(unit, VAULT, "s", by="s", now=NOW))
            good = set(codes)
            for step in steps:
                if step == "renew":
                    old = codes
                    codes = list(await recovery.make_codes(unit, VAULT, "s", by="s", now=NOW))
                    good = set(codes)
                    continue
                code = codes[int(step)] if int(step) < len(codes) else old[0]
                assert await recovery.use(unit, VAULT, "s", code, NOW) is (code in good)
                good.discard(code)
                assert await recovery.left(unit, "s") == len(good)
        await database.close()

    asyncio.run(play(tmp_path_factory.mktemp("codes") / "codes.db"))
