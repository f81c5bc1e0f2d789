"""The staff API under schemathesis: made-up requests from the project's own description, on loopback.

No request brings a failure of the server, every answer is one that the description names, and what the description does
not allow is refused. A few examples for each operation here; for a long run say how many:
`make fuzz`, or `KHIEN_FUZZ=200 .venv/bin/python -m pytest tests/escalation/test_api_fuzz.py`.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import pytest
import schemathesis
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from escalation.api import api_app
from escalation.api.openapi import document
from escalation.referrals import drafting
from escalation.referrals.receivers import our_receivers
from escalation.referrals.rows import Words
from escalation.staff import sessions
from escalation.tasks.tables import task
from store.clock import MovableClock
from store.database import Database
from store.tables import metadata
from store.vault import Vault
from tests.escalation.world import World

EXAMPLES = int(os.environ.get("KHIEN_FUZZ", "3"))
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]
few = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize="KHIEN_FUZZ" not in os.environ,
    database=None,
)
schema = schemathesis.openapi.from_dict(document())
if "KHIEN_FUZZ" not in os.environ:
    schema.config.phases.coverage.enabled = False  # some hundred cases for each operation
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The API on its own thread: where it is, whose tokens there are, and what to ask about."""

    url: str
    tokens: dict[str, str]
    known: dict[str, str]  # a case, one of its tasks and one of its referrals, by their names in an address


class Thread:
    """An event loop beside the test, because schemathesis asks and waits."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    thread = Thread()
    database = Database(f"sqlite+aiosqlite:///{_file(tmp_path_factory)}", synchronous="OFF")

    async def start() -> tuple[Running, TestServer]:
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await database.open()
        world = World(database, Vault({1: b"k" * 32}, b"h" * 32), MovableClock())
        root = web.Application()
        root.add_subapp("/api/v1", api_app(world.services))
        server = TestServer(root)
        await server.start_server()
        return await _peopled(world, str(server.make_url("/api/v1"))), server

    made, server = thread.run(start())
    yield made
    thread.run(server.close())
    thread.run(database.close())
    thread.stop()


async def _peopled(world: World, url: str) -> Running:
    tokens = {}
    for role in ("auditor", "supervisor"):
        member = await world.member(role, role)
        async with world.database.transaction() as unit:
            tokens[role] = await sessions.open_session(unit, member.staff.id, "api", world.now)
    case_id = await world.child()
    [of_it, *_] = await world.rows(task, case_id=case_id)
    async with world.database.transaction() as unit:
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
    return Running(url=url, tokens=tokens, known={"case_id": case_id, "task_id": of_it.id, "referral_id": referral_id})


def _file(made: pytest.TempPathFactory) -> Path:
    return made.mktemp("fuzz") / "api.db"


def ask(case: Any, running: Running, token: str | None) -> Any:
    # What is no header at all is refused by the server before the API sees it.
    case.headers.pop("Authorization", None)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = case.call_and_validate(base_url=running.url, headers=headers, checks=CHECKS)
    body = case.meta.components.get(ParameterLocation.BODY)
    assert answer.status_code >= HTTPStatus.BAD_REQUEST or body is None or not body.mode.is_negative, (
        "a body that is not as described"
    )
    return answer


def name_what_is_there(case: Any, running: Running) -> None:
    for name in set(case.path_parameters) & set(running.known):
        case.path_parameters[name] = running.known[name]


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
@schema.parametrize()
@few
def test_whatever_is_sent_with_a_token_is_answered_as_described(case: Any, running: Running, role: str) -> None:
    ask(case, running, running.tokens[role])
    if case.path_parameters:
        name_what_is_there(case, running)
        ask(case, running, running.tokens[role])


@schema.parametrize()
@few
def test_whatever_is_sent_without_a_right_token_is_turned_away(case: Any, running: Running) -> None:
    # An address that is none is told first, and tells nothing.
    name_what_is_there(case, running)
    for token in (None, "x" * 43):
        # A method that is not there is told to anybody, as it stands in the description.
        assert ask(case, running, token).status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.METHOD_NOT_ALLOWED}
