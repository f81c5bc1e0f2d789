"""Tasks and referrals in the API: listed, read and done as at the desk, each with its entry; and right examples."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from escalation.api.examples import EXAMPLES
from escalation.api.openapi import document
from escalation.api.operations import OPERATIONS
from escalation.referrals import drafting
from escalation.referrals.receivers import our_receivers
from escalation.referrals.rows import Words
from escalation.referrals.tables import referral
from escalation.tasks.tables import task
from tests.escalation.test_api import Caller, Callers
from tests.escalation.world import Member, World

DONE = HTTPStatus.NO_CONTENT


@pytest.fixture
async def callers(server: TestServer, world: World) -> AsyncIterator[Callers]:
    made = Callers(server, world)
    yield made
    await made.close()


@pytest.fixture
async def lan(callers: Callers, world: World) -> Caller:
    return await callers.of(await world.member("lan"))


async def told(caller: Caller, path: str) -> Any:
    answer = await caller.call("GET", path)
    assert answer.status == HTTPStatus.OK, await answer.text()
    return await answer.json()


async def post(caller: Caller, path: str, body: dict[str, Any] | None = None) -> int:
    return (await caller.call("POST", path, body)).status


# --- tasks ---------------------------------------------------------------------------------------------------------


async def test_a_task_is_added_read_done_and_taken_up_again(lan: Caller, world: World) -> None:
    case_id = await world.child(urgency="moderate")
    assert await post(lan, f"/cases/{case_id}/tasks/plan") == DONE
    assert await post(lan, f"/cases/{case_id}/tasks/plan") == HTTPStatus.CONFLICT
    later = {"title": " Gọi  lại ", "due_at": "2099-01-01T09:00:00+07:00"}
    assert await post(lan, f"/cases/{case_id}/tasks", later) == HTTPStatus.UNPROCESSABLE_ENTITY
    soon = {"title": " Gọi  lại ", "due_at": (world.now + timedelta(hours=2)).isoformat()}
    assert await post(lan, f"/cases/{case_id}/tasks", soon) == DONE
    found = {one["kind"]: one for one in await told(lan, f"/cases/{case_id}/tasks")}
    assert (found["own"]["title"], found["own"]["state"], found["plan"]["title"]) == ("Gọi lại", "open", "")
    assert found["plan"]["left"]["standing"] == "in_time"
    mine = f"/tasks/{found['own']['id']}"
    assert await post(lan, f"{mine}/finish", {"version": 7}) == HTTPStatus.CONFLICT
    assert await post(lan, f"{mine}/finish", {"version": 1, "note": "em đã nghe máy"}) == DONE
    assert await post(lan, f"{mine}/drop", {"version": 2, "note": "x"}) == HTTPStatus.CONFLICT
    after = {one["kind"]: one for one in await told(lan, f"/cases/{case_id}/tasks")}["own"]
    assert (after["state"], after["note"], after["left"]) == ("done", "em đã nghe máy", None)
    assert await post(lan, f"{mine}/take-up", {"version": 2}) == DONE
    assert await post(lan, f"{mine}/drop", {"version": 3, "note": " "}) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await post(lan, f"{mine}/drop", {"version": 3, "note": "mẹ đã đón em"}) == DONE
    acts = [act for act in await world.actions(f"case:{case_id}") if act.startswith("task")]
    done = ["task.done", "tasks.viewed", "task.taken_up", "task.dropped"]
    assert acts == ["task.begun", "task.added", "tasks.viewed", *done]


async def test_lists_show_ones_own_and_the_areas_without_the_words_of_others(
    callers: Callers, lan: Caller, world: World
) -> None:
    near, far = await world.child(items={"area": "Huế"}), await world.child(items={"area": "Cà Mau"})
    hidden = await world.child()
    nam = await world.member("nam", area="Huế")
    await world.declines(hidden, nam)
    due = {"title": "Gọi lại cho em", "due_at": (world.now + timedelta(hours=2)).isoformat()}
    assert await post(lan, f"/cases/{near}/tasks", due) == DONE
    theirs = await callers.of(nam)
    assert await told(theirs, "/tasks") == []
    area = await told(theirs, "/tasks/area")
    assert {one["task"]["case_id"] for one in area} == {near}
    assert {one["task"]["title"] for one in area} == {""}, "what a colleague wrote is read in its case"
    [own] = await told(lan, "/tasks")
    assert own["task"]["title"] == "Gọi lại cho em"
    assert {one["task"]["case_id"] for one in await told(lan, "/tasks/area")} == {near, far, hidden}
    assert (await theirs.call("GET", f"/cases/{far}/tasks")).status == HTTPStatus.NOT_FOUND
    assert (await theirs.call("GET", f"/cases/{hidden}/tasks")).status == HTTPStatus.NOT_FOUND
    assert await world.actions(f"staff:{nam.staff.id}") == [
        "staff.created", "staff.token_created", "tasks.listed", "tasks.listed", "access.denied", "access.denied",
    ]  # fmt: skip


async def test_a_task_is_given_by_a_supervisor_and_taken_by_anybody(
    callers: Callers, lan: Caller, world: World
) -> None:
    case_id = await world.child()
    nam = await world.member("nam")
    mai = await callers.of(await world.member("mai", "supervisor"))
    [one, *_] = await told(lan, f"/cases/{case_id}/tasks")
    give = {"version": 1, "to": nam.staff.id}
    assert await post(lan, f"/tasks/{one['id']}/give", give) == HTTPStatus.FORBIDDEN
    assert await post(mai, f"/tasks/{one['id']}/give", give) == DONE
    [row] = await world.rows(task, id=one["id"])
    assert row.assignee_id == nam.staff.id
    assert (
        await post(mai, f"/tasks/{one['id']}/give", {"version": 2, "to": "f" * 32}) == HTTPStatus.UNPROCESSABLE_ENTITY
    )


# --- referrals -----------------------------------------------------------------------------------------------------


async def drafted(world: World, writer: Member, case_id: str, signer: Member) -> str:
    """Let staff write a referral that may leave: its ground is signed by a second person."""
    async with world.database.transaction() as unit:
        referral_id = await drafting.draft(
            unit,
            world.vault,
            writer.staff,
            case_id,
            our_receivers().named("commune"),
            urgent=True,
            fields=frozenset(),
            words=Words(request="Mong xã đến thăm em", account="Em bị đe dọa"),
            now=world.now,
        )
        await drafting.write_reason(
            unit,
            world.vault,
            writer.staff,
            case_id,
            referral_id,
            version=1,
            ground="urgent_19_1_a",
            text="em bị đuổi",
            now=world.now,
        )
        await drafting.sign(unit, world.vault, signer.staff, case_id, referral_id, version=2, now=world.now)
    return referral_id


async def test_a_receivers_system_hears_of_a_referral_and_answers_it(callers: Callers, world: World) -> None:
    case_id = await world.child(items={"area": "Huế"})
    mai = await world.member("mai", "supervisor")
    referral_id = await drafted(world, await world.member("lan"), case_id, mai)
    ha = await callers.of(await world.member("ha", "coordinator", area="Huế"))
    [listed] = await told(ha, "/referrals")
    assert (listed["id"], listed["state"], listed["gate"]) == (referral_id, "draft", "ground")
    assert "Mong xã" not in json.dumps(listed, ensure_ascii=False)
    [opened] = await told(ha, f"/cases/{case_id}/referrals")
    assert opened["words"]["request"] == "Mong xã đến thăm em"
    assert "em bị đuổi" not in json.dumps(opened, ensure_ascii=False), "the reason of a ground stays at the desk"
    address = f"/cases/{case_id}/referrals/{referral_id}"
    accept = {"version": 4, "event": "accept", "text": "đã cử người"}
    assert await post(ha, f"{address}/answer", accept) == HTTPStatus.CONFLICT, "it was not sent yet"
    assert await post(ha, f"{address}/send", {"version": 3, "how": "fax"}) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await post(ha, f"{address}/send", {"version": 3, "how": "system"}) == DONE
    assert await post(ha, f"{address}/answer", accept | {"event": "finish"}) == HTTPStatus.CONFLICT
    assert await post(ha, f"{address}/answer", accept) == DONE
    assert await post(ha, f"{address}/answer", {"version": 5, "event": "finish"}) == DONE
    [done] = await told(ha, f"/cases/{case_id}/referrals")
    assert done["referral"]["state"] == "done"
    assert [(one["event"], one["text"]) for one in done["answers"]] == [("accept", "đã cử người"), ("finish", "")]
    assert await told(ha, "/referrals") == []
    acts = [act for act in await world.actions(f"case:{case_id}") if act.startswith("referral.")]
    assert acts[-4:] == ["referral.sent", "referral.accept", "referral.finish", "referral.viewed"]


async def test_a_refusal_is_noted_and_nothing_leaves_through_a_shut_gate(callers: Callers, world: World) -> None:
    case_id = await world.child()
    writer, mai = await world.member("lan"), await world.member("mai", "supervisor")
    referral_id = await drafted(world, writer, case_id, mai)
    async with world.database.transaction() as unit:
        await unit.execute(referral.update().values(signed_by=None))
    ha = await callers.of(await world.member("ha", "coordinator"))
    address = f"/cases/{case_id}/referrals/{referral_id}"
    assert await post(ha, f"{address}/send", {"version": 3, "how": "letter"}) == HTTPStatus.CONFLICT
    async with world.database.transaction() as unit:
        await unit.execute(referral.update().values(signed_by=mai.staff.id))
    assert await post(ha, f"{address}/send", {"version": 3, "how": "letter"}) == DONE
    assert await post(ha, f"{address}/answer", {"version": 4, "event": "refuse", "text": "không thuộc xã"}) == DONE
    [row] = await world.rows(referral)
    assert row.state == "refused"


async def test_out_of_the_area_there_is_no_referral(callers: Callers, world: World) -> None:
    case_id = await world.child(items={"area": "Huế"})
    referral_id = await drafted(world, await world.member("lan"), case_id, await world.member("mai", "supervisor"))
    far = await callers.of(await world.member("xa", "coordinator", area="Cà Mau"))
    assert await told(far, "/referrals") == []
    address = f"/cases/{case_id}/referrals"
    assert (await far.call("GET", address)).status == HTTPStatus.NOT_FOUND
    assert await post(far, f"{address}/{referral_id}/send", {"version": 3, "how": "letter"}) == HTTPStatus.NOT_FOUND
    counsellor = await callers.of(await world.member("nam", area="Huế"))
    assert (await counsellor.call("GET", "/referrals")).status == HTTPStatus.FORBIDDEN


# --- the description -----------------------------------------------------------------------------------------------


def test_every_body_and_answer_has_an_example() -> None:
    schemas = document()["components"]["schemas"]
    used = {one.__name__ for operation in OPERATIONS for one in (operation.sends, operation.answers) if one is not None}
    assert used | {"Failure"} == set(EXAMPLES)
    assert {name: schemas[name]["examples"] for name in EXAMPLES} == {name: [one] for name, one in EXAMPLES.items()}


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.answers is not None], ids=lambda one: one.name)
def test_an_example_of_an_answer_is_as_it_would_be_given(operation: Any) -> None:
    example = EXAMPLES[operation.answers.__name__]
    made = operation.answers.model_validate_json(json.dumps(example), by_name=True, by_alias=False)
    assert json.loads(made.model_dump_json()) == example


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.sends is not None], ids=lambda one: one.name)
def test_an_example_of_a_body_is_taken(operation: Any) -> None:
    operation.sends.model_validate_json(json.dumps(EXAMPLES[operation.sends.__name__]))


def test_ids_of_an_address_are_described() -> None:
    told_of = document()["paths"]["/cases/{case_id}/referrals/{referral_id}/answer"]["post"]["parameters"]
    assert [one["name"] for one in told_of] == ["case_id", "referral_id"]
