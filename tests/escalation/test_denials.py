"""What is refused on a page that keeps the words in their box stands in the trail as well: stale pages, shut gates."""

import json
from http import HTTPStatus
from typing import Any

from escalation import queue
from escalation.referrals.tables import referral
from escalation.tables import trail
from escalation.tasks.tables import task
from tests.escalation.world import Browser, Desk, Member, World

WORDS = "hoa sữa thơm nồng"


async def denied(world: World) -> list[dict[str, Any]]:
    rows = sorted(await world.rows(trail, action="access.denied"), key=lambda row: int(row.number))
    return [json.loads(row.detail) for row in rows]


async def supervising(desk: Desk, world: World) -> tuple[Browser, Member, str]:
    """Let a supervisor, who may do most, hold a child; returns their browser and the case."""
    thu = await world.member("thu", "supervisor")
    case_id = await world.child()
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, thu.staff, case_id, world.now)
    return await desk.of(thu), thu, case_id


async def test_a_lost_lease_is_written_down_wherever_the_words_stay_in_their_box(desk: Desk, world: World) -> None:
    browser, _, case_id = await supervising(desk, world)
    stale = {
        "messages": {"id": "m", "text": WORDS},
        "close": {"outcome": "advised", "summary": WORDS},
        "transfer": {"way": "queue", "note": WORDS},
    }
    for act, fields in stale.items():
        answer = await browser.post(f"/desk/cases/{case_id}/{act}", {"lease": "99", **fields})
        assert answer.status == HTTPStatus.CONFLICT
        assert WORDS in await answer.text()
    assert await denied(world) == [
        {"id": case_id, "route": route, "why": "LeaseLost"} for route in ("reply", "close", "transfer")
    ]


async def test_a_page_that_is_older_than_the_form_the_task_or_the_referral_is_written_down(
    desk: Desk, world: World
) -> None:
    browser, _, case_id = await supervising(desk, world)
    await browser.post(f"/desk/cases/{case_id}/tasks/plan")
    own = (await world.rows(task, case_id=case_id))[0].id
    await browser.post(f"/desk/cases/{case_id}/referrals", {"receiver": "school", "request": WORDS, "account": WORDS})
    [referred] = await world.rows(referral, case_id=case_id)
    tried = {
        f"tasks/{own}/finish": ("finish_task", own, "TaskChanged"),
        f"cases/{case_id}/file/01/sign": ("casefile_sign", case_id, "FormMoved"),
        f"cases/{case_id}/referrals/{referred.id}/ask": ("referral_ask", case_id, "ChangedMeanwhile"),
    }
    for path in tried:
        answer = await browser.post(f"/desk/{path}", {"version": "99", "note": WORDS, "lease": "1"})
        assert answer.status == HTTPStatus.CONFLICT, path
    assert await denied(world) == [{"route": route, "id": one, "why": why} for route, one, why in tried.values()]


async def test_sending_what_nobody_agreed_to_is_written_down(desk: Desk, world: World) -> None:
    browser, _, case_id = await supervising(desk, world)
    await browser.post(f"/desk/cases/{case_id}/referrals", {"receiver": "school", "request": WORDS, "account": WORDS})
    [referred] = await world.rows(referral, case_id=case_id)
    fields = {"version": str(referred.version), "how": "letter"}
    answer = await browser.post(f"/desk/cases/{case_id}/referrals/{referred.id}/send", fields)
    assert answer.status == HTTPStatus.CONFLICT
    assert await denied(world) == [{"id": case_id, "route": "referral_send", "why": "GateShut"}]


async def test_a_mistake_in_a_form_is_nobodys_misuse(desk: Desk, world: World) -> None:
    browser, _, case_id = await supervising(desk, world)
    answer = await browser.post(f"/desk/cases/{case_id}/messages", {"lease": "1", "id": "m", "text": "  "})
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await denied(world) == []
