"""Accounts, passwords, codes, sessions and tokens."""

from datetime import timedelta

import pyotp
import pytest

import escalation.tables
from escalation.errors import BadRequest, EscalationError
from escalation.staff import any_staff, codes, create_api_token, create_staff, deactivate, list_staff, sessions
from escalation.staff.errors import BadName, NameTaken, NoSuchStaff, SignedOut, WeakPassword
from escalation.trail import verify
from store.database import Database
from tests.escalation.world import PASSWORD, World

pytest_plugins = ("tests.store.databases",)


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


GOOD = {
    "name": "lan",
    "display_name": "Cô Lan",
    "role": "counsellor",
    "area": "national",
    "password": PASSWORD,
}


async def test_an_account_is_stored_without_its_secrets_in_clear(world: World) -> None:
    lan = await world.member("lan")
    [row] = await world.rows(escalation.tables.staff)
    assert row.password_hash.startswith("$argon2id$")
    assert PASSWORD not in row.password_hash
    assert lan.secret.encode() not in row.totp_sealed
    assert await world.actions(f"staff:{lan.staff.id}") == ["staff.created"]


async def test_any_staff_tells_whether_somebody_has_an_account(world: World) -> None:
    async with world.database.reading() as unit:
        assert not await any_staff(unit)
    await world.member("lan")
    async with world.database.reading() as unit:
        assert await any_staff(unit)


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("password", "123456789", WeakPassword),
        ("name", "l", BadName),
        ("name", "cô lan", BadName),
        ("display_name", "   ", BadName),
        ("display_name", "x" * 65, BadName),
        ("role", "king", BadRequest),
        ("area", "x" * 201, BadRequest),
    ],
)
async def test_a_bad_account_is_refused(world: World, field: str, value: str, refusal: type[EscalationError]) -> None:
    wanted = GOOD | {field: value}
    with pytest.raises(refusal):
        async with world.database.transaction() as unit:
            await create_staff(unit, world.vault, now=world.now, **wanted)
    assert await world.rows(escalation.tables.staff) == []


@pytest.mark.parametrize("name", ["lan", "LAN", " lan "])
async def test_a_name_is_taken_once(world: World, name: str) -> None:
    await world.member("lan")
    with pytest.raises(NameTaken):
        async with world.database.transaction() as unit:
            await create_staff(unit, world.vault, now=world.now, **(GOOD | {"name": name}))


async def test_names_and_areas_are_stored_tidily(world: World) -> None:
    async with world.database.transaction() as unit:
        made, _ = await create_staff(
            unit, world.vault, now=world.now, **(GOOD | {"display_name": " Cô   Lan ", "area": "Hà Nội ;; Nghệ An "})
        )
    assert (made.display_name, made.area) == ("Cô Lan", "Hà Nội; Nghệ An")


async def test_an_account_is_switched_off_with_its_sessions_and_tokens(world: World) -> None:
    lan = await world.member("lan")
    async with world.database.transaction() as unit:
        browser = await sessions.open_session(unit, lan.staff.id, "browser", world.now)
        token = await create_api_token(unit, staff_name="lan", now=world.now)
        await deactivate(unit, world.vault, lan.staff.id, now=world.now)
    async with world.database.reading() as unit:
        for given, kind in ((browser, "browser"), (token, "api")):
            with pytest.raises(SignedOut):
                await sessions.who(unit, given, kind, world.now)  # type: ignore[arg-type]
        assert [account.active for account in await list_staff(unit)] == [False]
    with pytest.raises(NoSuchStaff):
        async with world.database.transaction() as unit:
            await deactivate(unit, world.vault, lan.staff.id, now=world.now)
    with pytest.raises(NoSuchStaff):
        async with world.database.transaction() as unit:
            await create_api_token(unit, staff_name="lan", now=world.now)


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_a_code_of_a_clock_half_a_minute_off_is_good(world: World, drift: int) -> None:
    secret = codes.new_secret()
    code = pyotp.TOTP(secret).at(world.now + timedelta(seconds=drift))
    assert codes.used_step(secret, code, after=0, now=world.now) is not None


@pytest.mark.parametrize("drift", [-90, 90])
def test_a_code_of_another_time_is_refused(world: World, drift: int) -> None:
    secret = codes.new_secret()
    code = pyotp.TOTP(secret).at(world.now + timedelta(seconds=drift))
    assert codes.used_step(secret, code, after=0, now=world.now) is None


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "abcdef", "<b>"])
def test_what_is_no_code_is_refused(world: World, typed: str) -> None:
    assert codes.used_step(codes.new_secret(), typed, after=0, now=world.now) is None


def test_the_picture_scales_and_needs_no_style() -> None:
    picture = codes.qr_svg(codes.new_secret(), "lan")
    assert "viewBox" in picture
    assert "style" not in picture


async def test_only_the_hash_of_a_token_is_stored(world: World) -> None:
    lan = await world.member("lan")
    async with world.database.transaction() as unit:
        token = await sessions.open_session(unit, lan.staff.id, "browser", world.now)
    [row] = await world.rows(escalation.tables.staff_session)
    assert token not in str(row)


@pytest.mark.parametrize(("kind", "days"), [("api", 90)])
async def test_a_token_lasts_ninety_days(world: World, kind: str, days: int) -> None:
    await world.member("lan")
    async with world.database.transaction() as unit:
        token = await create_api_token(unit, staff_name="lan", now=world.now)
    async with world.database.reading() as unit:
        late = world.now + timedelta(days=days)
        assert (await sessions.who(unit, token, "api", late - timedelta(minutes=1))).kind == kind
        with pytest.raises(SignedOut):
            await sessions.who(unit, token, "api", late)
        with pytest.raises(SignedOut):
            await sessions.who(unit, token, "browser", world.now)


async def test_the_trail_of_accounts_is_whole(world: World) -> None:
    lan = await world.member("lan")
    async with world.database.transaction() as unit:
        await create_api_token(unit, staff_name="lan", now=world.now)
        await deactivate(unit, world.vault, lan.staff.id, now=world.now)
    assert await world.actions(f"staff:{lan.staff.id}") == [
        "staff.created",
        "staff.token_created",
        "staff.deactivated",
    ]
    async with world.database.reading() as unit:
        assert await verify(unit) == (3, ())
