"""Drafts and notes beside the chat: kept sealed, shown to the right eyes, and gone when they should be."""

from datetime import timedelta
from http import HTTPStatus

import pytest

import escalation.tables
from escalation import queue, retention
from escalation.cases import withdraw
from escalation.writing import erasing
from escalation.writing.tables import draft, note
from store.database import Database
from store.signals import typing_topic
from tests.escalation.world import Browser, Desk, Member, World

pytest_plugins = ("tests.store.databases",)
SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
WORDS = "Cô nghe em đây, em <ở yên> nhé"


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


async def holding(desk: Desk, world: World, case_id: str, name: str = "lan") -> tuple[Browser, Member, str]:
    """Return a browser that holds the case, whose it is, and the lease."""
    member = await world.member(name)
    browser = await desk.of(member)
    await browser.post(f"/desk/cases/{case_id}/claim")
    [row] = await world.rows(escalation.tables.cases, id=case_id)
    return browser, member, str(row.lease)


async def begin(browser: Browser, case_id: str, text: str = WORDS, message_id: str = "a1") -> int:
    """Let the page keep a draft; returns the answer's status."""
    fields = {"id": message_id, "text": text}
    return (await browser.post(f"/desk/cases/{case_id}/draft", fields, headers=SCRIPT)).status


async def test_a_draft_comes_back_with_its_time_and_only_to_its_writer(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, lan, _ = await holding(desk, world, case_id)
    assert await begin(browser, case_id, "Cô nghe") == HTTPStatus.OK
    assert await begin(browser, case_id) == HTTPStatus.OK
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert "Cô nghe em đây, em &lt;ở yên&gt; nhé</textarea>" in page
    assert "Bản nháp chưa gửi, lưu lúc" in page
    [row] = await world.rows(draft)
    assert b"nghe" not in row.body_sealed
    again = await (await (await desk.of(lan)).get(f"/desk/cases/{case_id}")).text()
    assert "em &lt;ở yên&gt;" in again, "it is kept on the server, for another browser too"
    other = await desk.of(await world.member("thu", "supervisor"))
    assert "ở yên" not in await (await other.get(f"/desk/cases/{case_id}")).text()
    rows = await world.rows(escalation.tables.trail)
    assert not any("nghe" in entry.detail for entry in rows)


async def test_asked_without_words_only_the_own_draft_is_told(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, *_ = await holding(desk, world, case_id)
    await begin(browser, case_id)
    other = await desk.of(await world.member("nam"))
    for who, words in ((browser, WORDS), (other, "")):
        told = await who.post(f"/desk/cases/{case_id}/draft", {"id": "a1"}, headers=SCRIPT)
        assert (await told.json())["text"] == words


async def test_keeping_a_draft_tells_how_it_reads(desk: Desk, world: World) -> None:
    case_id = await world.child(band="6-10")
    browser, *_ = await holding(desk, world, case_id)
    fields = {"id": "a1", "text": "Cô sẽ nhờ cơ quan chức năng. " + "em " * 20}
    told = await (await browser.post(f"/desk/cases/{case_id}/draft", fields, headers=SCRIPT)).json()
    assert (told["longest"], told["most"]) == (20, 12)
    assert told["hard"] == [["cơ quan chức năng", "người có nhiệm vụ bảo vệ trẻ em"]]


async def test_what_was_sent_leaves_no_draft_not_even_by_a_late_save(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    await begin(browser, case_id)
    await browser.post(f"/desk/cases/{case_id}/messages", {"id": "a1", "lease": lease, "text": WORDS})
    assert await world.rows(draft) == []
    assert await begin(browser, case_id, message_id="a1") == HTTPStatus.OK
    assert await world.rows(draft) == []
    await begin(browser, case_id, "tin sau", message_id="a2")
    assert len(await world.rows(draft)) == 1
    await begin(browser, case_id, "  ", message_id="a2")
    assert await world.rows(draft) == [], "an emptied box leaves nothing"


@pytest.mark.parametrize("end", ["close", "hand-back"])
async def test_the_end_takes_the_draft(desk: Desk, world: World, end: str) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    await begin(browser, case_id)
    await browser.post(f"/desk/cases/{case_id}/{end}", {"lease": lease, "outcome": "advised", "summary": "ổn"})
    assert await world.rows(draft) == []
    if end == "close":
        assert await begin(browser, case_id) == HTTPStatus.CONFLICT


async def test_who_lost_the_child_still_has_the_words(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, lan, lease = await holding(desk, world, case_id)
    await begin(browser, case_id)
    async with world.database.transaction() as unit:
        await queue.hand_back(unit, world.vault, lan.staff, case_id, int(lease), world.now)
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert "em &lt;ở yên&gt; nhé</textarea>" in page
    assert "không còn giữ ca này" in page
    assert await begin(browser, case_id, "sửa lại") == HTTPStatus.OK
    world.clock.advance(timedelta(days=1, seconds=1).total_seconds())
    async with world.database.transaction() as unit:
        assert await erasing.old_drafts(unit, world.now) == 1


async def test_nobody_keeps_a_draft_who_never_held_the_child(desk: Desk, world: World) -> None:
    case_id = await world.child(items={"area": "Đà Nẵng"})
    await holding(desk, world, case_id)
    near, far = await desk.of(await world.member("nam")), await desk.of(await world.member("xa", area="Huế"))
    assert await begin(near, case_id) == HTTPStatus.CONFLICT
    assert await begin(far, case_id) == HTTPStatus.NOT_FOUND
    assert await begin(near, "f" * 32) == HTTPStatus.NOT_FOUND
    assert await begin(near, case_id, "x" * 4001) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert await world.rows(draft) == []


async def test_taking_the_yes_back_takes_drafts_and_notes(desk: Desk, world: World) -> None:
    case_id = await world.child(urgency="moderate")
    browser, *_ = await holding(desk, world, case_id)
    await begin(browser, case_id)
    await browser.post(f"/desk/cases/{case_id}/notes", {"note": "hay ngừng lâu"})
    async with world.database.transaction() as unit:
        await withdraw(unit, case_id, now=world.now)
    assert (await world.rows(draft), await world.rows(note)) == ([], [])
    refused = await browser.post(f"/desk/cases/{case_id}/notes", {"note": "thêm"}, headers=SCRIPT)
    assert refused.status == HTTPStatus.CONFLICT


async def test_notes_stand_beside_the_chat_for_colleagues_and_never_in_trail_or_chat(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, *_ = await holding(desk, world, case_id)
    for text in ("hay <ngừng> lâu", "hỏi về em gái"):
        answer = await browser.post(f"/desk/cases/{case_id}/notes", {"note": text})
        assert answer.headers["Location"] == f"/desk/cases/{case_id}"
    other = await desk.of(await world.member("thu", "supervisor"))
    page = await (await other.get(f"/desk/cases/{case_id}")).text()
    assert page.index("hay &lt;ngừng&gt; lâu") < page.index("hỏi về em gái")
    assert [row.number for row in await world.rows(note)] == [1, 2]
    assert (await world.actions(f"case:{case_id}")).count("case.noted") == 2
    assert not any("ngừng" in row.detail for row in await world.rows(escalation.tables.trail))
    far = await desk.of(await world.member("minh", "admin"))
    assert (await far.post(f"/desk/cases/{case_id}/notes", {"note": "x"})).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 2001])
async def test_an_empty_or_endless_note_is_refused_and_kept(desk: Desk, world: World, text: str) -> None:
    case_id = await world.child()
    browser, *_ = await holding(desk, world, case_id)
    answer = await browser.post(f"/desk/cases/{case_id}/notes", {"note": text})
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    page = await answer.text()
    assert "Ghi chú cần có từ 1 đến 2000 ký tự" in page
    assert text.strip() in page


async def test_notes_go_with_the_words_of_the_case(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    await browser.post(f"/desk/cases/{case_id}/notes", {"note": "hay ngừng lâu"})
    await browser.post(f"/desk/cases/{case_id}/close", {"lease": lease, "outcome": "advised", "summary": ""})
    async with world.database.transaction() as unit:
        assert await retention.purge_cases(unit, world.now + timedelta(days=2), timedelta(days=1)) == 1
    assert await world.rows(note) == []


async def test_the_case_tells_who_opened_it(desk: Desk, world: World) -> None:
    case_id = await world.child()
    first = await desk.of(await world.member("nam"))
    await first.get(f"/desk/cases/{case_id}")
    browser, *_ = await holding(desk, world, case_id)
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    seen = page[page.index("Ai đã mở ca này") :]
    assert seen.index("Cô Nam") < seen.index("Cô Lan")


async def test_only_who_holds_the_child_tells_that_it_writes(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    other = await desk.of(await world.member("nam"))
    [row] = await world.rows(escalation.tables.cases, id=case_id)
    with world.database.signals.listen(typing_topic(row.conversation_id, "counsellor")) as waiter:
        for who, sent, heard in ((other, lease, False), (browser, str(int(lease) + 1), False), (browser, lease, True)):
            told = await who.post(f"/desk/cases/{case_id}/typing", {"lease": sent}, headers=SCRIPT)
            assert told.status == HTTPStatus.NO_CONTENT
            assert await waiter.wait(0.3) is heard
    assert await world.actions(f"case:{case_id}") == ["case.opened", "case.claimed"], "typing is written nowhere"
