"""The admin's page: accounts made, listed and switched off."""

import re
from http import HTTPStatus

import pyotp
import pytest

import escalation.tables
from tests.escalation.world import PASSWORD, Desk, World

NEW = {"name": "nam", "display_name": "Chú Nam", "role": "counsellor", "area": "Hà Nội", "password": PASSWORD}


async def test_an_admin_makes_an_account_and_sees_its_code_once(desk: Desk, world: World) -> None:
    admin = await world.member("minh", "admin")
    browser = await desk.of(admin)
    page = await (await browser.post("/desk/staff", NEW)).text()
    [secret] = re.findall(r'data-name="nam">([A-Z2-7 ]+)<', page)
    listed = await (await browser.get("/desk/staff")).text()
    assert "Chú Nam" in listed
    assert secret not in listed
    fields = {"name": "nam", "password": PASSWORD, "code": pyotp.TOTP(secret.replace(" ", "")).at(world.now)}
    assert (await desk.browser().post("/desk/sign-in", fields)).status == HTTPStatus.SEE_OTHER
    [row] = await world.rows(escalation.tables.staff, name="nam")
    [entry] = await world.rows(escalation.tables.trail, stream=f"staff:{row.id}", action="staff.created")
    assert entry.actor == admin.staff.id


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("password", "short", "ít nhất 10 ký tự"), ("name", "minh", "đã có người dùng"), ("name", "!", "2 đến 64")],
)
async def test_a_refused_account_says_why_and_keeps_the_form(
    desk: Desk, world: World, field: str, value: str, words: str
) -> None:
    browser = await desk.of(await world.member("minh", "admin"))
    answer = await browser.post("/desk/staff", NEW | {field: value})
    page = await answer.text()
    assert answer.status in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT}
    assert words in page
    assert 'value="Chú Nam"' in page
    assert PASSWORD not in page


async def test_switching_off_ends_the_persons_sessions(desk: Desk, world: World) -> None:
    admin, lan = await world.member("minh", "admin"), await world.member("lan")
    theirs, browser = await desk.of(lan), await desk.of(admin)
    assert (await browser.post(f"/desk/staff/{lan.staff.id}/deactivate")).status == HTTPStatus.SEE_OTHER
    assert (await theirs.get("/desk/", allow_redirects=False)).status == HTTPStatus.SEE_OTHER
    assert (await desk.browser().sign_in(lan)).status == HTTPStatus.UNAUTHORIZED
    assert "Đã khóa" in await (await browser.get("/desk/staff")).text()
    assert (await browser.post(f"/desk/staff/{lan.staff.id}/deactivate")).status == HTTPStatus.NOT_FOUND
    own = await browser.post(f"/desk/staff/{admin.staff.id}/deactivate")
    assert own.status == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("role", ["counsellor", "supervisor", "auditor"])
async def test_others_cannot_manage_accounts(desk: Desk, world: World, role: str) -> None:
    lan = await world.member("lan")
    browser = await desk.of(await world.member("nam", role))
    assert (await browser.get("/desk/staff")).status == HTTPStatus.FORBIDDEN
    assert (await browser.post("/desk/staff", NEW | {"name": "x1"})).status == HTTPStatus.FORBIDDEN
    assert (await browser.post(f"/desk/staff/{lan.staff.id}/deactivate")).status == HTTPStatus.FORBIDDEN
    assert len(await world.rows(escalation.tables.staff)) == 2
