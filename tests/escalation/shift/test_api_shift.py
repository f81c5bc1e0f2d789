"""The shift through the API: the same rules as on the pages, refusals in words."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest
from aiohttp.test_utils import TestServer

from escalation import queue
from tests.escalation.test_api import Caller, Callers
from tests.escalation.world import World


@pytest.fixture
async def callers(server: TestServer, world: World) -> AsyncIterator[Callers]:
    made = Callers(server, world)
    yield made
    await made.close()


async def status(caller: Caller, method: str, path: str, body: object = None) -> int:
    return (await caller.call(method, path, body)).status


async def test_picking_handing_over_whispering_and_taking_over(callers: Callers, world: World) -> None:
    lan, nam = await world.member("lan"), await world.member("nam")
    hers, his = await callers.of(lan), await callers.of(nam)
    boss = await callers.of(await world.member("thu", "supervisor"))
    await world.child(urgency="emergency")
    case_id = await world.child(urgency="high")
    place = f"/cases/{case_id}"
    assert await status(hers, "POST", f"{place}/claim") == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await status(hers, "POST", f"{place}/pick", {"reason": "because"}) == HTTPStatus.UNPROCESSABLE_ENTITY
    lease = (await (await hers.call("POST", f"{place}/pick", {"reason": "skill"})).json())["lease"]
    sent = {"lease": lease, "way": "warm", "to": nam.staff.id, "note": "Em đang bình tĩnh"}
    assert await status(hers, "POST", f"{place}/transfer", sent) == HTTPStatus.UNPROCESSABLE_ENTITY  # nobody is there
    assert await status(his, "PUT", "/presence", {"on": True}) == HTTPStatus.NO_CONTENT
    assert await status(hers, "POST", f"{place}/transfer", sent | {"way": "queue"}) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await status(hers, "POST", f"{place}/transfer", sent) == HTTPStatus.NO_CONTENT
    assert await status(hers, "POST", f"{place}/transfer/recall", {"lease": lease}) == HTTPStatus.NO_CONTENT
    assert await status(his, "POST", f"{place}/transfer/accept") == HTTPStatus.CONFLICT
    assert await status(hers, "POST", f"{place}/transfer", sent) == HTTPStatus.NO_CONTENT
    assert (await (await his.call("POST", f"{place}/transfer/accept")).json())["lease"] == lease + 1
    assert await status(hers, "POST", f"{place}/renew", {"lease": lease}) == HTTPStatus.CONFLICT
    assert await status(his, "POST", f"{place}/whisper", {"text": "x"}) == HTTPStatus.FORBIDDEN
    assert await status(boss, "POST", f"{place}/whisper", {"text": "x"}) == HTTPStatus.NO_CONTENT
    assert await status(his, "POST", f"{place}/take-over") == HTTPStatus.FORBIDDEN
    assert (await (await boss.call("POST", f"{place}/take-over")).json())["lease"] == lease + 2
    back = {"lease": lease + 2, "way": "queue", "note": "Trả lại"}
    assert await status(boss, "POST", f"{place}/transfer", back) == HTTPStatus.NO_CONTENT


async def test_the_board_the_lobby_and_a_break(callers: Callers, world: World) -> None:
    lan = await world.member("lan")
    hers = await callers.of(lan)
    boss = await callers.of(await world.member("thu", "supervisor"))
    case_id = await world.child("Bố đánh em")
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
    board = await (await boss.call("GET", "/shift")).text()
    assert case_id not in board
    assert "Bố đánh em" not in board
    assert '"children":1,"most":2' in board
    assert await status(hers, "GET", "/shift") == HTTPStatus.FORBIDDEN
    assert [one["count"] for one in await (await hers.call("GET", "/lobby")).json()] == [None] * 3
    assert await status(hers, "POST", "/break") == HTTPStatus.NO_CONTENT
    assert '"here":"resting"' in await (await boss.call("GET", "/shift")).text()
    assert await status(hers, "PUT", "/presence", {"on": True}) == HTTPStatus.NO_CONTENT
    assert '"here":"ready"' in await (await boss.call("GET", "/shift")).text()


@pytest.mark.parametrize("role", ["admin", "analyst", "auditor", "coordinator"])
async def test_other_roles_do_none_of_it(callers: Callers, world: World, role: str) -> None:
    case_id = await world.child()
    caller = await callers.of(await world.member("ai", role))
    handing = {"lease": 1, "way": "queue", "note": "x"}
    for method, path, body in (
        ("POST", f"/cases/{case_id}/pick", {"reason": "other"}),
        ("POST", f"/cases/{case_id}/transfer", handing),
        ("POST", f"/cases/{case_id}/transfer/accept", None),
        ("POST", f"/cases/{case_id}/transfer/decline", None),
        ("POST", f"/cases/{case_id}/transfer/recall", {"lease": 1}),
        ("POST", f"/cases/{case_id}/take-over", None),
        ("POST", f"/cases/{case_id}/whisper", {"text": "x"}),
        ("POST", "/break", None),
        ("GET", "/shift", None),
        ("GET", "/lobby", None),
    ):
        assert await status(caller, method, path, body) == HTTPStatus.FORBIDDEN, path
