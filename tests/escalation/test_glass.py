"""Break-glass: one case, half an hour, a sealed reason, a fresh code, in plain sight of the area's supervisors."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import select

import escalation.tables
from escalation import restrictions
from escalation.glass.tables import break_glass
from escalation.retention import purge_cases
from escalation.trail import verify
from store.database import Database
from tests.escalation.security_steps import next_code
from tests.escalation.world import Browser, Desk, World

pytest_plugins = ("tests.store.databases",)
REASON = "Công an xã cần tin ngay, hoa sữa"


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


async def far_case(world: World) -> str:
    return await world.child("em sợ lắm", items={"area": "Hà Giang"})


async def broken(browser: Browser, case_id: str, reason: str = REASON) -> int:
    return (await browser.post("/desk/glass", {"number": case_id[:6].upper(), "reason": reason})).status


@pytest.mark.parametrize("role", ["supervisor", "coordinator"])
async def test_a_far_case_opens_for_half_an_hour_to_be_read(desk: Desk, world: World, role: str) -> None:
    case_id = await far_case(world)
    mai = await world.member("mai", role, area="Lào Cai")
    browser = await desk.of(mai)
    assert (await browser.get(f"/desk/cases/{case_id}")).status != HTTPStatus.OK
    assert await broken(browser, case_id) == HTTPStatus.SEE_OTHER
    page = await browser.get(f"/desk/cases/{case_id}")
    text = await page.text()
    assert (page.status, "em sợ lắm" in text, "mở khẩn" in text) == (HTTPStatus.OK, True, True)
    assert "/claim" not in text
    assert (await browser.post(f"/desk/cases/{case_id}/claim")).status != HTTPStatus.SEE_OTHER
    assert [row.state for row in await world.rows(escalation.tables.cases)] == ["waiting"]
    actions = await world.actions(f"case:{case_id}")
    assert actions[-2:] == ["case.glass_broken", "case.viewed"]
    world.clock.advance(29 * 60)
    assert (await browser.get(f"/desk/cases/{case_id}")).status == HTTPStatus.OK
    world.clock.advance(61)
    assert (await browser.get(f"/desk/cases/{case_id}")).status != HTTPStatus.OK


async def test_through_the_glass_nobody_whispers_and_nobody_takes_over(desk: Desk, world: World) -> None:
    case_id = await far_case(world)
    near = await desk.of(await world.member("lan", area="Hà Giang"))
    await near.post("/desk/next")
    mai = await desk.of(await world.member("mai", "supervisor", area="Lào Cai"))
    assert await broken(mai, case_id) == HTTPStatus.SEE_OTHER
    text = await (await mai.get(f"/desk/cases/{case_id}")).text()
    assert ("em sợ lắm" in text, "/take-over" in text, "/whisper" in text) == (True, False, False)
    for act in ("take-over", "whisper"):
        assert (await mai.post(f"/desk/cases/{case_id}/{act}", {"text": "x"})).status == HTTPStatus.NOT_FOUND


async def test_the_supervisors_of_the_area_are_alerted_also_for_an_ended_case(desk: Desk, world: World) -> None:
    case_id = await far_case(world)
    async with world.database.transaction() as unit:
        await unit.execute(escalation.tables.cases.update().values(state="closed", closed_at=world.now))
    near = await desk.of(await world.member("thu", "supervisor", area="Hà Giang"))
    breaker = await desk.of(await world.member("mai", "supervisor", area="Lào Cai"))
    assert "mở khẩn ca này" not in await (await near.get("/desk/")).text()
    assert await broken(breaker, case_id) == HTTPStatus.SEE_OTHER
    assert "mở khẩn ca này" in await (await near.get("/desk/")).text()
    assert "mở khẩn ca này" not in await (await breaker.get("/desk/")).text()


async def test_the_reason_is_sealed_and_read_by_the_areas_supervisors_alone(desk: Desk, world: World) -> None:
    case_id = await far_case(world)
    breaker = await desk.of(await world.member("mai", "coordinator", area="Lào Cai"))
    await broken(breaker, case_id)
    [row] = await world.rows(break_glass)
    assert "hoa sữa".encode() not in row.reason_sealed
    assert "hoa sữa" not in str(await world.rows(escalation.tables.trail))
    near = await desk.of(await world.member("thu", "supervisor", area="Hà Giang"))
    far = await desk.of(await world.member("ngan", "supervisor", area="Huế"))
    auditor = await desk.of(await world.member("kien", "auditor"))
    pages = [await (await browser.get("/desk/glass")).text() for browser in (near, far, auditor)]
    assert ["hoa sữa" in page for page in pages] == [True, False, False]
    assert ["Cô Mai" in page for page in pages] == [True, False, True]


async def test_whom_the_child_declined_never_opens_it(desk: Desk, world: World) -> None:
    case_id = await far_case(world)
    mai = await world.member("mai", "supervisor", area="Lào Cai")
    browser = await desk.of(mai)
    await broken(browser, case_id)
    async with world.database.transaction() as unit:
        row = (await unit.execute(select(escalation.tables.cases))).one()
        await restrictions.restrict(
            unit,
            conversation_id=row.conversation_id,
            role=row.role,
            staff_id=mai.staff.id,
            why="child_asked",
            case_id=case_id,
            now=world.now,
        )
    assert (await browser.get(f"/desk/cases/{case_id}")).status == HTTPStatus.NOT_FOUND
    assert await broken(browser, case_id) == HTTPStatus.NOT_FOUND
    assert (await world.actions(f"staff:{mai.staff.id}"))[-3:] == ["glass.refused", "glass.listed", "access.denied"]


async def test_without_a_fresh_code_nothing_opens_and_the_reason_stays_in_its_box(desk: Desk, world: World) -> None:
    case_id = await far_case(world)
    mai = await world.member("mai", "supervisor", area="Lào Cai")
    browser = await desk.of(mai)
    world.clock.advance(301)
    answer = await browser.post("/desk/glass", {"number": case_id, "reason": REASON})
    assert answer.status == HTTPStatus.FORBIDDEN
    assert REASON in await answer.text()
    assert await world.rows(break_glass) == []
    fields = {"number": case_id, "reason": REASON, "step_up": next_code(world, mai)}
    assert (await browser.post("/desk/glass", fields)).status == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize("number", ["", "abc", "zzzzzz", "%%%%%%", "______", "'; --aa", "é" * 8])
async def test_a_number_that_is_no_cases_is_refused(desk: Desk, world: World, number: str) -> None:
    await far_case(world)
    browser = await desk.of(await world.member("mai", "supervisor", area="Lào Cai"))
    answer = await browser.post("/desk/glass", {"number": number, "reason": REASON})
    assert answer.status == HTTPStatus.NOT_FOUND
    assert REASON in await answer.text()


async def test_the_reason_goes_with_the_words_of_the_case(desk: Desk, world: World) -> None:
    case_id = await far_case(world)
    await broken(await desk.of(await world.member("mai", "supervisor", area="Lào Cai")), case_id)
    async with world.database.transaction() as unit:
        await unit.execute(escalation.tables.cases.update().values(state="closed", closed_at=world.now))
        assert await purge_cases(unit, world.now + timedelta(days=2), timedelta(days=1)) == 1
    assert [row.reason_sealed for row in await world.rows(break_glass)] == [None]


async def test_many_tabs_of_one_person_at_once_keep_one_whole_chain(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("kien", "auditor"))
    answers = await asyncio.gather(*(browser.get("/desk/glass") for _ in range(8)))
    assert {answer.status for answer in answers} == {HTTPStatus.OK}
    async with world.database.reading() as unit:
        assert await verify(unit) == (10, ())


async def test_a_case_within_reach_needs_no_glass_and_a_reason_is_never_missing(desk: Desk, world: World) -> None:
    case_id = await far_case(world)
    near = await desk.of(await world.member("thu", "supervisor", area="Hà Giang"))
    far = await desk.of(await world.member("mai", "supervisor", area="Lào Cai"))
    assert await broken(near, case_id) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await broken(far, case_id, reason=" ") == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await world.rows(break_glass) == []


@pytest.mark.parametrize("role", ["counsellor", "admin", "analyst", "auditor"])
async def test_others_never_break_it(desk: Desk, world: World, role: str) -> None:
    case_id = await far_case(world)
    browser = await desk.of(await world.member("mai", role, area="Lào Cai"))
    assert await broken(browser, case_id) == HTTPStatus.FORBIDDEN
    assert await world.rows(break_glass) == []
