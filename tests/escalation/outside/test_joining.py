"""The queue lives in another system, which works by webhook and API alone; what is promised to the child stays ours."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from escalation import queue, receipts, watch
from escalation.outside import announcing
from escalation.outside.queue import QueueName, owner_of
from escalation.priority import TARGETS
from escalation.tables import alert, cases
from store.database import Database
from store.tables import inbox
from tests.escalation.outside.beside import SECRET, Beside, assigned, dispatcher, told
from tests.escalation.test_api import Caller, Callers
from tests.escalation.world import Desk, Member, World

pytest_plugins = ("tests.store.databases",)
WORDS, AREA = "bố đánh em đau lắm", "Phường Lê Chân, Thành phố Hải Phòng"


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


@pytest.fixture
def queue_name() -> QueueName:
    return "external"


@pytest.fixture
async def world(world: World, queue_name: QueueName) -> World:
    world.services = replace(world.services, queue=owner_of(queue_name))
    async with world.database.transaction() as unit:
        await announcing.begin(unit)
    return world


@pytest.fixture
async def callers(server: TestServer, world: World) -> AsyncIterator[Callers]:
    made = Callers(server, world)
    yield made
    await made.close()


@pytest.fixture
async def beside() -> AsyncIterator[Beside]:
    made, app = Beside(), web.Application()
    app.router.add_post("/hook", made.hook)
    running = TestServer(app)
    await running.start_server()
    made.url = str(running.make_url("/hook"))
    yield made
    await running.close()


async def present(callers: Callers, member: Member) -> Caller:
    caller = await callers.of(member)
    assert (await caller.call("PUT", "/presence", {"on": True})).status == HTTPStatus.NO_CONTENT
    return caller


async def sweep(world: World) -> None:
    await watch.sweep(world.database, world.vault, world.now, owner=world.services.queue)


async def alerts_of(world: World, case_id: str) -> list[str]:
    rows = await world.rows(alert, case_id=case_id)
    return [row.kind for row in sorted(rows, key=lambda row: int(row.number))]


async def events_for_child(world: World, case_id: str) -> list[str]:
    """Return what the desk told the child, by the names of its notices."""
    rows = [row for row in await world.rows(inbox, kind="desk") if f"desk:{case_id}:" in row.external_id]
    return [row.external_id.split(":")[2] for row in sorted(rows, key=lambda row: int(row.seq))]


async def test_a_whole_case_goes_by_the_wire_alone(world: World, callers: Callers, beside: Beside) -> None:
    system, lan = await dispatcher(world, callers), await world.member("lan", area="Hải Phòng")
    hers = await present(callers, lan)
    case_id = await world.child(WORDS, items={"area": AREA})
    await told(world, beside)
    assert beside.heard(case_id) == ["opened"]

    people = (await (await system.call("GET", "/shift")).json())["people"]
    [free] = [one["staff"] for one in people if one["here"] == "ready"]
    assert free == lan.staff.id
    status, answer = await assigned(system, case_id, lan)
    assert status == HTTPStatus.OK
    lease = answer["lease"]
    assert (await system.call("GET", f"/cases/{case_id}")).status == HTTPStatus.FORBIDDEN, "it reads no child"

    seen = await (await hers.call("GET", f"/cases/{case_id}")).json()
    assert (seen["lease"], seen["lines"][0]["text"]) == (lease, WORDS)
    message = {"id": "m1", "text": "Chào em, chị là Lan", "lease": lease}
    for _ in range(2):  # sent again, because the answer was lost: one message
        assert (await hers.call("POST", f"/cases/{case_id}/messages", message)).status == HTTPStatus.NO_CONTENT
    assert (await hers.call("POST", f"/cases/{case_id}/renew", {"lease": lease})).status == HTTPStatus.NO_CONTENT
    end = {"lease": lease, "outcome": "advised", "summary": "ổn"}
    assert (await hers.call("POST", f"/cases/{case_id}/close", end)).status == HTTPStatus.NO_CONTENT
    await told(world, beside)

    assert beside.heard(case_id) == ["opened", "claimed", "closed"]
    assert [event.owner for event in beside.events] == [None, lan.staff.id, None]
    assert [event.number for event in beside.events] == [1, 2, 3]
    everything = "".join(event.model_dump_json() for event in beside.events)
    assert not any(word in everything for word in ("đánh", "Hải Phòng", "Lan", "Chào"))
    assert await events_for_child(world, case_id) == ["joined", "said", "closed"]
    [row] = await world.rows(cases, id=case_id)
    async with world.database.reading() as unit:
        [receipt] = await receipts.receipts_of(unit, row.conversation_id, "child")
    assert [(reader.name, reader.times) for reader in receipt.readers] == [("Cô Lan", 1)], "the child sees who read"
    assert "case.assigned" in await world.actions(f"case:{case_id}")


async def test_our_desk_takes_nobody_whom_the_other_system_still_gives(
    world: World, callers: Callers, desk: Desk
) -> None:
    lan = await world.member("lan")
    hers, page = await present(callers, lan), await desk.of(lan)
    case_id = await world.child(WORDS)
    for path, body in (("/cases/next", None), (f"/cases/{case_id}/claim", None)):
        answer = await hers.call("POST", path, body)
        assert answer.status == HTTPStatus.CONFLICT
        assert "Another system gives this child" in (await answer.json())["error"]
    picked = await hers.call("POST", f"/cases/{case_id}/pick", {"reason": "skill"})
    assert picked.status == HTTPStatus.CONFLICT
    shown = await (await page.get("/desk/")).text()
    assert "Hệ thống điều phối của đơn vị giao từng em" in shown
    assert "Hệ thống điều phối đang giao em này" in shown
    assert 'action="/desk/next"' not in shown
    assert f"/desk/cases/{case_id}/claim" not in shown
    refused = await page.post(f"/desk/cases/{case_id}/claim")
    assert refused.status == HTTPStatus.CONFLICT
    assert "đang được hệ thống điều phối giao" in await refused.text()
    assert (await page.post("/desk/next")).headers["Location"].endswith("/?elsewhere")
    assert "Chưa có em nào để nhận ở đây" in await (await page.get("/desk/?elsewhere")).text()
    assert "Em này đang được hệ thống điều phối giao" in await (await page.get(f"/desk/cases/{case_id}")).text()
    assert [row.state for row in await world.rows(cases)] == ["waiting"]


@pytest.mark.parametrize("urgency", ["emergency", "high", "moderate"])
async def test_whom_nobody_is_given_to_in_time_comes_back_to_our_desk_with_an_alert(
    world: World, callers: Callers, desk: Desk, beside: Beside, urgency: str
) -> None:
    lan = await world.member("lan")
    case_id = await world.child(WORDS, urgency=urgency)
    beside.down = True
    await told(world, beside)
    world.clock.advance(TARGETS[urgency] / timedelta(seconds=1))
    hers, page = await present(callers, lan), await desk.of(lan)
    # By the clock alone: no watch has run yet.
    assert [row.front for row in await world.rows(cases)] == [False]
    assert 'action="/desk/next"' in await (await page.get("/desk/")).text()
    await sweep(world)
    assert await alerts_of(world, case_id) == ["late_first_reply", "not_assigned"]
    answer = await hers.call("POST", "/cases/next")
    assert (answer.status, (await answer.json())["case"]) == (HTTPStatus.OK, case_id)
    beside.down = False
    world.clock.advance(7200)
    await told(world, beside)
    assert beside.heard(case_id) == ["opened", "breached", "claimed"]


async def test_a_system_that_dies_in_the_middle_loses_no_child(
    world: World, callers: Callers, desk: Desk, beside: Beside
) -> None:
    system, lan, nam = await dispatcher(world, callers), await world.member("lan"), await world.member("nam")
    hers = await present(callers, lan)
    case_id = await world.child(WORDS, urgency="moderate")
    await told(world, beside)
    _, answer = await assigned(system, case_id, lan)
    lease = answer["lease"]
    beside.down = True  # the whole system is gone: it hears nothing, and nobody renews
    await told(world, beside)
    world.clock.advance(queue.LEASE_SECONDS)
    await sweep(world)
    assert "lease_lost" in await alerts_of(world, case_id)
    assert await events_for_child(world, case_id) == ["joined", "released"], "the child is told"
    late = await hers.call("POST", f"/cases/{case_id}/messages", {"id": "m1", "text": "Chào em", "lease": lease})
    assert late.status == HTTPStatus.CONFLICT
    # Long before the target our own desk takes the child up.
    page = await desk.of(nam)
    assert (await page.post("/desk/next")).headers["Location"].endswith(f"/cases/{case_id}")
    beside.down = False
    world.clock.advance(7200)
    await told(world, beside)
    assert beside.heard(case_id) == ["opened", "claimed", "returned", "claimed"]
    assert beside.events[-1].owner == nam.staff.id


async def test_what_comes_twice_is_done_once(world: World, callers: Callers, beside: Beside) -> None:
    system, lan, nam = await dispatcher(world, callers), await world.member("lan"), await world.member("nam")
    for member in (lan, nam):
        await present(callers, member)
    case_id = await world.child(WORDS)
    beside.forgets = 2  # it takes the event and dies before its answer, twice
    for wait in (5, 30, 120):
        await told(world, beside)
        world.clock.advance(wait)
    assert beside.posts == [f"{case_id}-case-1"] * 3
    assert beside.heard(case_id) == ["opened"]
    for member in (lan, nam):
        await present(callers, member)
    first, again = await assigned(system, case_id, lan), await assigned(system, case_id, lan)
    assert first == again
    assert first[0] == HTTPStatus.OK
    assert (await assigned(system, case_id, nam))[0] == HTTPStatus.CONFLICT
    assert (await world.actions(f"case:{case_id}")).count("case.claimed") == 1


async def test_a_forged_call_is_turned_away_on_both_sides(world: World, callers: Callers, beside: Beside) -> None:
    case_id = await world.child(WORDS)
    await told(world, beside)
    forged = b'{"kind":"opened"}'
    async with ClientSession() as session:
        for signature in ("", "t=1,v1=", f"t=1,v1={SECRET.hex()}", "v1"):
            headers = {"Khien-Id": "x", "Khien-Signature": signature}
            async with session.post(beside.url, data=forged, headers=headers) as answer:
                assert answer.status == HTTPStatus.UNAUTHORIZED
    assert (beside.turned_away, len(beside.events)) == (4, 1)
    stranger = callers.anonymous("x" * 43)
    answer = await stranger.call("POST", f"/cases/{case_id}/assign", {"to": "x"})
    assert answer.status == HTTPStatus.UNAUTHORIZED
    assert [row.state for row in await world.rows(cases)] == ["waiting"]


async def refused(caller: Caller, case_id: str, to: Member) -> tuple[int, Any]:
    status, answer = await assigned(caller, case_id, to)
    return status, answer.get("error")


async def test_only_somebody_who_is_there_and_may_have_the_child_is_given_it(world: World, callers: Callers) -> None:
    system = await dispatcher(world, callers)
    lan, far = await world.member("lan"), await world.member("xa", area="Cà Mau")
    case_id = await world.child(WORDS, items={"area": AREA})
    absent = HTTPStatus.UNPROCESSABLE_ENTITY
    assert (await refused(system, case_id, lan))[0] == absent  # not at the desk
    hers = await present(callers, lan)
    await present(callers, far)
    await present(callers, await world.member("xem", "supervisor"))
    assert (await refused(system, case_id, far))[0] == absent  # another area
    nam = await world.member("nam")
    await present(callers, nam)
    await world.declines(case_id, nam)
    assert (await refused(system, case_id, nam))[0] == absent  # the child asked for somebody else
    elsewhere = await dispatcher(world, callers, "camau", area="Cà Mau")
    assert (await refused(elsewhere, case_id, lan))[0] == HTTPStatus.NOT_FOUND
    assert (await refused(hers, case_id, lan))[0] == HTTPStatus.FORBIDDEN  # a counsellor gives nobody a child
    assert (await refused(system, case_id, lan))[0] == HTTPStatus.OK
    more = [await world.child(WORDS), await world.child(WORDS)]
    assert (await refused(system, more[0], lan))[0] == HTTPStatus.OK
    status, words = await refused(system, more[1], lan)
    assert status == HTTPStatus.CONFLICT
    assert "as many children" in words
    emergency = await world.child(WORDS, urgency="emergency")
    assert (await refused(system, emergency, lan))[0] == HTTPStatus.OK  # danger asks for no limit


@pytest.mark.parametrize("queue_name", ["internal"])
async def test_where_the_queue_is_ours_nobody_else_gives_out_children(world: World, callers: Callers) -> None:
    system, lan = await dispatcher(world, callers), await world.member("lan")
    await present(callers, lan)
    status, words = await refused(system, await world.child(WORDS), lan)
    assert status == HTTPStatus.CONFLICT
    assert "KHIEN_QUEUE" in words
