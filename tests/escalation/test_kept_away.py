"""A restriction that is set while a page is open: whatever its reader then does with the child is refused.

Every form of the desk and every operation of the API that names a case or a task of one is tried by its owner, whose
lease still holds; the tables are made from the routes, so that a new address is tried by itself. Refused means: words,
an entry in the reader's own stream, and nothing else in the database.
"""

import json
import re
from http import HTTPStatus
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import escalation.tables
from escalation import queue
from escalation.api.operations import OPERATIONS
from escalation.desk import desk_app
from escalation.referrals import drafting
from escalation.referrals.receivers import our_receivers
from escalation.referrals.rows import Words
from escalation.staff import sessions
from escalation.tasks.tables import task
from escalation.writing.tables import draft
from store.tables import metadata
from tests.escalation.matrix import API, DESK, FORM
from tests.escalation.world import Browser, Desk, Member, World

OWN_ENTRY = {"trail", "staff_session"}
"""What a refused try may change: its entry, and when the session was seen."""
NAMES_IN_ITS_BODY = "directory_line"
WORDS = "chữ đang viết dở"


def forms(world: World) -> dict[str, str]:
    """Return the address of every form of the desk about a case or a task, by its name."""
    found = {NAMES_IN_ITS_BODY: "/desk/directory/111/line"}
    for route in desk_app(world.services).router.routes():
        if route.method == "POST" and isinstance(route.resource, web.Resource) and route.name is not None:
            path = route.resource.canonical
            if "{case_id}" in path or "{task_id}" in path:
                found[route.name] = "/desk" + path
    return found


async def held(world: World, member: Member) -> dict[str, str]:
    """Let this person hold a child, with a referral begun; returns what an address may name of it."""
    case_id = await world.child()
    async with world.database.transaction() as unit:
        lease = await queue.claim(unit, world.vault, member.staff, case_id, world.now)
        referral_id = await drafting.draft(
            unit,
            world.vault,
            member.staff,
            case_id,
            our_receivers().named("school"),
            urgent=False,
            fields=frozenset(),
            words=Words(request="Xin giúp em"),
            now=world.now,
        )
    [mine, *_] = await world.rows(task, case_id=case_id)
    named = {"case_id": case_id, "lease": str(lease), "referral_id": referral_id, "task_id": mine.id}
    return named | {"form": FORM, "number": "1", "seq": "1"}


def at(template: str, named: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: named[found[1]], template)


def sends(given: dict[str, Any], named: dict[str, str]) -> dict[str, Any]:
    """Return a right form or body: under the lease that holds, and where the case stands in it, of this case."""
    right = {**given, **({"lease": int(named["lease"])} if "lease" in given else {})}
    return right | ({"case": named["case_id"]} if "case" in given else {})


async def everything(world: World) -> dict[str, list[str]]:
    """Return all rows of all tables, but for what a refused try may leave."""
    found = {}
    for table in metadata.sorted_tables:
        if table.name not in OWN_ENTRY:
            found[table.name] = sorted(repr(tuple(row)) for row in await world.rows(table))
    return found


async def denied(world: World, member: Member) -> list[dict[str, str]]:
    rows = await world.rows(escalation.tables.trail, stream=f"staff:{member.staff.id}", action="access.denied")
    return [json.loads(row.detail) for row in sorted(rows, key=lambda row: int(row.number))]


async def posted(browser: Browser, path: str, fields: dict[str, Any]) -> tuple[int, str]:
    answer = await browser.post(path, {name: str(value) for name, value in fields.items()})
    return answer.status, (await answer.read()).decode(errors="replace")  # one of them answers with a paper


async def test_no_form_about_a_child_does_anything_for_whoever_was_kept_away_since(desk: Desk, world: World) -> None:
    member, known = await world.member("lan", "supervisor"), forms(world)
    assert {"reply", "keep_draft", "typing", "renew", "add_note", "casefile_save", "finish_task"} <= set(known)
    for name, template in known.items():
        named = await held(world, member)
        await world.declines(named["case_id"], member)
        browser = await desk.of(member)  # with a code that is fresh, however slow the machine is
        before, entries = await everything(world), len(await denied(world, member))
        status, text = await posted(browser, at(template, named), sends(DESK[name].sends, named))
        if name == NAMES_IN_ITS_BODY:
            assert status == HTTPStatus.NOT_FOUND, name
            assert await everything(world) == before, name
            continue
        assert status == HTTPStatus.NOT_FOUND, (name, status)
        assert "Không có ca này, hoặc" in text or "Không có việc này" in text, name
        assert await everything(world) == before, name
        [entry] = (await denied(world, member))[entries:]
        assert entry["route"] == name
        assert entry["why"] in {"NoSuchCase", "NoSuchTask"}, name
        assert entry["id"] in {named["case_id"], named["task_id"]}, name


async def test_the_same_forms_are_right_for_whoever_was_not_kept_away(desk: Desk, world: World) -> None:
    """The other test would pass as well if its forms were wrong: here each of them comes past the door."""
    member = await world.member("lan", "supervisor")
    for name, template in forms(world).items():
        browser, named = await desk.of(member), await held(world, member)
        right = sends(DESK[name].sends, named) | ({"to": member.staff.id} if name == "give_task" else {})
        status, _ = await posted(browser, at(template, named), right)
        if name not in {NAMES_IN_ITS_BODY, "see_alert"}:  # this one needs our content, that one an alert
            assert status not in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY}, name


async def test_no_operation_about_a_child_does_anything_for_whoever_was_kept_away_since(
    server: TestServer, desk: Desk, world: World
) -> None:
    member, browser = await world.member("lan", "supervisor"), desk.browser()
    async with world.database.transaction() as unit:
        token = await sessions.open_session(unit, member.staff.id, "api", world.now)
    about = [one for one in OPERATIONS if "{" in one.path and one.method != "GET"]
    assert {"reply", "renew", "whisper", "finish_task", "answer_referral"} <= {one.name for one in about}
    for one in about:
        named = await held(world, member)
        await world.declines(named["case_id"], member)
        before, entries = await everything(world), len(await denied(world, member))
        answer = await browser.session.request(
            one.method,
            server.make_url("/api/v1" + at(one.path, named)),
            json=sends(API[one.name].sends, named),
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status == HTTPStatus.NOT_FOUND, (one.name, await answer.text())
        assert set(await answer.json()) == {"error"}
        assert await everything(world) == before, one.name
        [entry] = (await denied(world, member))[entries:]
        assert (entry["route"], entry["why"]) in {(one.name, "NoSuchCase"), (one.name, "NoSuchTask")}


@pytest.mark.parametrize("fields", [{"id": "a1", "text": WORDS + " nữa"}, {"id": "a1"}])
async def test_a_draft_is_neither_kept_nor_told_to_whoever_was_kept_away_since(
    desk: Desk, world: World, fields: dict[str, str]
) -> None:
    member = await world.member("lan")
    browser, named = await desk.of(member), await held(world, member)
    address = f"/desk/cases/{named['case_id']}/draft"
    assert (await posted(browser, address, {"id": "a1", "text": WORDS}))[0] == HTTPStatus.OK
    await world.declines(named["case_id"], member)
    [before] = await world.rows(draft)
    status, text = await posted(browser, address, fields)
    assert status == HTTPStatus.NOT_FOUND
    assert WORDS not in text
    assert await world.rows(draft) == [before]
    assert [one["route"] for one in await denied(world, member)] == ["keep_draft"]
