"""The staff API: token, cases, lease, messages, errors in words, and its own description."""

import asyncio
import logging
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestServer

from escalation import contact, queue
from escalation.api.openapi import document
from escalation.api.operations import OPERATIONS
from escalation.staff import create_api_token, deactivate
from store.database import Database
from tests.escalation.world import Member, Said, World

pytest_plugins = ("tests.store.databases",)


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


class Caller:
    """Another system with a token."""

    def __init__(self, server: TestServer, token: str | None) -> None:
        self._server = server
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.session = ClientSession()

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> ClientResponse:
        address = self._server.make_url(f"/api/v1{path}")
        return await self.session.request(method, address, json=body, headers=self._headers, **more)


class Callers:
    """Makes callers, and closes them."""

    def __init__(self, server: TestServer, world: World) -> None:
        self._server = server
        self._world = world
        self._made: list[Caller] = []

    def anonymous(self, token: str | None = None) -> Caller:
        self._made.append(Caller(self._server, token))
        return self._made[-1]

    async def of(self, member: Member) -> Caller:
        async with self._world.database.transaction() as unit:
            token = await create_api_token(unit, staff_name=member.staff.name, now=self._world.now)
        return self.anonymous(token)

    async def close(self) -> None:
        for caller in self._made:
            await caller.session.close()


@pytest.fixture
async def callers(server: TestServer, world: World) -> AsyncIterator[Callers]:
    made = Callers(server, world)
    yield made
    await made.close()


@pytest.fixture
async def lan(callers: Callers, world: World) -> Caller:
    return await callers.of(await world.member("lan"))


async def claimed(caller: Caller, case_id: str) -> int:
    answer = await caller.call("POST", f"/cases/{case_id}/claim")
    assert answer.status == HTTPStatus.OK
    return int((await answer.json())["lease"])


async def test_the_queue_is_an_array_in_order_without_words(lan: Caller, world: World) -> None:
    moderate = await world.child("lời của em", urgency="moderate", harms=())
    emergency = await world.child("lời của em", urgency="emergency", harms=("self_harm",), items={"area": "Hà Nội"})
    answer = await lan.call("GET", "/cases")
    listed = await answer.json()
    assert [entry["id"] for entry in listed] == [emergency, moderate]
    assert (listed[0]["urgency"], listed[0]["harms"], listed[0]["area"]) == ("emergency", ["self_harm"], "Hà Nội")
    assert (listed[0]["owner"], listed[0]["state"]) == (None, "waiting")
    assert "lời của em" not in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_contact_from_claim_to_close(lan: Caller, world: World) -> None:
    said = Said(text="nó đánh em, số 0912", evidence=((3, 11),), masks=((15, 19, "phone"),))
    case_id = await world.child(said)
    before = await (await lan.call("GET", f"/cases/{case_id}")).json()
    assert before["lease"] is None
    [line] = before["lines"]
    assert (line["text"], line["evidence"]) == ("nó đánh em, số ••••", [{"start": 3, "end": 11}])
    assert before["decisions"] == {"conversation": "granted"}

    lease = await claimed(lan, case_id)
    message = {"id": "m1", "text": "Chào em", "lease": lease}
    for _ in range(2):
        assert (await lan.call("POST", f"/cases/{case_id}/messages", message)).status == HTTPStatus.NO_CONTENT
    await world.turn_of(case_id)
    after = await (await lan.call("GET", f"/cases/{case_id}")).json()
    assert after["lease"] == lease
    mine = [line for line in after["lines"] if line["author"] == "counsellor"]
    assert [(line["text"], line["name"], line["delivery"]) for line in mine] == [("Chào em", "Cô Lan", "sent")]
    assert (await lan.call("POST", f"/cases/{case_id}/renew", {"lease": lease})).status == HTTPStatus.NO_CONTENT
    end = {"lease": lease, "outcome": "advised", "summary": "ổn"}
    assert (await lan.call("POST", f"/cases/{case_id}/close", end)).status == HTTPStatus.NO_CONTENT
    assert await (await lan.call("GET", "/cases")).json() == []
    assert await world.actions(f"case:{case_id}") == [
        "case.opened",
        "case.viewed",
        "case.claimed",
        "case.replied",
        "case.replied",
        "case.viewed",
        "case.closed",
    ]


async def test_a_close_may_propose_a_follow_up_and_nothing_sets_its_time(lan: Caller, world: World) -> None:
    case_id = await world.child()
    end = {"lease": await claimed(lan, case_id), "outcome": "advised"}
    timed = end | {"follow_up": {"due_at": "2030-01-05T12:30:00Z"}}
    assert (await lan.call("POST", f"/cases/{case_id}/close", timed)).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (await (await lan.call("GET", f"/cases/{case_id}")).json())["follow_up"] is None
    proposing = end | {"follow_up": True}
    assert (await lan.call("POST", f"/cases/{case_id}/close", proposing)).status == HTTPStatus.NO_CONTENT
    found = (await (await lan.call("GET", f"/cases/{case_id}")).json())["follow_up"]
    assert (found["state"], found["due_at"]) == ("proposed", None)


async def test_the_next_child_goes_to_one_caller_each(callers: Callers, world: World) -> None:
    expected = {await world.child(), await world.child()}
    three = [await callers.of(await world.member(name)) for name in ("lan", "nam", "thu")]
    answers = await asyncio.gather(*(caller.call("POST", "/cases/next") for caller in three))
    assert sorted(answer.status for answer in answers) == [200, 200, 204]
    taken = [await answer.json() for answer in answers if answer.status == HTTPStatus.OK]
    assert {one["case"] for one in taken} == expected
    assert all(one["lease"] == 1 for one in taken)


async def test_a_claimed_case_is_not_claimed_twice(callers: Callers, world: World, lan: Caller) -> None:
    case_id = await world.child()
    await claimed(lan, case_id)
    nam = await callers.of(await world.member("nam"))
    answer = await nam.call("POST", f"/cases/{case_id}/claim")
    assert answer.status == HTTPStatus.CONFLICT
    assert "already taken" in (await answer.json())["error"]
    seen = await (await nam.call("GET", f"/cases/{case_id}")).json()
    assert seen["lease"] is None


async def test_a_lost_lease_is_409_everywhere(lan: Caller, world: World) -> None:
    case_id = await world.child()
    lease = await claimed(lan, case_id)
    assert (await lan.call("POST", f"/cases/{case_id}/hand-back", {"lease": lease})).status == HTTPStatus.NO_CONTENT
    for path, more in (
        ("messages", {"id": "m1", "text": "Chào em"}),
        ("renew", {}),
        ("hand-back", {}),
        ("close", {"outcome": "advised"}),
    ):
        answer = await lan.call("POST", f"/cases/{case_id}/{path}", {"lease": lease, **more})
        assert (answer.status, await answer.json()) == (
            HTTPStatus.CONFLICT,
            {"error": "You no longer hold this case. Nothing was sent."},
        )


async def test_presence_is_told(lan: Caller, world: World) -> None:
    for on in (True, False):
        assert (await lan.call("PUT", "/presence", {"on": on})).status == HTTPStatus.NO_CONTENT
        async with world.database.reading() as unit:
            assert await queue.staffed(unit, world.now) is on


async def test_a_case_without_a_yes_tells_what_it_owes(callers: Callers, world: World, lan: Caller) -> None:
    agreed = await world.child()
    case_id = await world.child("bố cầm dao đuổi em", urgency="emergency", basis="vital_interest")
    mai = await callers.of(await world.member("mai", "supervisor"))
    listed = {one["id"]: one for one in await (await lan.call("GET", "/cases")).json()}
    assert (listed[agreed]["basis"], listed[agreed]["reason_written"], listed[agreed]["signed"]) == (
        "consent",
        None,
        None,
    )
    assert (listed[case_id]["basis"], listed[case_id]["reason_written"], listed[case_id]["signed"]) == (
        "vital_interest",
        False,
        False,
    )
    looked = await (await mai.call("GET", f"/cases/{case_id}")).json()
    assert (looked["lines"], looked["opens_at_claim"]) == ([], True)
    lease = await claimed(lan, case_id)
    end = {"lease": lease, "outcome": "advised"}
    assert (await mai.call("POST", f"/cases/{case_id}/signature")).status == HTTPStatus.CONFLICT
    assert (await lan.call("POST", f"/cases/{case_id}/close", end)).status == HTTPStatus.CONFLICT
    reason = {"lease": lease, "text": "em đang bị đuổi"}
    assert (await lan.call("PUT", f"/cases/{case_id}/reason", reason)).status == HTTPStatus.NO_CONTENT
    assert (await lan.call("POST", f"/cases/{case_id}/signature")).status == HTTPStatus.FORBIDDEN
    assert (await lan.call("POST", f"/cases/{case_id}/close", end)).status == HTTPStatus.NO_CONTENT
    assert (await mai.call("POST", f"/cases/{case_id}/signature")).status == HTTPStatus.NO_CONTENT
    found = (await (await mai.call("GET", f"/cases/{case_id}")).json())["case"]
    assert (found["reason_written"], found["signed"], found["agreed"]) == (True, True, False)


@pytest.mark.parametrize("token", [None, "", "guess"])
async def test_without_a_token_nothing_is_told(callers: Callers, world: World, token: str | None) -> None:
    case_id = await world.child()
    stranger = callers.anonymous(token)
    for operation in OPERATIONS:
        path = operation.path.format(case_id=case_id, task_id=case_id, referral_id=case_id)
        answer = await stranger.call(operation.method, path, {})
        assert answer.status == HTTPStatus.UNAUTHORIZED
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert set(await answer.json()) == {"error"}


async def test_a_token_ends_with_time_and_with_the_account(callers: Callers, world: World) -> None:
    nam = await world.member("nam")
    first = await callers.of(nam)
    assert (await first.call("GET", "/cases")).status == HTTPStatus.OK
    world.clock.advance(90 * 86_400)
    assert (await first.call("GET", "/cases")).status == HTTPStatus.UNAUTHORIZED
    second = await callers.of(nam)
    async with world.database.transaction() as unit:
        await deactivate(unit, world.vault, nam.staff.id, now=world.now)
    assert (await second.call("GET", "/cases")).status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("role", ["admin", "analyst", "auditor", "coordinator"])
async def test_other_roles_see_no_child(callers: Callers, world: World, role: str) -> None:
    case_id = await world.child()
    caller = await callers.of(await world.member("minh", role))
    for method, path, body in (
        ("GET", "/cases", None),
        ("GET", f"/cases/{case_id}", None),
        ("POST", "/cases/next", None),
        ("POST", f"/cases/{case_id}/claim", None),
        ("PUT", "/presence", {"on": True}),
        ("POST", f"/cases/{case_id}/messages", {"id": "m1", "text": "Chào em", "lease": 1}),
    ):
        assert (await caller.call(method, path, body)).status == HTTPStatus.FORBIDDEN


async def test_another_area_finds_no_such_case(callers: Callers, world: World) -> None:
    case_id = await world.child(items={"area": "Hà Nội"})
    caller = await callers.of(await world.member("nam", area="Nghệ An"))
    assert await (await caller.call("GET", "/cases")).json() == []
    assert (await caller.call("GET", f"/cases/{case_id}")).status == HTTPStatus.NOT_FOUND
    assert (await caller.call("POST", f"/cases/{case_id}/claim")).status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("messages", {"id": "m1", "text": "", "lease": 1}, "text"),
        ("messages", {"id": "m1", "text": "lời riêng" * 300, "lease": 1}, "text"),
        ("messages", {"id": "m1", "text": "lời riêng"}, "lease"),
        ("messages", {"id": "m1", "text": "lời riêng", "lease": "1"}, "lease"),
        ("messages", {"id": 7, "text": "lời riêng", "lease": 1}, "id"),
        ("messages", {"id": "m1", "text": "lời riêng", "lease": 1, "more": "lời riêng"}, "more"),
        ("messages", ["lời riêng"], "body"),
        ("close", {"lease": 1, "outcome": "lời riêng"}, "outcome"),
        ("reason", {"lease": 1, "text": " "}, "text"),
        ("renew", {"lease": -1}, "lease"),
        ("renew", {"lease": 2**40}, "lease"),
    ],
)
async def test_a_bad_body_is_422_with_words_and_without_what_was_sent(
    lan: Caller, world: World, path: str, body: Any, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    case_id = await world.child()
    answer = await lan.call("PUT" if path == "reason" else "POST", f"/cases/{case_id}/{path}", body)
    error = (await answer.json())["error"]
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert named in error
    assert "lời riêng" not in error + caplog.text


async def test_what_is_no_json_is_422(lan: Caller, world: World) -> None:
    case_id = await world.child()
    for raw in (b"", b"{", b"\xff\xfe", b"null"):
        answer = await lan.session.post(
            lan._server.make_url(f"/api/v1/cases/{case_id}/renew"), data=raw, headers=lan._headers
        )
        assert (answer.status, set(await answer.json())) == (HTTPStatus.UNPROCESSABLE_ENTITY, {"error"})
    long = {"id": "m", "lease": 1, "text": "x" * 100_000}
    answer = await lan.call("POST", f"/cases/{case_id}/messages", long)
    assert (answer.status, set(await answer.json())) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error"})


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/cases", 405)])
async def test_a_wrong_address_is_told_in_words(lan: Caller, method: str, path: str, status: int) -> None:
    answer = await lan.call(method, path)
    assert (answer.status, set(await answer.json())) == (status, {"error"})


async def test_a_failure_tells_nothing_of_what_failed(
    lan: Caller,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("lời riêng")

    monkeypatch.setattr(queue, "entries", fail)
    answer = await lan.call("GET", "/cases")
    told = capsys.readouterr()
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "lời riêng" not in await answer.text() + caplog.text + told.out + told.err


async def test_the_description_is_public_and_names_every_route(callers: Callers, server: TestServer) -> None:
    answer = await callers.anonymous().call("GET", "/openapi.json")
    described = await answer.json()
    assert described["openapi"] == "3.1.0"
    assert described == document()
    routes = {
        (route.method, route.resource.canonical.removeprefix("/api/v1"))
        for route in server.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/v1") and route.method != "HEAD"
    }
    told = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    assert routes - {("GET", "/openapi.json")} == told


def test_every_reference_of_the_description_leads_somewhere() -> None:
    described = document()
    known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert _references(described) <= known


def test_outcomes_of_the_contract_are_those_of_the_hotline() -> None:
    outcomes = document()["components"]["schemas"]["CloseBody"]["properties"]["outcome"]["enum"]
    assert tuple(outcomes) == contact.OUTCOMES


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(_references(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(_references(inner) for inner in value))
    return set()
