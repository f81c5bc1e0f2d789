"""The referral pages through the server: the whole way, refusals that keep the words, what each role sees."""

import re
from http import HTTPStatus

import pytest

import escalation.tables
from escalation import consent
from escalation.referrals import asking
from escalation.referrals.tables import referral
from store import conversations
from store.database import Database
from tests.escalation.security_steps import next_code
from tests.escalation.world import Browser, Desk, World

pytest_plugins = ("tests.store.databases",)
HOSTILE = "<script>alert(1)</script> \u202enguy \u2066hiểm"


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


async def drafted(desk: Desk, world: World, receiver: str = "school", **fields: str) -> tuple[Browser, str, str]:
    """Let a counsellor who holds the child draft a referral; returns the browser, the case and the referral."""
    case_id = await world.child(items={"nickname": HOSTILE, "area": "Huế"})
    browser = await desk.of(await world.member("lan"))
    await browser.post(f"/desk/cases/{case_id}/claim")
    sent = {"receiver": receiver, "request": "Xin giữ em an toàn", "account": "Em bị chặn đường", **fields}
    assert (await browser.post(f"/desk/cases/{case_id}/referrals", sent)).status == HTTPStatus.SEE_OTHER
    [row] = await world.rows(referral)
    return browser, case_id, row.id


async def act(browser: Browser, world: World, case_id: str, verb: str, **fields: str) -> tuple[int, str]:
    [row] = await world.rows(referral, case_id=case_id)
    sent = {"version": str(row.version), **fields}
    answer = await browser.post(f"/desk/cases/{case_id}/referrals/{row.id}/{verb}", sent)
    return answer.status, await answer.text()


async def agrees(world: World, case_id: str) -> None:
    [row] = await world.rows(referral, case_id=case_id)
    async with world.database.transaction() as unit:
        await conversations.hold(unit, row.conversation_id)
        await consent.record(
            unit,
            conversation_id=row.conversation_id,
            item="referral",
            decision="granted",
            wording="referral.ask_school@1",
            audience="11-14",
            channel="web",
            message_seq=1,
            case_id=case_id,
            receiver=row.receiver,
            at=world.now,
        )
        assert await asking.step(unit, row.id, "grant", world.now)


async def test_the_whole_way_of_a_referral(desk: Desk, world: World) -> None:
    lan, case_id, referral_id = await drafted(desk, world, goes_nickname="1", urgent="1")
    page = await (await lan.get(f"/desk/cases/{case_id}/referrals")).text()
    assert "Nhà trường" in page
    assert "Chưa. Cần em đồng ý" in page
    assert "/send" not in page  # a counsellor does not send
    coordinator = await world.member("ha", "coordinator")
    ha = await desk.of(coordinator)
    assert f"/desk/cases/{case_id}/referrals#r-{referral_id}" in await (await ha.get("/desk/referrals")).text()
    lease = str((await world.rows(escalation.tables.cases, id=case_id))[0].lease)
    assert (await act(ha, world, case_id, "ask", lease=lease))[0] == HTTPStatus.FORBIDDEN
    assert (await act(ha, world, case_id, "send", how="letter"))[0] == HTTPStatus.CONFLICT
    assert (await act(lan, world, case_id, "ask", lease=lease))[0] == HTTPStatus.SEE_OTHER
    await agrees(world, case_id)
    page = await (await ha.get(f"/desk/cases/{case_id}/referrals")).text()
    assert "Được, vì em đã đồng ý với nơi này" in page
    assert "Em sợ lắm" not in page  # a coordinator sees no chat
    assert (await act(ha, world, case_id, "packet", form="txt", step_up=next_code(world, coordinator)))[
        0
    ] == HTTPStatus.OK
    assert (await act(ha, world, case_id, "send", how="letter"))[0] == HTTPStatus.SEE_OTHER
    assert (await act(ha, world, case_id, "answer", event="accept", text="cô Mai nhận"))[0] == HTTPStatus.SEE_OTHER
    page = await (await ha.get(f"/desk/cases/{case_id}/referrals")).text()
    assert "Nơi nhận đã tiếp nhận" in page
    assert "cô Mai nhận" in page
    assert (await act(ha, world, case_id, "answer", event="finish"))[0] == HTTPStatus.SEE_OTHER
    assert referral_id not in await (await ha.get("/desk/referrals")).text()
    actions = [action for action in await world.actions(f"case:{case_id}") if action.startswith("referral.")]
    assert [one for one in actions if one != "referral.viewed"] == [
        "referral.drafted", "referral.asked", "referral.grant", "referral.packet_taken", "referral.sent",
        "referral.accept", "referral.finish",
    ]  # fmt: skip


async def test_the_packet_is_a_download_that_wants_a_fresh_code_and_carries_nothing_unseen(
    desk: Desk, world: World
) -> None:
    lan, case_id, referral_id = await drafted(desk, world, goes_nickname="1", request=f"Xin giúp {HOSTILE}")
    lease = str((await world.rows(escalation.tables.cases, id=case_id))[0].lease)
    await act(lan, world, case_id, "ask", lease=lease)
    await agrees(world, case_id)
    member = await world.member("ha", "coordinator")
    ha = await desk.of(member)
    world.clock.advance(600)
    path = f"/desk/cases/{case_id}/referrals/{referral_id}/packet"
    assert "mã" in await (await ha.post(path, {"form": "txt"})).text()
    assert "referral.packet_taken" not in await world.actions(f"case:{case_id}")
    answer = await ha.post(path, {"form": "txt", "step_up": next_code(world, member)})
    text = await answer.text()
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="khien-')
    assert "\u202e" not in text
    assert "TÊN GỌI: ".casefold() in text.casefold()
    machine = await (await ha.post(path, {"form": "json"})).json(content_type="application/json")
    assert machine["fields"]["receiver"] == "school"
    assert "area" not in machine["fields"]
    assert (await ha.post(path, {"form": "exe"})).status == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_a_refusal_says_why_and_keeps_what_was_typed(desk: Desk, world: World) -> None:
    lan, case_id, referral_id = await drafted(desk, world)
    answer = await lan.post(
        f"/desk/cases/{case_id}/referrals/{referral_id}/change",
        {"version": "99", "request": "câu vừa gõ", "account": HOSTILE, "goes_phone": "1"},
    )
    page = await answer.text()
    assert answer.status == HTTPStatus.CONFLICT
    assert "Có người vừa sửa hồ sơ này" in page
    assert "câu vừa gõ" in page
    assert "<script>alert" not in page
    again = await lan.post(f"/desk/cases/{case_id}/referrals", {"receiver": "school", "request": "x"})
    assert (again.status, "đang mở với nơi này" in await again.text()) == (HTTPStatus.CONFLICT, True)
    empty = await lan.post(
        f"/desk/cases/{case_id}/referrals", {"receiver": "police", "request": " ", "account": "giữ lại"}
    )
    assert (empty.status, "giữ lại" in await empty.text()) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)


async def test_two_hands_sign_a_ground(desk: Desk, world: World) -> None:
    _, case_id, _ = await drafted(desk, world, "police")
    an = await desk.of(await world.member("an", "supervisor"))
    binh = await desk.of(await world.member("binh", "supervisor"))
    text = {"ground": "duty_19_1_dd_51", "reason": "lý do <b>thật</b>"}
    assert (await act(an, world, case_id, "reason", **text))[0] == HTTPStatus.SEE_OTHER
    assert (await act(an, world, case_id, "sign"))[0] == HTTPStatus.CONFLICT
    page = await (await binh.get(f"/desk/cases/{case_id}/referrals")).text()
    assert "lý do &lt;b&gt;thật&lt;/b&gt;" in page
    assert (await act(binh, world, case_id, "sign"))[0] == HTTPStatus.SEE_OTHER
    ha = await desk.of(await world.member("ha", "coordinator"))
    page = await (await ha.get(f"/desk/cases/{case_id}/referrals")).text()
    assert "Được, theo căn cứ luật đã ký" in page
    assert "lý do" not in page.replace("có lý do và", "")  # the reason is for who may write or sign it
    assert (await act(ha, world, case_id, "send", how="phone"))[0] == HTTPStatus.SEE_OTHER


async def test_another_area_and_a_made_up_id_get_the_same_answer(desk: Desk, world: World) -> None:
    _, case_id, referral_id = await drafted(desk, world)
    far = await desk.of(await world.member("xa", "coordinator", area="Hà Nội"))
    there, nowhere = f"/desk/cases/{case_id}/referrals", f"/desk/cases/{'0' * 32}/referrals"
    for path in ("", f"/{referral_id}/send", f"/{referral_id}/packet", f"/{referral_id}/answer"):
        fields = {"version": "1", "how": "letter", "form": "txt", "event": "accept"}
        answers = [await (far.get(start) if not path else far.post(start + path, fields)) for start in (there, nowhere)]
        assert [answer.status for answer in answers] == [HTTPStatus.NOT_FOUND] * 2
    assert referral_id not in await (await far.get("/desk/referrals")).text()


@pytest.mark.parametrize(
    ("role", "sees", "lists"),
    [
        ("counsellor", True, False),
        ("supervisor", True, True),
        ("coordinator", True, True),
        ("admin", False, False),
        ("auditor", False, False),
        ("analyst", False, False),
    ],
)
async def test_each_role_sees_its_part(desk: Desk, world: World, role: str, sees: bool, lists: bool) -> None:
    case_id = await world.child()
    browser = await desk.of(await world.member("mai", role))
    seen = (await browser.get(f"/desk/cases/{case_id}/referrals")).status
    listed = (await browser.get("/desk/referrals")).status
    assert (seen == HTTPStatus.OK, listed == HTTPStatus.OK) == (sees, lists)
    front = await (await browser.get("/desk/")).text()
    assert ('href="/desk/referrals"' in front) == lists


async def test_the_pages_are_whole_in_english_and_name_every_control(desk: Desk, world: World) -> None:
    browser, case_id, _ = await drafted(desk, world, "legal_aid")
    await browser.post("/desk/preferences", {"language": "en", "back": "/"})
    page = await (await browser.get(f"/desk/cases/{case_id}/referrals?receiver=health")).text()
    assert "State legal aid centre" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    labelled = set(re.findall(r'<label for="([^"]+)"', page))
    assert set(re.findall(r'<(?:textarea|select) id="([^"]+)"', page)) <= labelled
