"""Role by action by area by the child's wish: the functions, the pages, the API and the export agree with the policy.

Everything is made from `POLICY`, from the app's own routes and from the table of operations. What stands in none of the
lines of `tests/escalation/matrix.py` fails here, so nobody adds a door without saying who opens it.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, get_args
from urllib.parse import urlencode

import pytest
from aiohttp import ClientResponse, ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer

from escalation import complaints, contact, queue, signing
from escalation.api.operations import OPERATIONS
from escalation.audit import reading
from escalation.audit.filters import Filter
from escalation.casefile import exporting, filling, signatures
from escalation.casefile.forms import Form, our_forms
from escalation.desk import desk_app
from escalation.desk.gate import PUBLIC
from escalation.desk.identity import COOKIE
from escalation.directory.services import Directory
from escalation.errors import EscalationError, NotAllowed
from escalation.glass import breaking
from escalation.outside.assigning import assign
from escalation.permissions import ACTIONS, NATIONAL, POLICY, Action, Role, Staff, may, require
from escalation.referrals import drafting, rows, sending
from escalation.referrals.receivers import our_receivers
from escalation.referrals.rows import Words
from escalation.referrals.tables import referral
from escalation.search.find import find
from escalation.search.query import Query
from escalation.shift import handover, listening, load, lobby
from escalation.shift.board import shift_board
from escalation.staff import sessions, tokens
from escalation.tables import cases, trail
from escalation.tasks import doing
from escalation.tasks import reading as tasks
from escalation.tasks.calendar import WorkCalendar
from escalation.tasks.tables import task
from escalation.writing import notes
from store import conversations
from store.database import Transaction
from tests.escalation.matrix import ANYBODY, API, DESK, FORM, GHOST, NO_DOOR, OWN, Door
from tests.escalation.world import Member, World

ROLES: tuple[Role, ...] = get_args(Role)
HERE, THERE = "Lào Cai", "Cà Mau"
_LOOKS = (".viewed", ".watched")
_LED_BACK = {"typing", "casefile_quote", "quote_message"}
"""To whoever does not hold the child, or may only read its file, these do nothing and lead back to the page."""
_IN_WORDS = {"text/html", "text/plain", "text/csv", "application/json"}
HOW = "the line is missing in tests/escalation/matrix.py: say there who opens it"


def routes(world: World) -> dict[str, tuple[str, str]]:
    """Return method and path of every route of the desk by its name."""
    found = {}
    for route in desk_app(world.services).router.routes():
        if route.name is not None and route.method != "HEAD" and isinstance(route.resource, web.Resource):
            found[route.name] = (route.method, "/desk" + route.resource.canonical)
    return found


def test_every_route_operation_and_action_has_its_line(world: World) -> None:
    known = {route.name for route in desk_app(world.services).router.routes()}
    assert None not in known, "a route without a name cannot stand in the table"
    assert known == {*DESK, *OWN, *ANYBODY}, HOW
    assert ANYBODY == PUBLIC
    assert {operation.name for operation in OPERATIONS} == set(API), HOW
    used = {action for table in (DESK, API) for one in table.values() for action in one.actions}
    assert used | set(NO_DOOR) == set(ACTIONS), HOW
    assert set(FUNCTIONS) | set(NO_DOOR) == set(ACTIONS), "an action needs its line in FUNCTIONS of this file"
    assert set(POLICY) == set(ROLES)


# --- the functions -------------------------------------------------------------------------------------------------

Act = Callable[[Transaction, World, Staff, str], Awaitable[object]]


async def _by_require(action: Action, staff: Staff) -> None:
    """Stand in for an action that pages and views alone ask for."""
    require(staff, action)


def _form() -> Form:
    return our_forms().by_number[FORM]


async def _draft(unit: Transaction, world: World, staff: Staff, case_id: str) -> str:
    asked = Words(request="Xin giúp em")
    return await drafting.draft(
        unit,
        world.vault,
        staff,
        case_id,
        our_receivers().named("school"),
        urgent=False,
        fields=frozenset(),
        words=asked,
        now=world.now,
    )


FUNCTIONS: dict[Action, Act] = {
    "queue.view": lambda unit, world, staff, _: queue.entries(unit, world.vault, staff, world.now),
    "case.view": lambda unit, world, staff, case: contact.read_contact(unit, world.vault, staff, case, world.now),
    "case.claim": lambda unit, world, staff, case: queue.claim(unit, world.vault, staff, case, world.now),
    "case.reply": lambda unit, world, staff, case: contact.reply(
        unit, world.vault, staff, case, lease=7, message_id="m", text="Chào em", now=world.now
    ),
    "case.close": lambda unit, world, staff, case: contact.close(
        unit, world.vault, staff, case, lease=7, outcome="advised", summary="", now=world.now
    ),
    "case.take_over": lambda unit, world, staff, case: handover.take_over(
        unit, world.vault, staff, case, world.services.limits, world.now
    ),
    "case.sign": lambda unit, world, staff, case: signing.sign(unit, world.vault, staff, case, world.now),
    "complaint.read": lambda unit, world, staff, _: complaints.listed(unit, world.vault, staff),
    "staff.manage": lambda _unit, _world, staff, _case: _by_require("staff.manage", staff),
    "trail.view": lambda unit, world, staff, _: reading.leaf(unit, world.vault, staff, Filter(), None, world.now),
    "case.note": lambda unit, world, staff, case: notes.add(unit, world.vault, staff, case, "ghi chú", world.now),
    "case.break_glass": lambda unit, world, staff, _: breaking.break_in(
        unit, world.vault, staff, GHOST, "vì sao", world.now
    ),
    "case.transfer": lambda unit, world, staff, case: handover.recall(unit, staff, case, 7, world.now),
    "case.whisper": lambda unit, world, staff, case: listening.whisper(
        unit, world.vault, staff, case, "nhắc", world.now
    ),
    "lobby.view": lambda unit, world, staff, _: lobby.counts(unit, staff, world.now),
    "shift.view": lambda unit, world, staff, _: shift_board(unit, world.vault, staff, world.services.limits, world.now),
    "shift.manage": lambda unit, world, staff, _: load.set_limit(unit, staff, staff.id, 3, world.now),
    "casefile.write": lambda unit, world, staff, case: filling.save(
        unit, world.vault, staff, case, _form(), version=0, sent={"officer": "Cô Lan"}, shown={}, now=world.now
    ),
    "casefile.sign": lambda unit, world, staff, case: signatures.sign(
        unit, world.vault, staff, case, _form(), version=0, shown={}, now=world.now
    ),
    "casefile.export": lambda unit, world, staff, case: exporting.note_export(
        unit, world.vault, staff, case, what="all", kind="pdf", reason="vì sao", now=world.now
    ),
    "referral.view": lambda unit, world, staff, case: rows.read_case(unit, world.vault, staff, case, world.now),
    "referral.draft": _draft,
    "referral.sign": lambda unit, world, staff, case: drafting.sign(
        unit, world.vault, staff, case, GHOST, version=1, now=world.now
    ),
    "referral.send": lambda unit, world, staff, case: sending.take_packet(
        unit, world.vault, staff, case, GHOST, our_receivers(), form="txt", now=world.now
    ),
    "referral.list": lambda unit, world, staff, _: rows.listed(unit, world.vault, staff, world.now),
    "task.view": lambda unit, world, staff, _: tasks.listed(
        unit, world.vault, staff, WorkCalendar(), world.now, of_area=True
    ),
    "task.do": lambda unit, world, staff, case: doing.begin_plan(unit, world.vault, staff, case, world.now),
    "task.assign": lambda unit, world, staff, _: doing.give(
        unit, world.vault, staff, GHOST, version=1, to_id=GHOST, now=world.now
    ),
    "case.search": lambda unit, world, staff, _: find(unit, world.vault, Directory(), staff, Query(), world.now),
    "directory.view": lambda _unit, _world, staff, _case: _by_require("directory.view", staff),
    "trail.export": lambda unit, world, staff, _: reading.export(unit, world.vault, staff, Filter(), world.now),
    "token.manage": lambda unit, world, staff, _: tokens.listed(unit, staff, world.now),
    "case.assign": lambda unit, world, staff, case: assign(
        unit,
        world.vault,
        staff,
        case,
        to_id=GHOST,
        owner=world.services.queue,
        limits=world.services.limits,
        now=world.now,
    ),
}


@pytest.mark.parametrize("role", ROLES)
async def test_a_function_opens_to_those_the_policy_names_and_changes_nothing_for_others(
    world: World, role: Role
) -> None:
    member = await world.member("mot", role)
    for action, act in FUNCTIONS.items():
        case_id = await world.child()
        refused, before = None, await _state(world, member)
        async with world.database.transaction() as unit:
            try:
                await act(unit, world, member.staff, case_id)
            except EscalationError as error:
                refused = error
        assert isinstance(refused, NotAllowed) is not may(member.staff, action), (action, refused)
        if refused is not None:
            assert await _state(world, member) == before, action


# --- pages and API -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Visitor:
    """One member of staff at the doors; each time with a fresh session, so that no try spoils the next."""

    server: TestServer
    world: World
    member: Member
    http: ClientSession
    subjects: dict[str, dict[str, str]] = field(default_factory=dict)

    async def at_the_desk(
        self, method: str, path: str, sends: dict[str, Any], *, known: bool = True
    ) -> tuple[int, str]:
        form = {name: str(value) for name, value in sends.items()}
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        if known:
            headers["Cookie"] = f"{COOKIE}={await self._session('browser')}"
        data = form if method == "POST" else None
        return await self._answer(method, path, headers=headers, data=data, allow_redirects=False)

    async def at_the_api(self, method: str, path: str, sends: dict[str, Any], token: str | None) -> tuple[int, str]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await self._answer(method, f"/api/v1{path}", headers=headers, json=sends if method != "GET" else None)

    async def token(self) -> str:
        return await self._session("api")

    async def _session(self, kind: sessions.SessionKind) -> str:
        async with self.world.database.transaction() as unit:
            return await sessions.open_session(unit, self.member.staff.id, kind, self.world.now)

    async def _answer(self, method: str, path: str, **more: Any) -> tuple[int, str]:
        async with self.http.request(method, self.server.make_url(path), **more) as answer:
            return answer.status, await _read(answer)


async def _read(answer: ClientResponse) -> str:
    return await answer.text() if answer.content_type in _IN_WORDS else ""


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield session


async def _state(world: World, member: Member) -> tuple[Any, ...]:
    """Return what a try in vain may not change: every case, and this person's entries in all streams but their own."""
    rows = sorted(tuple(row) for row in await world.rows(cases))
    own = f"staff:{member.staff.id}"
    done = [row for row in await world.rows(trail, actor=member.staff.id) if row.stream != own]
    return rows, len(done)


async def _complaint(world: World) -> str:
    await world.child("khiếu nại")
    row = (await world.rows(cases))[-1]
    async with world.database.transaction() as unit:
        held = await conversations.lock(unit, world.vault, row.conversation_id)
        return await complaints.file(
            unit, held, role="child", audience="11-14", urgency="none", text="chậm quá", now=world.now
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """Cases that a person of HERE sees, and those that they do not."""

    here: str
    there: str
    declined: str

    @property
    def out_of_reach(self) -> tuple[str, str]:
        return self.there, self.declined


async def _children(world: World, member: Member) -> Children:
    declined = await world.child()
    await world.declines(declined, member)
    here = await world.child(items={"area": f"ở đây → Tỉnh {HERE}"})
    return Children(here=here, there=await world.child(items={"area": THERE}), declined=declined)


async def _drafts(world: World, writer: Member, children: Children) -> None:
    """Begin a referral of each case, so that an address of one has something behind it."""
    for case_id in (children.here, *children.out_of_reach):
        async with world.database.transaction() as unit:
            await _draft(unit, world, writer.staff, case_id)


async def _of_case(world: World, case_id: str) -> dict[str, str]:
    """Return what else an address of a case names: one of its tasks, one of its referrals."""
    found = {"case_id": case_id, "task_id": GHOST, "referral_id": GHOST, "form": FORM}
    for name, table in (("task_id", task), ("referral_id", referral)):
        of_it = await world.rows(table, case_id=case_id)
        found |= {name: of_it[0].id} if of_it else {}
    return found


def _path(template: str, **known: str) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: known.get(found[1], "1"), template)


def _query(one: Door) -> str:
    return f"?{urlencode(one.asks)}" if one.asks else ""


def _allowed(member: Member, one: Door) -> bool:
    return any(may(member.staff, action) for action in one.actions)


def _alike(answer: tuple[int, str], case_id: str) -> tuple[int, str]:
    return answer[0], answer[1].replace(case_id, "…").replace(case_id[:6].upper(), "…")


Try = Callable[[str], Awaitable[tuple[int, str]]]


async def _agrees(world: World, member: Member, name: str, one: Door, children: Children, attempt: Try) -> None:
    """Try one door and compare with the policy; `attempt` goes to it with the id of a case."""
    before = await _state(world, member)
    out_of_reach = [_alike(await attempt(case_id), case_id) for case_id in children.out_of_reach]
    ghost = _alike(await attempt(GHOST), GHOST)
    if one.about in {"case", "task"}:
        # What lies out of reach is told as what does not exist, to whoever asks.
        assert out_of_reach == [ghost, ghost], name
    if not _allowed(member, one) or one.about in {"case", "task"}:
        assert await _state(world, member) == before, name
    status, text = await attempt(children.here)
    assert status < HTTPStatus.INTERNAL_SERVER_ERROR, (name, text)
    if _allowed(member, one):
        assert status not in {HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED}, (name, status, text)
        if not may(member.staff, "trail.whole"):
            for case_id in children.out_of_reach:
                assert case_id not in text, name
                assert case_id[:6].upper() not in text, name
    else:
        refused = {HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT} if one.fenced else {HTTPStatus.FORBIDDEN}
        assert status in refused or (one.elsewhere and children.here[:6].upper() not in text), (name, status, text)
        assert await _state(world, member) == before, name


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_and_form_agrees_with_the_policy(
    server: TestServer, world: World, http: ClientSession, role: Role
) -> None:
    known = routes(world)
    visitor = Visitor(server, world, await world.member("mot", role, area=HERE), http)
    drafts = await world.member("nhap")
    complaint_id = await _complaint(world)
    for name, one in DESK.items():
        method, template = known[name]
        other = await world.member(f"khac.{name}")
        children = await _children(world, visitor.member)
        if "referral" in name:
            await _drafts(world, drafts, children)

        async def attempt(
            case_id: str, one: Door = one, at: tuple[str, str, str] = (method, template, other.staff.id)
        ) -> tuple[int, str]:
            named = await _of_case(world, case_id) | {"complaint_id": complaint_id, "staff_id": at[2]}
            path = _path(at[1], token_id="0" * 64, **named) + _query(one)
            return await visitor.at_the_desk(at[0], path, one.sends)

        await _agrees(world, visitor.member, name, one, children, attempt)
    for name in OWN:
        method, template = known[name]
        status, text = await visitor.at_the_desk(method, _path(template), {})
        assert status < HTTPStatus.INTERNAL_SERVER_ERROR, (name, text)
        assert status != HTTPStatus.UNAUTHORIZED, name


@pytest.mark.parametrize("role", ROLES)
async def test_every_operation_of_the_api_agrees_with_the_policy(
    server: TestServer, world: World, http: ClientSession, role: Role
) -> None:
    visitor = Visitor(server, world, await world.member("mot", role, area=HERE), http)
    token = await visitor.token()
    drafts = await world.member("nhap")
    for operation in OPERATIONS:
        one = API[operation.name]
        children = await _children(world, visitor.member)
        if "referral_id" in operation.path:
            await _drafts(world, drafts, children)

        async def attempt(
            case_id: str, one: Door = one, at: tuple[str, str] = (operation.method, operation.path)
        ) -> tuple[int, str]:
            path = _path(at[1], **await _of_case(world, case_id))
            return await visitor.at_the_api(at[0], path, one.sends, token)

        await _agrees(world, visitor.member, operation.name, one, children, attempt)


async def test_whoever_has_no_session_and_no_token_gets_nowhere(
    server: TestServer, world: World, http: ClientSession
) -> None:
    visitor = Visitor(server, world, await world.member("mot"), http)
    case_id = await world.child("lời của em")
    before = await _state(world, visitor.member)
    for name, (method, template) in routes(world).items():
        if name in ANYBODY:
            continue
        sends = DESK[name].sends if name in DESK else {}
        path = _path(template, case_id=case_id)
        status, text = await visitor.at_the_desk(method, path, sends, known=False)
        turned_away = HTTPStatus.SEE_OTHER if method == "GET" else HTTPStatus.UNAUTHORIZED
        assert status == turned_away, name
        assert "lời của em" not in text
    for operation in OPERATIONS:
        path = _path(operation.path, **await _of_case(world, case_id))
        for token in (None, "", "x" * 43, "ü"):
            status, _ = await visitor.at_the_api(operation.method, path, API[operation.name].sends, token)
            assert status == HTTPStatus.UNAUTHORIZED, operation.name
    assert await _state(world, visitor.member) == before


@pytest.mark.parametrize("role", [role for role in ROLES if "case.view" in POLICY[role]])
@pytest.mark.parametrize(("area", "sees"), [(NATIONAL, True), (HERE, False), (f"{HERE}; {THERE}", True)])
async def test_who_works_in_an_area_sees_its_cases(
    server: TestServer, world: World, http: ClientSession, role: Role, area: str, sees: bool
) -> None:
    visitor = Visitor(server, world, await world.member("mot", role, area=area), http)
    children = await _children(world, visitor.member)
    token = await visitor.token()
    found = HTTPStatus.OK if sees else HTTPStatus.NOT_FOUND
    assert (await visitor.at_the_desk("GET", f"/desk/cases/{children.there}", {}))[0] == found
    assert (await visitor.at_the_api("GET", f"/cases/{children.there}", {}, token))[0] == found
    for method, path in (("GET", "/cases"), ("POST", "/cases/search")):
        _, text = await visitor.at_the_api(method, path, {}, token)
        assert [one in text for one in (children.here, children.there, children.declined)] == [True, sees, False]
    for method, path in (("GET", "/desk/"), ("POST", "/desk/search")):
        _, text = await visitor.at_the_desk(method, path, {})
        assert [one in text for one in (children.here, children.there, children.declined)] == [True, sees, False]


@pytest.mark.parametrize("role", [role for role in ROLES if "case.break_glass" in POLICY[role]])
async def test_through_the_glass_a_case_is_read_and_nothing_is_done(
    server: TestServer, world: World, http: ClientSession, role: Role
) -> None:
    visitor = Visitor(server, world, await world.member("mot", role, area=HERE), http)
    case_id, declined = await world.child(items={"area": THERE}), await world.child(items={"area": THERE})
    drafts, auditor = await world.member("nhap"), await world.member("xem", "auditor")
    async with world.database.transaction() as unit:
        for each in (case_id, declined):
            await _draft(unit, world, drafts.staff, each)
            await breaking.break_in(unit, world.vault, visitor.member.staff, each, "vì sao", world.now)
    await world.declines(declined, visitor.member)
    before, cases_before = await _done(world, case_id), await world.rows(cases)
    for name, one in DESK.items():
        if one.about not in {"case", "task"}:
            continue
        method, template = routes(world)[name]
        opens = one.glass == "bare" or (one.glass == "role" and _allowed(visitor.member, one))
        for each in (case_id, declined):
            path = _path(template, **await _of_case(world, each)) + _query(one)
            status, _ = await visitor.at_the_desk(method, path, one.sends)
            if name in _LED_BACK:
                assert status in {HTTPStatus.SEE_OTHER, HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}, name
            elif opens and each == case_id:
                assert status == HTTPStatus.OK, name
            else:
                assert status >= HTTPStatus.BAD_REQUEST, name
    assert await _done(world, case_id) == before
    assert await world.rows(cases) == cases_before
    looks = [row for row in await world.rows(trail, actor=visitor.member.staff.id) if row.action.endswith(_LOOKS)]
    assert all('"grant":' in row.detail for row in looks), "a look through the glass names its grant"
    async with world.database.transaction() as unit:
        listed = await breaking.listed(unit, world.vault, auditor.staff, world.now)
    assert {one.case_id: one.looks for one in listed} == {case_id: len(looks), declined: 0}


async def _done(world: World, case_id: str) -> list[str]:
    return [action for action in await world.actions(f"case:{case_id}") if not action.endswith(_LOOKS)]


async def test_a_denied_try_stands_in_the_trail_the_same_for_a_case_that_exists_and_one_that_does_not(
    server: TestServer, world: World, http: ClientSession
) -> None:
    visitor = Visitor(server, world, await world.member("mot", area=HERE), http)
    children = await _children(world, visitor.member)
    token = await visitor.token()
    for case_id in (children.there, GHOST):
        await visitor.at_the_desk("GET", f"/desk/cases/{case_id}", {})
        await visitor.at_the_api("GET", f"/cases/{case_id}", {}, token)
    entries = await world.rows(trail, action="access.denied")
    assert sorted(row.stream for row in entries) == [f"staff:{visitor.member.staff.id}"] * 4
    told = [row.detail.replace(children.there, GHOST) for row in sorted(entries, key=lambda row: int(row.number))]
    [of_a_task, *_] = await world.rows(task, case_id=children.there)
    for task_id in (of_a_task.id, GHOST):
        await visitor.at_the_desk("POST", f"/desk/tasks/{task_id}/finish", {"version": 1})
    tried = [row.detail for row in await world.rows(trail, action="access.denied") if "NoSuchTask" in row.detail]
    assert sorted(tried) == sorted(
        f'{{"id":"{task_id}","route":"finish_task","why":"NoSuchTask"}}' for task_id in (of_a_task.id, GHOST)
    )
    assert told[:2] == told[2:]
    assert told[0] == f'{{"id":"{GHOST}","route":"case","why":"NoSuchCase"}}'
