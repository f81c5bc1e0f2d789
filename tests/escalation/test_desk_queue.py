"""The queue page: order, the next child, presence, alerts, areas and roles; live."""

import asyncio
import re
import time
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import ClientResponse

import escalation.tables
from escalation import contact, follow_ups, queue
from escalation.cases import raise_alert
from escalation.desk import wording
from store.database import Database
from tests.escalation.world import Browser, Desk, World

pytest_plugins = ("tests.store.databases",)


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


async def board(browser: Browser) -> str:
    answer = await browser.get("/desk/")
    assert answer.status == HTTPStatus.OK
    return await answer.text()


async def shown(stream: ClientResponse) -> str:
    """Return what a live stream sends next."""
    async with asyncio.timeout(10):
        return (await stream.content.readuntil(b"\r\n\r\n")).decode()


def cards(page: str) -> list[str]:
    return re.findall(r'<li class="card[^>]*data-key="([0-9a-f]{32})"', page)


async def test_an_empty_queue_has_kind_words(desk: Desk, world: World) -> None:
    page = await board(await desk.of(await world.member("lan")))
    assert "Cảm ơn anh/chị đã có mặt" in page
    assert "<title>Hàng chờ · Khiên Nhỏ</title>" in page
    assert 'class="emergency-note"' not in page


async def test_waiting_children_stand_in_order_with_word_and_shape(desk: Desk, world: World) -> None:
    moderate = await world.child(urgency="moderate", harms=(), band=None)
    high = await world.child(urgency="high", harms=("sexual_extortion",), items={"area": "Hà Nội"})
    emergency = await world.child(urgency="emergency", harms=("self_harm",), band="6-10")
    page = await board(await desk.of(await world.member("lan")))
    assert cards(page) == [emergency, high, moderate]
    assert "<title>(3) Hàng chờ" in page
    for words in ("Khẩn cấp", "Cao", "Vừa", "Bị tống tiền", "6–10 tuổi", "Chưa rõ tuổi", "Hà Nội", "3 em đang chờ"):
        assert words in page
    assert (
        page.count('class="urgency') == page.count('<svg viewBox="0 0 16 16" aria-hidden="true">') - 2
    )  # the lock, the alarm
    assert "Có em đang gặp nguy hiểm ngay lúc này" in page
    assert "Em sợ lắm" not in page


async def test_of_a_long_queue_the_first_are_drawn_and_the_rest_is_one_press_away(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("escalation.desk.views.queue._CARDS", 2)
    waiting = [await world.child() for _ in range(5)]
    browser = await desk.of(await world.member("lan"))
    page = await board(browser)
    assert cards(page) == waiting[:2]
    assert "5 em đang chờ" in page
    assert "Và 3 em nữa" in page
    whole = await (await browser.get("/desk/?all")).text()
    assert cards(whole) == waiting
    assert 'data-events="/desk/events?all"' in whole


async def test_open_pages_see_a_change_of_the_queue_though_they_share_one_reading(desk: Desk, world: World) -> None:
    lan, nam = await world.member("lan"), await world.member("nam", area="Huế")
    first = await world.child(items={"area": "Huế"})
    streams = [await (await desk.of(each)).get("/desk/events") for each in (lan, lan, nam)]
    for stream in streams:
        assert first in await shown(stream)
    second = await world.child(items={"area": "Hà Nội"})
    async with world.database.transaction() as unit:
        await queue.claim(unit, world.vault, nam.staff, first, world.now)
    for stream in streams[:2]:
        assert second in await shown(stream)
    far = await shown(streams[2])
    assert first in far
    assert second not in far
    for stream in streams:
        stream.close()


async def test_a_supervisors_page_lists_the_days_follow_ups(desk: Desk, world: World) -> None:
    case_id = await world.child()
    head, lan = await world.member("head", "supervisor"), await world.member("lan")
    async with world.database.transaction() as unit:
        lease = await queue.claim(unit, world.vault, lan.staff, case_id, world.now)
        await contact.close(
            unit,
            world.vault,
            lan.staff,
            case_id,
            lease=lease,
            outcome="advised",
            summary="",
            follow_up=True,
            now=world.now,
        )
        await follow_ups.step(unit, case_id, "agree", due_at=world.now, now=world.now)
    page = await board(await desk.of(head))
    assert "Hỏi thăm trong hôm nay" in page
    assert f'href="/desk/cases/{case_id}"' in page
    assert "Em đã hẹn" in page
    assert "Hỏi thăm trong hôm nay" not in await board(await desk.of(lan))


async def test_take_next_leads_to_the_case(desk: Desk, world: World) -> None:
    case_id = await world.child()
    lan = await world.member("lan")
    browser = await desk.of(lan)
    answer = await browser.post("/desk/next")
    assert (answer.status, answer.headers["Location"]) == (HTTPStatus.SEE_OTHER, f"/desk/cases/{case_id}")
    [row] = await world.rows(escalation.tables.cases)
    assert (row.state, row.owner_id) == ("claimed", lan.staff.id)
    assert "case.claimed" in await world.actions(f"case:{case_id}")
    again = await browser.post("/desk/next")
    assert again.headers["Location"] == "/desk/?nobody"
    assert "không còn em nào chờ" in await (await browser.get("/desk/?nobody")).text()
    assert "Em tôi đang đồng hành" in await board(browser)


async def test_two_counsellors_at_once_get_two_children(desk: Desk, world: World) -> None:
    expected = {await world.child(), await world.child()}
    browsers = [await desk.of(await world.member(name)) for name in ("lan", "nam", "thu")]
    answers = await asyncio.gather(*(browser.post("/desk/next") for browser in browsers))
    places = [answer.headers["Location"] for answer in answers]
    assert {place.removeprefix("/desk/cases/") for place in places} == expected | {"/desk/?nobody"}
    rows = await world.rows(escalation.tables.cases)
    assert len({row.owner_id for row in rows}) == 2


async def test_a_child_already_taken_is_told(desk: Desk, world: World) -> None:
    case_id = await world.child()
    lan, nam = await desk.of(await world.member("lan")), await desk.of(await world.member("nam"))
    assert (await lan.post(f"/desk/cases/{case_id}/claim")).status == HTTPStatus.SEE_OTHER
    assert (await nam.post(f"/desk/cases/{case_id}/claim")).status == HTTPStatus.CONFLICT


async def test_an_area_sees_its_own_children_and_those_without_area(desk: Desk, world: World) -> None:
    theirs = await world.child(items={"area": "Nghệ An"})
    other = await world.child(items={"area": "Hà Nội"})
    nowhere = await world.child()
    browser = await desk.of(await world.member("lan", area="nghệ an; Hà Tĩnh"))
    assert set(cards(await board(browser))) == {theirs, nowhere}
    assert (await browser.get(f"/desk/cases/{other}")).status == HTTPStatus.NOT_FOUND
    assert (await browser.get(f"/desk/cases/{other}/events")).status == HTTPStatus.NOT_FOUND
    assert (await browser.post(f"/desk/cases/{other}/claim")).status == HTTPStatus.NOT_FOUND
    assert "case.viewed" not in await world.actions(f"case:{other}")


@pytest.mark.parametrize("role", ["admin", "analyst", "auditor", "coordinator"])
async def test_other_roles_see_no_child(desk: Desk, world: World, role: str) -> None:
    case_id = await world.child()
    browser = await desk.of(await world.member("minh", role))
    home = await browser.get("/desk/")
    first = {"admin": "/desk/staff", "auditor": "/desk/trail", "coordinator": "/desk/referrals"}
    assert home.url.path == first.get(role, "/desk/")
    assert case_id not in await home.text()
    forbidden = HTTPStatus.FORBIDDEN
    for path in (f"/desk/cases/{case_id}", f"/desk/cases/{case_id}/events"):
        assert (await browser.get(path)).status == forbidden
    for path in (
        "next",
        "presence",
        f"cases/{case_id}/claim",
        f"cases/{case_id}/hand-back",
        f"alerts/{case_id}/1/seen",
    ):
        answer = await browser.post(f"/desk/{path}", {"lease": "1", "on": "1"})
        assert answer.status in {forbidden, HTTPStatus.CONFLICT}
    assert [row.state for row in await world.rows(escalation.tables.cases)] == ["waiting"]


async def test_presence_is_switched_by_hand_and_kept_by_the_page(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = await desk.of(lan)
    assert 'data-on="1"' in await board(browser)
    world.clock.advance(45)
    await browser.post("/desk/presence", {"on": "keep"})
    world.clock.advance(45)
    assert 'data-on="1"' in await board(browser)
    await browser.post("/desk/presence", {"on": "0"})
    assert 'data-on="0"' in await board(browser)
    await browser.post("/desk/presence", {"on": "keep"})
    assert 'data-on="0"' in await board(browser)
    await browser.post("/desk/presence", {"on": "1"})
    assert 'data-on="1"' in await board(browser)
    actions = await world.actions(f"staff:{lan.staff.id}")
    assert actions[-2:] == ["staff.resting", "staff.ready"]


async def test_being_ready_comes_back_after_a_lost_line_but_not_after_a_night(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    world.clock.advance(5 * 60)
    async with world.database.reading() as unit:
        assert not await queue.staffed(unit, world.now)
    await browser.post("/desk/presence", {"on": "keep"})
    async with world.database.reading() as unit:
        assert await queue.staffed(unit, world.now)
    world.clock.advance(20 * 60)
    await browser.post("/desk/presence", {"on": "keep"})
    assert 'data-on="0"' in await board(browser)


async def test_a_supervisor_sees_alerts_and_marks_them(desk: Desk, world: World) -> None:
    case_id = await world.child()
    async with world.database.transaction() as unit:
        await raise_alert(unit, case_id, "late_first_reply", world.now)
    counsellor = await desk.of(await world.member("lan"))
    assert "Việc giám sát viên cần biết" not in await board(counsellor)
    assert (await counsellor.post(f"/desk/alerts/{case_id}/1/seen")).status == HTTPStatus.FORBIDDEN
    supervisor = await desk.of(await world.member("thu", "supervisor"))
    assert "Quá mục tiêu mà em chưa nhận được" in await board(supervisor)
    for _ in range(2):
        assert (await supervisor.post(f"/desk/alerts/{case_id}/1/seen")).status == HTTPStatus.SEE_OTHER
    assert "Quá mục tiêu mà em chưa nhận được" not in await board(supervisor)
    assert (await world.actions(f"case:{case_id}")).count("alert.seen") == 1
    assert (await supervisor.post(f"/desk/alerts/{case_id}/9/seen")).status == HTTPStatus.NOT_FOUND


async def test_a_new_child_appears_in_under_a_second(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    async with asyncio.timeout(10):
        stream = await browser.get("/desk/events")
        assert stream.content_type == "text/event-stream"
        first = await stream.content.readuntil(b"\r\n\r\n")
        assert "Không có em nào đang chờ" in first.decode()
        began = time.perf_counter()
        case_id = await world.child()
        second = (await stream.content.readuntil(b"\r\n\r\n")).decode()
    assert time.perf_counter() - began < 1
    assert second.startswith("event: queue\r\n")
    assert cards(second) == [case_id]
    assert 'data-title="(1) Hàng chờ"' in second
    stream.close()


async def test_a_stream_ends_with_its_session(desk: Desk, world: World) -> None:
    lan = await world.member("lan")
    browser = await desk.of(lan)
    async with asyncio.timeout(10):
        stream = await browser.get("/desk/events")
        await stream.content.readuntil(b"\r\n\r\n")
        await browser.post("/desk/sign-out")
        rest = (await stream.content.read()).decode()
    assert "event: gone\r\ndata: SignedOut" in rest


async def test_an_open_stream_keeps_a_ready_counsellor_ready(desk: Desk, world: World) -> None:
    browser = await desk.of(await world.member("lan"))
    async with asyncio.timeout(10):
        stream = await browser.get("/desk/events")
        await stream.content.readuntil(b"\r\n\r\n")
        [before] = await world.rows(escalation.tables.presence)
        world.clock.advance(25)
        for _ in range(100):
            [after] = await world.rows(escalation.tables.presence)
            if after.until > before.until:
                break
            await asyncio.sleep(0.05)
        assert after.until > before.until
    stream.close()


async def test_a_stream_that_fails_ends_and_tells_no_log_why(
    desk: Desk,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    browser = await desk.of(await world.member("lan"))

    async def fail(*_: object) -> None:
        raise RuntimeError("lời của em bé")

    async with asyncio.timeout(10):
        stream = await browser.get("/desk/events")
        await stream.content.readuntil(b"\r\n\r\n")
        monkeypatch.setattr(queue, "entries", fail)
        await stream.content.read()
    told = capsys.readouterr()
    assert "lời của em bé" not in caplog.text + told.out + told.err
    assert "desk.stream_failed" in caplog.text + told.out + told.err


def test_every_word_is_used() -> None:
    folder = Path(wording.__file__).parent
    code = "".join(file.read_text(encoding="utf-8") for kind in ("*.html", "*.py") for file in folder.rglob(kind))
    spoken = {"bar", "sign_in", "setup", "queue", "case", "talk", "shortcuts", "vital", "staff", "nothing_here"}
    by_variable = {
        "admin",
        "admin_hint",
        "counsellor",
        "counsellor_hint",
        "handed_back",
        "closed_notice",
        "signed_notice",
        "outcomes",
    }
    for section in spoken:
        for word in set(wording.words()[section]) - by_variable:
            assert f"w.{section}.{word}" in code
