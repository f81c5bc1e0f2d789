"""The case page: what is shown and masked, replying, losing the lease, handing back, closing; live."""

import asyncio
import re
import time
from datetime import UTC, datetime
from http import HTTPStatus

import pytest

import escalation.tables
from escalation import follow_ups, queue
from escalation.contact import OUTCOMES, Span
from escalation.desk import wording
from escalation.desk.marks import Piece, pieces
from escalation.desk.phrases import phrases
from escalation.trail import verify
from store.database import Database
from tests.escalation.world import Browser, Desk, Member, Said, World

pytest_plugins = ("tests.store.databases",)


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


async def holding(desk: Desk, world: World, case_id: str, name: str = "lan") -> tuple[Browser, Member, str]:
    """Return a browser that holds the case, whose it is, and the lease."""
    member = await world.member(name)
    browser = await desk.of(member)
    assert (await browser.post(f"/desk/cases/{case_id}/claim")).status == HTTPStatus.SEE_OTHER
    [row] = await world.rows(escalation.tables.cases, id=case_id)
    return browser, member, str(row.lease)


async def lose(world: World, case_id: str, member: Member, lease: str) -> None:
    async with world.database.transaction() as unit:
        await queue.hand_back(unit, world.vault, member.staff, case_id, int(lease), world.now)


def reply(lease: str, text: str, message_id: str = "a1") -> dict[str, str]:
    return {"id": message_id, "lease": lease, "text": text}


async def test_a_childs_words_are_escaped_and_marked(desk: Desk, world: World) -> None:
    text = "<script>alert(1)</script> nó đánh em 😢 & em sợ"
    start = text.index("đánh")
    case_id = await world.child(Said(text=text, evidence=((start, start + 7),)))
    browser = await desk.of(await world.member("lan"))
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; nó <mark>đánh em</mark> 😢 &amp; em sợ" in page
    assert (await world.actions(f"case:{case_id}"))[-1] == "case.viewed"


async def test_what_was_not_agreed_is_masked_until_it_is(desk: Desk, world: World) -> None:
    said = Said(text="Em là Na, số 0912345678 nha", masks=((6, 8, "nickname"), (13, 23, "phone")))
    case_id = await world.child(said, items={"nickname": "Na"})
    browser = await desk.of(await world.member("lan"))
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert "Em là Na, số •••••••••• nha" in page
    assert "0912345678" not in page
    assert "Tên gọi: <strong><bdi>Na</bdi></strong>" in page
    assert re.search(r'<li class="agreed-none">.*Số điện thoại', page)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((), [("abcdef", False)]),
        (((0, 6),), [("abcdef", True)]),
        (((1, 3), (2, 4)), [("a", False), ("bcd", True), ("ef", False)]),
        (((4, 99), (-3, 1)), [("a", True), ("bcd", False), ("ef", True)]),
        (((3, 3), (5, 2)), [("abcdef", False)]),
    ],
)
def test_pieces_cover_the_text(spans: tuple[tuple[int, int], ...], expected: list[tuple[str, bool]]) -> None:
    found = pieces("abcdef", [Span(start=start, end=end) for start, end in spans])
    assert found == tuple(Piece(text=text, marked=marked) for text, marked in expected)
    assert pieces("", ()) == ()


async def test_a_reply_is_pending_then_sent(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, lan, lease = await holding(desk, world, case_id)
    answer = await browser.post(f"/desk/cases/{case_id}/messages", reply(lease, "Chào em\r\nCô đây"))
    assert answer.headers["Location"] == f"/desk/cases/{case_id}#reply"
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert "Chào em\nCô đây" in page
    assert "Đang gửi</span>" in page
    await world.turn_of(case_id)
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert page.count("Chào em\nCô đây") == 1
    assert "✓ Đã gửi" in page
    assert lan.staff.display_name in page
    assert "case.replied" in await world.actions(f"case:{case_id}")


@pytest.mark.parametrize("delivery", ["parked", "cancelled"])
async def test_what_did_not_arrive_is_loud(desk: Desk, world: World, delivery: str) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    await browser.post(f"/desk/cases/{case_id}/messages", reply(lease, "Chào em"))
    await world.turn_of(case_id, delivery=delivery)
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert '<strong class="lost">EM CHƯA NHẬN ĐƯỢC tin này</strong>' in page
    assert "Chép lại vào ô rồi gửi thêm một lần" in page


async def test_what_waits_unseen_is_loud(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    await browser.post(f"/desk/cases/{case_id}/messages", reply(lease, "Chào em"))
    await world.hide_reply(case_id)
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert "1 tin EM CHƯA NHẬN ĐƯỢC: em đang ẩn cuộc trò chuyện" in page


async def test_the_same_message_twice_is_one(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    for _ in range(2):
        await browser.post(f"/desk/cases/{case_id}/messages", reply(lease, "Chào em"))
    await world.turn_of(case_id)
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert page.count('<p class="said" lang="vi">Chào em</p>') == 1


@pytest.mark.parametrize("text", ["", "   \r\n ", "x" * 2001])
async def test_an_empty_or_endless_message_is_refused_and_kept(desk: Desk, world: World, text: str) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    answer = await browser.post(f"/desk/cases/{case_id}/messages", reply(lease, text))
    page = await answer.text()
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "từ 1 đến 2000 ký tự" in page
    assert text.strip() in page


async def test_losing_the_lease_is_loud_and_loses_no_draft(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, lan, lease = await holding(desk, world, case_id)
    await lose(world, case_id, lan, lease)
    answer = await browser.post(f"/desk/cases/{case_id}/messages", reply(lease, "Em ơi <3"))
    page = await answer.text()
    assert answer.status == HTTPStatus.CONFLICT
    assert "không còn giữ ca này" in page
    assert re.search(r"<textarea[^>]* readonly>\nEm ơi &lt;3</textarea>", page)
    assert await world.rows(escalation.tables.cases, first_reply_at=None) != []
    assert "case.replied" not in await world.actions(f"case:{case_id}")
    script = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    for path, fields in (
        ("messages", reply(lease, "Em ơi")),
        ("renew", {"lease": lease}),
        ("close", {"lease": lease, "outcome": "advised", "summary": ""}),
        ("hand-back", {"lease": lease}),
    ):
        told = await browser.post(f"/desk/cases/{case_id}/{path}", fields, headers=script)
        assert told.status == HTTPStatus.CONFLICT
        assert "không còn giữ ca này" in (await told.json())["error"]


async def test_another_counsellor_reads_but_cannot_write(desk: Desk, world: World) -> None:
    case_id = await world.child()
    _, lan, lease = await holding(desk, world, case_id)
    other = await desk.of(await world.member("nam"))
    page = await (await other.get(f"/desk/cases/{case_id}")).text()
    assert f"{lan.staff.display_name} đang đồng hành cùng em. Anh/chị chỉ đọc: mỗi lúc chỉ một người nhắn" in page
    assert "<textarea" not in page
    assert f'data-lease="{lease}"' not in page
    answer = await other.post(f"/desk/cases/{case_id}/messages", reply(lease, "Chào em"))
    assert answer.status == HTTPStatus.CONFLICT


async def test_renewing_keeps_the_lease(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    world.clock.advance(60)
    script = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    answer = await browser.post(f"/desk/cases/{case_id}/renew", {"lease": lease}, headers=script)
    assert answer.status == HTTPStatus.NO_CONTENT
    [row] = await world.rows(escalation.tables.cases)
    assert (row.lease_until - world.now).total_seconds() > 80
    for broken in ({}, {"lease": "x"}, {"lease": "²"}):
        assert (await browser.post(f"/desk/cases/{case_id}/renew", broken)).status == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_handing_back_puts_the_child_first(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    answer = await browser.post(f"/desk/cases/{case_id}/hand-back", {"lease": lease})
    page = await (await browser.get(answer.headers["Location"])).text()
    assert "Em đã về đầu hàng chờ" in page
    [row] = await world.rows(escalation.tables.cases)
    assert (row.state, row.owner_id, row.front) == ("waiting", None, True)
    assert "case.handed_back" in await world.actions(f"case:{case_id}")
    assert "được trả lại hàng" in await (await browser.get("/desk/")).text()


async def test_closing_needs_an_outcome_and_keeps_the_summary(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    path, summary = f"/desk/cases/{case_id}/close", "Em ổn hơn,\r\nđã dặn gọi 111 <khi cần>"
    refused = await browser.post(path, {"lease": lease, "outcome": "", "summary": summary})
    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "đã dặn gọi 111 &lt;khi cần&gt;</textarea>" in await refused.text()
    answer = await browser.post(path, {"lease": lease, "outcome": "advised", "summary": summary})
    page = await (await browser.get(answer.headers["Location"])).text()
    for words in ("Đã kết thúc", "Đã tư vấn, em ổn hơn", "Em ổn hơn,\nđã dặn gọi 111 &lt;khi cần&gt;"):
        assert words in page
    assert "<textarea" not in page
    assert "case.closed" in await world.actions(f"case:{case_id}")
    assert (await browser.post(path, {"lease": lease, "outcome": "advised"})).status == HTTPStatus.CONFLICT


async def test_a_follow_up_is_a_switch_on_the_closing_form_and_only_the_child_sets_its_time(
    desk: Desk, world: World
) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    path = f"/desk/cases/{case_id}/close"
    assert 'type="checkbox" name="follow_up"' in await (await browser.get(f"/desk/cases/{case_id}")).text()
    refused = await browser.post(path, {"lease": lease, "outcome": "", "follow_up": "1", "summary": "ổn"})
    assert 'aria-describedby="follow-up-hint" checked>' in await refused.text(), "a refusal keeps the switch"
    answer = await browser.post(path, {"lease": lease, "outcome": "advised", "summary": "", "follow_up": "1"})
    page = await (await browser.get(answer.headers["Location"])).text()
    assert "Đã đề nghị, em chưa chọn" in page
    due_at = datetime(2030, 1, 5, 12, 30, tzinfo=UTC)
    async with world.database.transaction() as unit:
        await follow_ups.step(unit, case_id, "agree", due_at=due_at, now=world.now)
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert "Em đã hẹn" in page
    assert "19:30 05/01/2030" in page
    assert 'name="follow_up"' not in page
    assert "case.follow_up_proposed" in await world.actions(f"case:{case_id}")


async def test_both_sides_are_live_in_under_a_second(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, lan, lease = await holding(desk, world, case_id)
    async with asyncio.timeout(10):
        stream = await browser.get(f"/desk/cases/{case_id}/events")
        first = (await stream.content.readuntil(b"\r\n\r\n")).decode()
        assert 'data-holding="1"' in first
        began = time.perf_counter()
        await world.child_writes(case_id, "Em đang ở <nhà>")
        second = (await stream.content.readuntil(b"\r\n\r\n")).decode()
        assert time.perf_counter() - began < 1
        assert "Em đang ở &lt;nhà&gt;" in second
        began = time.perf_counter()
        await lose(world, case_id, lan, lease)
        third = (await stream.content.readuntil(b"\r\n\r\n")).decode()
        assert time.perf_counter() - began < 1
        assert 'data-holding="0"' in third
    stream.close()
    assert "case.watched" in await world.actions(f"case:{case_id}")


async def test_every_act_stands_in_an_unbroken_trail(desk: Desk, world: World) -> None:
    case_id = await world.child()
    browser, _, lease = await holding(desk, world, case_id)
    await browser.get(f"/desk/cases/{case_id}")
    await browser.post(f"/desk/cases/{case_id}/messages", reply(lease, "lời riêng của cô"))
    await browser.post(f"/desk/cases/{case_id}/close", {"lease": lease, "outcome": "advised", "summary": "lời tóm tắt"})
    assert await world.actions(f"case:{case_id}") == [
        "case.opened",
        "case.claimed",
        "case.viewed",
        "case.replied",
        "case.closed",
    ]
    rows = await world.rows(escalation.tables.trail)
    assert not any("lời" in row.detail for row in rows)
    async with world.database.reading() as unit:
        assert (await verify(unit))[1] == ()


def test_every_outcome_urgency_and_alert_has_words() -> None:
    words = wording.words()
    assert set(words["case"]["outcomes"]) == set(OUTCOMES)
    assert {"late_first_reply", "silence", "lease_lost", "raised", "undelivered", "unsigned", "other"} <= set(
        words["alert"]
    )
    assert set(words["urgency"]) == {"emergency", "high", "moderate"}


@pytest.mark.parametrize("band", ["6-10", "11-14", "15-17", None])
def test_phrases_are_short_named_and_promise_nothing(band: str | None) -> None:
    found = [phrase.text for phrase in phrases(band or "unknown", band, "Cô Lan")]
    assert any("Cô Lan" in phrase for phrase in found)
    for phrase in found:
        assert "{" not in phrase
        assert len(phrase.split()) <= (30 if band in {"6-10", None} else 45)
        assert not re.search(r"bí mật|giữ kín|hứa|chắc chắn|ai đã làm|làm gì em", phrase)


def test_an_adult_has_phrases_too() -> None:
    assert phrases("parent", None, "Cô Lan")[0].text.startswith("Chào anh/chị")


async def test_a_case_without_a_yes_is_marked_opens_at_the_claim_and_asks_for_its_reason(
    desk: Desk, world: World
) -> None:
    case_id = await world.child("bố cầm dao đuổi em", urgency="emergency", basis="vital_interest")
    other = await desk.of(await world.member("nam"))
    assert "Mở vì tính mạng của em, chưa có đồng ý" in await (await other.get("/desk/")).text()
    look = await (await other.get(f"/desk/cases/{case_id}")).text()
    assert "bố cầm dao đuổi em" not in look
    assert "chỉ mở ra khi anh/chị nhận em" in look
    browser, _, lease = await holding(desk, world, case_id)
    page = await (await browser.get(f"/desk/cases/{case_id}")).text()
    assert "bố cầm dao đuổi em" in page
    assert "Trước khi kết thúc, anh/chị cần bấm “Ghi lý do”" in page
    refused = await browser.post(
        f"/desk/cases/{case_id}/close", {"lease": lease, "outcome": "advised", "summary": "đã ổn"}
    )
    told = await refused.text()
    assert refused.status == HTTPStatus.CONFLICT
    assert "Hãy ghi lý do trước đã" in told
    assert "đã ổn</textarea>" in told


async def test_the_reason_is_kept_when_refused_and_a_supervisor_signs_it(desk: Desk, world: World) -> None:
    case_id = await world.child(urgency="emergency", basis="vital_interest")
    browser, _, lease = await holding(desk, world, case_id)
    path = f"/desk/cases/{case_id}"
    refused = await browser.post(f"{path}/reason", {"lease": lease, "reason": "x" * 2001})
    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "x" * 2001 in await refused.text()
    await browser.post(f"{path}/reason", {"lease": lease, "reason": "em đang bị <đuổi>"})
    assert "em đang bị &lt;đuổi&gt;" in await (await browser.get(path)).text()
    assert (await browser.post(f"{path}/signature")).status == HTTPStatus.FORBIDDEN
    supervisor = await desk.of(await world.member("mai", "supervisor"))
    board = await (await supervisor.get("/desk/")).text()
    assert "chờ anh/chị ký" in board
    assert "Đã có lý do, chờ ký" in board
    answer = await supervisor.post(f"{path}/signature")
    assert "Đã ghi chữ ký của anh/chị." in await (await supervisor.get(answer.headers["Location"])).text()
    assert "chờ anh/chị ký" not in await (await supervisor.get("/desk/")).text()
    assert (await world.actions(f"case:{case_id}")).count("case.signed") == 1
