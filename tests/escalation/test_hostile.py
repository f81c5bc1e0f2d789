"""Hostile inputs at every form of the desk and every operation of the API: clear words, no failure, nothing changed."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestServer

import escalation
from escalation import queue
from escalation.api.operation import Operation
from escalation.api.operations import OPERATIONS
from escalation.desk import desk_app
from escalation.desk.forms import MAX_BODY_BYTES
from escalation.staff import sessions
from escalation.tables import cases, trail
from tests.escalation.matrix import API, DESK, GHOST, OWN
from tests.escalation.world import Browser, Desk, Member, World

HTML = "<img src=x onerror=alert(1)>\"'><script>x</script>"
BIDI = "Thỏ\u202egnp.exe\u2066\u200f"
# A page that a signed-out or renamed session answers changes nothing that the next request needs.
ENDS_THE_SESSION = {"sign_out", "lock", "end_other_sessions", "end_session"}


def forms(world: World) -> Iterator[tuple[str, str]]:
    """Give the name and path of every form of the desk, about a case that does not exist."""
    for route in desk_app(world.services).router.routes():
        if route.method == "POST" and route.name in {*DESK, *OWN} - ENDS_THE_SESSION:
            assert route.resource is not None
            path = re.sub(r"\{case_id\}", GHOST, route.resource.canonical)
            yield route.name, "/desk" + re.sub(r"\{\w+\}", "1", path)


async def calm(answer: ClientResponse, name: str) -> str:
    """Return the words of a refusal; it is never a failure of ours, and always says something."""
    text = await answer.text()
    assert answer.status < HTTPStatus.INTERNAL_SERVER_ERROR, name
    assert "Traceback" not in text
    return text


async def post(browser: Browser, path: str, data: Any, **headers: str) -> ClientResponse:
    return await browser.session.post(
        browser.url(path), data=data, headers={"Sec-Fetch-Site": "same-origin", **headers}, allow_redirects=False
    )


async def test_a_body_that_is_too_long_is_refused_at_every_form_in_words(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("thu", "supervisor"))
    for name, path in forms(world):
        text = await calm(await post(browser, path, {"text": "x" * MAX_BODY_BYTES, "lease": "1"}), name)
        assert "x" * 100 not in text, name
    answer = await post(browser, "/desk/search", {"nickname": "x" * MAX_BODY_BYTES})
    assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "Nội dung gửi lên quá dài" in await answer.text()


FORM = "application/x-www-form-urlencoded"
BODIES = [
    (b"lease=%ff%fe&text=%ff", FORM),
    (b"\xff\xfe\x00", FORM),
    (b"lease=1", f"{FORM}; charset=nonsense"),
    (b"lease=1", f"{FORM}; charset=utf-7"),
    (b'{"lease": 1}', "application/json"),
    (b"--x\r\nContent-Disposition: form-data; name=lease\r\n\r\n1", "multipart/form-data; boundary=x"),
    (b"no boundary", "multipart/form-data"),
    (b"lease=" + b"9" * 400, FORM),
    ("lease=١&text=%00".encode(), FORM),
]


@pytest.mark.parametrize(("data", "kind"), BODIES)
async def test_a_body_in_another_encoding_brings_no_form_down(desk: Desk, world: World, data: bytes, kind: str) -> None:
    browser = await desk.of(await world.member("thu", "supervisor"))
    case_id = await world.child()
    before = await world.rows(cases, id=case_id)
    for name, path in forms(world):
        if name == "take_next":  # takes no body: it does the same whatever is sent
            continue
        await calm(await post(browser, path.replace(GHOST, case_id), data, **{"Content-Type": kind}), name)
        if name in {"claim", "pick", "take_over"}:
            await _put_back(world, case_id)
    assert [row.state for row in await world.rows(cases, id=case_id)] == [row.state for row in before]


async def _put_back(world: World, case_id: str) -> None:
    async with world.database.transaction() as unit:
        await unit.execute(cases.update().where(cases.c.id == case_id).values(state="waiting", owner_id=None))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://x.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
    ],
)
async def test_another_site_reaches_no_form(desk: Desk, world: World, headers: dict[str, str]) -> None:
    browser = await desk.of(await world.member("thu", "supervisor"))
    before = len(await world.rows(trail))
    for name, path in forms(world):
        answer = await browser.session.post(browser.url(path), data={}, headers=headers, allow_redirects=False)
        assert answer.status == HTTPStatus.FORBIDDEN, name
        assert "đến từ một trang khác" in await answer.text(), name
    assert len(await world.rows(trail)) == before


async def test_a_program_without_origin_has_no_cookie_to_ride_on_and_needs_its_own(desk: Desk, world: World) -> None:
    """Neither header: no browser sends such a form, so no stranger's page can; without a session it gets nowhere."""
    browser = desk.browser()
    for name, path in forms(world):
        answer = await browser.session.post(browser.url(path), data={}, allow_redirects=False)
        assert answer.status == HTTPStatus.UNAUTHORIZED, name


async def test_a_stale_lease_is_told_in_words_and_the_words_stay_in_their_box(desk: Desk, world: World) -> None:
    lan, nam = await world.member("lan"), await world.member("nam")
    case_id = await world.child()
    async with world.database.transaction() as unit:
        old = await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
        await queue.hand_back(unit, world.vault, lan.staff, case_id, old, world.now)
        new = await queue.claim(unit, world.vault, nam.staff, case_id, world.now)
    browser = await desk.of(lan)
    for lease in (old, new, new + 1, 2**31 - 1):
        form = {"id": "m", "text": "Chữ đang viết", "lease": str(lease)}
        answer = await browser.post(f"/desk/cases/{case_id}/messages", form)
        assert answer.status == HTTPStatus.CONFLICT
        text = await answer.text()
        assert "không còn giữ ca này" in text
        assert "Chữ đang viết" in text
        for act in ("hand-back", "transfer/recall"):
            refused = await browser.post(f"/desk/cases/{case_id}/{act}", {"lease": str(lease)})
            assert refused.status == HTTPStatus.CONFLICT
            assert "Chưa có gì được gửi đi" in await refused.text()
    [row] = await world.rows(cases, id=case_id)
    assert (row.owner_id, row.lease) == (nam.staff.id, new)
    denied = [json.loads(entry.detail) for entry in await world.rows(trail, action="access.denied")]
    assert {(one["id"], one["why"]) for one in denied} == {(case_id, "LeaseLost")}


@pytest.mark.parametrize("lease", ["-1", "1.5", "", "9" * 30, "１", "1 OR 1=1"])
async def test_a_lease_that_is_no_number_is_no_failure(desk: Desk, world: World, lease: str) -> None:
    lan = await world.member("lan")
    case_id = await world.child()
    async with world.database.transaction() as unit:
        held = await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
    browser = await desk.of(lan)
    for act in ("messages", "renew", "hand-back", "close", "typing", "transfer"):
        form = {"id": "m", "text": "x", "outcome": "advised", "way": "queue", "note": "x", "lease": lease}
        answer = await browser.post(f"/desk/cases/{case_id}/{act}", form)
        await calm(answer, act)
    [row] = await world.rows(cases, id=case_id)
    assert (row.owner_id, row.lease) == (lan.staff.id, held)


@pytest.mark.parametrize(
    "case_id", ["0", "f" * 31, "F" * 32, "f" * 33, "..%2f..", "%00", "%F0%9F%98%80", "'--", "f" * 2000]
)
async def test_an_id_that_is_none_is_a_case_that_does_not_exist(desk: Desk, world: World, case_id: str) -> None:
    browser = await desk.of(await world.member("thu", "supervisor"))
    for path in (f"/desk/cases/{case_id}", f"/desk/cases/{case_id}/events", f"/desk/complaints/{case_id}"):
        answer = await browser.get(path)
        assert answer.status == HTTPStatus.NOT_FOUND, path
    assert (await browser.post(f"/desk/cases/{case_id}/claim")).status == HTTPStatus.NOT_FOUND


async def test_html_and_signs_that_turn_the_writing_stay_what_the_child_and_staff_wrote(
    desk: Desk, world: World
) -> None:
    lan = await world.member("lan")
    case_id = await world.child(HTML, BIDI, items={"nickname": HTML + BIDI, "area": HTML + BIDI})
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
    browser = await desk.of(lan)
    assert (await browser.post(f"/desk/cases/{case_id}/notes", {"note": HTML + BIDI})).status == HTTPStatus.SEE_OTHER
    pages = [
        await (await browser.get(path)).text()
        for path in ("/desk/", f"/desk/cases/{case_id}", f"/desk/directory?q={HTML}", f"/desk/directory?case={case_id}")
    ]
    pages.append(await (await browser.post("/desk/search", {"nickname": HTML + BIDI})).text())
    for page in pages:
        assert "<img" not in page
        assert "<script>x" not in page
        assert "onerror=alert(1)&gt;" in page
    # A name or an area stands in a box of its own, so that its signs turn nothing beside it.
    for page in pages[1], pages[4]:
        for found in re.finditer("\u202e", page):
            around = page[max(0, found.start() - 400) : found.start()]
            kept_apart = max(
                around.rfind("<bdi>"),
                around.rfind("<dd>"),
                around.rfind("<p "),
                around.rfind("<textarea"),
                around.rfind('value="'),
            )
            assert kept_apart > around.rfind("</"), around[-80:]


async def test_a_name_that_could_mislead_is_told_in_words_and_counted_in_the_trail(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    plain = await world.child("chào cô", items={"nickname": "Thỏ <3 👨\u200d👩\u200d👧", "area": "Huế"})
    odd = await world.child("chào cô", items={"nickname": HTML + BIDI, "area": "Huế"})
    browser = await desk.of(lan)
    told = "ký tự ẩn, đảo chiều chữ hoặc mã trang web"
    assert told not in await (await browser.get(f"/desk/cases/{plain}")).text()
    assert told in await (await browser.get(f"/desk/cases/{odd}")).text()
    counts = {
        case_id: [
            json.loads(row.detail) for row in await world.rows(trail, stream=f"case:{case_id}", actor=lan.staff.id)
        ]
        for case_id in (plain, odd)
    }
    assert counts == {plain: [{"case": plain}], odd: [{"case": odd, "odd_signs": 6}]}


def test_every_sheet_of_the_product_is_made_by_the_one_place_that_guards_its_cells() -> None:
    root = Path(escalation.__file__).parent
    made_here = [
        file.relative_to(root).as_posix()
        for file in root.rglob("*.py")
        if re.search(r"^import csv|csv\.writer", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert made_here == ["sheets.py"]


# --- the API -------------------------------------------------------------------------------------------------------


class Caller:
    """Another system, which sends what it likes."""

    def __init__(self, browser: Browser, token: str) -> None:
        self._browser = browser
        self._token = token

    async def send(self, method: str, path: str, data: bytes, **headers: str) -> tuple[int, str]:
        url = self._browser.url(f"/api/v1{path}")
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", **headers}
        async with self._browser.session.request(method, url, data=data, headers=headers) as answer:
            return answer.status, await calm(answer, path)


@pytest.fixture
async def caller(desk: Desk, world: World) -> Caller:
    member: Member = await world.member("thu", "supervisor")
    async with world.database.transaction() as unit:
        token = await sessions.open_session(unit, member.staff.id, "api", world.now)
    return Caller(desk.browser(), token)


SECRET = "lời của em"
DEEP = b'{"lease": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"


def at(operation: Operation, case_id: str) -> str:
    """Return the path of an operation about a case that is there; what else it names is not."""
    return re.sub(r"\{\w+\}", case_id, operation.path)


WRONG = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"lease": 1e999}',
    b'{"lease": -1}',
    b'{"lease": "1"}',
    b'{"lease": 1, "lease": 2, "more": 3}',
    json.dumps({"lease": 1, "text": SECRET, "to": SECRET, SECRET: SECRET}).encode(),
    DEEP,
]


@pytest.mark.parametrize("data", WRONG, ids=range(len(WRONG)))
async def test_a_body_that_is_not_as_described_is_refused_and_never_repeated(
    caller: Caller, world: World, data: bytes
) -> None:
    case_id = await world.child()
    for operation in OPERATIONS:
        if operation.sends is None:
            continue
        status, text = await caller.send(operation.method, at(operation, case_id), data)
        assert status == HTTPStatus.UNPROCESSABLE_ENTITY, (operation.name, status, text)
        assert json.loads(text)["error"]
        assert SECRET not in json.loads(text)["error"].replace(f"{SECRET}: Extra", "")


async def test_a_body_that_is_too_long_is_refused_before_it_is_read(caller: Caller, world: World) -> None:
    case_id = await world.child()
    data = b'{"text": "' + b"x" * MAX_BODY_BYTES + b'"}'
    for operation in OPERATIONS:
        if operation.sends is not None:
            status, text = await caller.send(operation.method, at(operation, case_id), data)
            assert (status, json.loads(text)) == (
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                {"error": "The body is too long."},
            )


async def test_a_stale_lease_is_refused_by_every_operation_that_is_fenced(caller: Caller, world: World) -> None:
    nam = await world.member("nam")
    case_id = await world.child()
    async with world.database.transaction() as unit:
        lease = await queue.claim(unit, world.vault, nam.staff, case_id, world.now)
    for operation in OPERATIONS:
        sends = API[operation.name].sends
        if "lease" not in sends:
            continue
        body = json.dumps(sends | {"lease": lease}).encode()
        status, _ = await caller.send(operation.method, at(operation, case_id), body)
        assert status == HTTPStatus.CONFLICT, operation.name
    [row] = await world.rows(cases, id=case_id)
    assert (row.owner_id, row.state) == (nam.staff.id, "claimed")


async def test_the_running_server_says_nothing_of_what_it_is_made_of(server: TestServer, caller: Caller) -> None:
    for method in ("TRACE", "PATCH", "DELETE"):
        status, text = await caller.send(method, "/cases", b"")
        assert status == HTTPStatus.METHOD_NOT_ALLOWED
        assert "aiohttp" not in text.lower()
    assert (await caller.send("GET", "/../desk", b""))[0] in {HTTPStatus.NOT_FOUND, HTTPStatus.OK}
    assert server.port
