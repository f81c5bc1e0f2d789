"""Beside the answers: a lesson and a moment to wait in one press, a supervisor asked to listen, other contacts."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import update

import escalation.tables
from content.library import Content
from escalation import cases, consent, watch
from escalation.desk.phrases import WAIT, lesson_cards, next_card, phrases
from escalation.priority import TARGETS
from store import conversations, inbox
from store.inbox import inbox_place
from store.tables import inbox as inbox_table
from tests.escalation.world import Browser, Desk, Member, World


@pytest.fixture
async def world(world: World) -> World:
    """Give the desk the lessons, as the product does."""
    world.services = replace(world.services, content=Content.load())
    return world


async def holding(desk: Desk, world: World, **child: str) -> tuple[Browser, Member, str, str]:
    case_id = await world.child("em sợ", **child)  # type: ignore[arg-type]
    member = await world.member("lan")
    browser = await desk.of(member)
    await browser.post(f"/desk/cases/{case_id}/claim")
    [row] = await world.rows(escalation.tables.cases, id=case_id)
    return browser, member, case_id, str(row.lease)


async def told(world: World, case_id: str) -> list[dict[str, str]]:
    """Return what the desk has put before the child's turn, oldest first."""
    [row] = await world.rows(escalation.tables.cases, id=case_id)
    async with world.database.reading() as unit:
        held = await conversations.read(unit, world.vault, row.conversation_id)
    notices = await world.rows(inbox_table, conversation_id=held.id, kind=inbox.DESK)
    opened = [held.sealer.open(inbox_place(one.seq), one.body_sealed) for one in notices if one.body_sealed]
    return [one for one in opened if one["event"] == "said"]


def hidden(page: str, form: str) -> dict[str, str]:
    """Return the fields of one form of a page, as a browser without scripts sends them."""
    found = re.search(rf'<form[^>]*id="{form}">(.*?)</form>', page, re.DOTALL)
    assert found is not None, form
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', found[1], re.DOTALL)
    return {name: html.unescape(value) for name, value in fields}


async def test_each_press_sends_the_next_card_of_the_lesson_as_the_counsellors_words(desk: Desk, world: World) -> None:
    browser, member, case_id, _ = await holding(desk, world)
    cards = lesson_cards(Content.load(), "11-14", ("cyberbullying",))
    for card in cards[:2]:
        fields = hidden(await (await browser.get(f"/desk/cases/{case_id}")).text(), "lesson")
        assert (await browser.post(f"/desk/cases/{case_id}/messages", fields)).status == HTTPStatus.SEE_OTHER
        said = (await told(world, case_id))[-1]
        assert (said["text"], said["name"]) == (card.text.strip(), member.staff.display_name)
        await world.turn_of(case_id)
    assert (await world.actions(f"case:{case_id}")).count("case.replied") == 2


async def test_without_the_child_no_lesson_and_no_pause_are_sent(desk: Desk, world: World) -> None:
    browser, _, case_id, lease = await holding(desk, world)
    await browser.post(f"/desk/cases/{case_id}/hand-back", {"lease": lease})
    before = await told(world, case_id)
    for path, fields in (("messages", {"id": "m", "text": "thẻ"}), ("wait", {"id": "m"}), ("invite", {})):
        answer = await browser.post(f"/desk/cases/{case_id}/{path}", {"lease": lease, **fields})
        assert answer.status == HTTPStatus.CONFLICT, path
    assert await told(world, case_id) == before
    assert await world.rows(escalation.tables.alert, kind="listener_wanted") == []


def test_after_the_last_card_there_is_no_lesson_to_send() -> None:
    cards = lesson_cards(Content.load(), "11-14", ("scam",))
    assert next_card(cards, ()) == cards[0]
    assert next_card(cards, {card.text.strip() for card in cards[:3]}) == cards[3]
    assert next_card(cards, {card.text.strip() for card in cards}) is None


@pytest.mark.parametrize("band", ["6-10", "11-14", "15-17", None])
async def test_the_child_is_asked_to_wait_in_the_approved_words_for_its_age(
    desk: Desk, world: World, band: str | None
) -> None:
    browser, member, case_id, lease = await holding(desk, world, band=band)  # type: ignore[arg-type]
    fields = {"id": "m1", "lease": lease, "text": "lời tự gõ"}
    for _ in range(2):  # a double press is one message
        assert (await browser.post(f"/desk/cases/{case_id}/wait", fields)).status == HTTPStatus.SEE_OTHER
    ready = [one.text for one in phrases(band or "unknown", band, member.staff.display_name) if one.group == WAIT]
    assert [one["text"] for one in await told(world, case_id)] == ready[:1]
    assert "Em đang đợi anh/chị từ" in await (await browser.get(f"/desk/cases/{case_id}")).text()
    sent = {"id": "m2", "lease": lease, "text": "Cô đây em"}
    await browser.post(f"/desk/cases/{case_id}/messages", sent)
    assert "Em đang đợi anh/chị từ" not in await (await browser.get(f"/desk/cases/{case_id}")).text()


async def test_a_pause_stops_no_clock(desk: Desk, world: World) -> None:
    browser, _, case_id, lease = await holding(desk, world)
    await browser.post(f"/desk/cases/{case_id}/wait", {"id": "m1", "lease": lease})
    [row] = await world.rows(escalation.tables.cases, id=case_id)
    assert (row.first_reply_at, row.last_reply_at) == (None, None)
    await browser.post(f"/desk/cases/{case_id}/messages", {"id": "m2", "lease": lease, "text": "Chào em"})
    world.clock.advance(1)
    await world.child_writes(case_id, "cô ơi")
    await browser.post(f"/desk/cases/{case_id}/wait", {"id": "m3", "lease": lease})
    world.clock.advance(int(TARGETS["high"] / timedelta(seconds=1)))
    async with world.database.transaction() as unit:
        still = world.now + timedelta(minutes=5)
        await unit.execute(update(escalation.tables.cases).values(lease_until=still))
    await watch.sweep(world.database, world.vault, world.now)
    assert [one.kind for one in await world.rows(escalation.tables.alert)] == ["silence"]


async def test_a_supervisor_asked_to_listen_is_told_once_and_comes(desk: Desk, world: World) -> None:
    browser, _, case_id, lease = await holding(desk, world)
    thu = await world.member("thu", "supervisor")
    supervisor = await desk.of(thu)
    for _ in range(2):
        assert (await browser.post(f"/desk/cases/{case_id}/invite", {"lease": lease})).status == HTTPStatus.SEE_OTHER
    [one] = await world.rows(escalation.tables.alert, kind="listener_wanted")
    assert (await world.actions(f"case:{case_id}")).count("case.listener_wanted") == 1
    assert "Tư vấn viên mời giám sát viên cùng nghe" in await (await supervisor.get("/desk/")).text()
    assert "Tư vấn viên mời giám sát viên cùng nghe" in await (await browser.get(f"/desk/cases/{case_id}")).text()
    await supervisor.post(f"/desk/alerts/{case_id}/{one.number}/seen")
    await browser.post(f"/desk/cases/{case_id}/invite", {"lease": lease})
    assert len(await world.rows(escalation.tables.alert, kind="listener_wanted")) == 2


# --- other contacts of the same person ------------------------------------------------------------------------------


async def again(world: World, case_id: str, *, role: str = "child", area: str | None = None) -> str:
    """Let the person of a case, which is closed now, agree a second time; returns the new case."""
    [row] = await world.rows(escalation.tables.cases, id=case_id)
    async with world.database.transaction() as unit:
        await unit.execute(
            update(escalation.tables.cases)
            .where(escalation.tables.cases.c.id == case_id)
            .values(state="closed", closed_at=world.now, outcome="advised", owner_id=None)
        )
        held = await conversations.lock(unit, world.vault, row.conversation_id)
        seq = await conversations.take_seq(unit, held.id)
        await consent.record(
            unit,
            conversation_id=held.id,
            item="conversation",
            decision="granted",
            wording="consent.v1",
            audience="11-14",
            channel="web",
            message_seq=seq,
            at=world.now,
        )
        opened = await cases.open_case(
            unit,
            held,
            urgency="moderate",
            harms=(),
            subject="self",
            band="11-14",
            audience="11-14",
            role=role,
            basis="consent",
            from_seq=seq,
            consent_seq=seq,
            now=world.now,
        )
        if area is not None:
            await cases.set_item(unit, held, opened, "area", area)
    return str(opened)


async def links(desk: Desk, member: Member, case_id: str) -> set[str]:
    page = await (await (await desk.of(member)).get(f"/desk/cases/{case_id}")).text()
    return {found for found in re.findall(r'href="/desk/cases/([0-9a-f]{32})"', page) if found != case_id}


async def test_other_contacts_of_the_same_child_stand_beside_it_without_words(desk: Desk, world: World) -> None:
    lan = await world.member("lan", area="Huế")
    first = await world.child("chuyện cũ")
    stranger = await world.child()
    second = await again(world, first, area="Huế")
    third = await again(world, second)
    assert await links(desk, lan, third) == {first, second}
    assert await links(desk, lan, first) == {second, third}
    assert await links(desk, lan, stranger) == set()
    page = await (await (await desk.of(lan)).get(f"/desk/cases/{third}")).text()
    assert "chuyện cũ" not in page
    far = await world.member("xa", area="Cà Mau")
    assert await links(desk, far, third) == {first}


async def test_a_parent_on_the_same_phone_and_what_was_taken_back_are_not_linked(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    first = await world.child()
    parents = await again(world, first, role="parent")
    assert await links(desk, lan, parents) == set()
    second = await again(world, first)
    assert await links(desk, lan, second) == {first}
    async with world.database.transaction() as unit:
        await cases.withdraw(unit, second, now=world.now)
    assert await links(desk, lan, first) == set()
