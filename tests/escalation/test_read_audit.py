"""Whoever is shown a child's words or name leaves an entry in the trail: tried at every page the desk has."""

import asyncio
import re

from aiohttp import ClientResponse, web

import escalation.tables
from escalation import complaints
from escalation.desk import desk_app
from escalation.trail import verify
from store import conversations
from tests.escalation.world import Desk, World

WORDS = ("hoa-sữa-thơm", "Bé-Thỏ-Xám", "0912000111")


def pages(world: World) -> list[str]:
    """Return the path of every GET route, so that a page of tomorrow is tried too."""
    resources = [route.resource for route in desk_app(world.services).router.routes() if route.method == "GET"]
    found = {resource.canonical for resource in resources if isinstance(resource, web.Resource)}
    return sorted(found)


async def shown(answer: ClientResponse) -> str:
    """Return the page, or what a live stream sends first."""
    if "event-stream" not in answer.headers.get("Content-Type", ""):
        return await answer.text()
    async with asyncio.timeout(5):
        return (await answer.content.readuntil(b"\r\n\r\n")).decode()


async def test_no_page_shows_a_child_without_an_entry_in_the_trail(desk: Desk, world: World) -> None:
    items = {"nickname": WORDS[1], "phone": WORDS[2]}
    case_id = await world.child(WORDS[0], items=items)
    async with world.database.transaction() as unit:
        row = (await unit.execute(escalation.tables.cases.select())).one()
        held = await conversations.lock(unit, world.vault, row.conversation_id)
        complaint_id = await complaints.file(
            unit, held, role="child", audience="11-14", urgency="none", text=WORDS[0], now=world.now
        )
    known = {"case_id": case_id, "complaint_id": complaint_id, "staff_id": "x", "token": "x"}
    showed = set()
    for role in ("counsellor", "supervisor", "coordinator", "admin", "auditor", "analyst"):
        member = await world.member(f"{role}.one", role)
        browser = await desk.of(member)
        for page in pages(world):
            path = "/desk" + re.sub(r"\{(\w+)[^}]*\}", lambda found: known.get(found.group(1), "x"), page)
            before = len(await world.rows(escalation.tables.trail, actor=member.staff.id))
            async with await browser.get(path, headers={"Accept": "text/html"}) as answer:
                text = await shown(answer)
            if not any(word in text for word in WORDS):
                continue
            showed.add(page)
            assert len(await world.rows(escalation.tables.trail, actor=member.staff.id)) > before, page
    assert {"/cases/{case_id}", "/cases/{case_id}/events", "/complaints/{complaint_id}"} <= showed
    async with world.database.reading() as unit:
        assert (await verify(unit))[1] == ()
