"""Complaints: sealed, for supervisors of the area alone, and never for whoever talked with the child."""

from datetime import timedelta
from http import HTTPStatus

import pytest

from escalation import complaints, contact, wishes
from escalation.errors import NoSuchComplaint, NotAllowed
from escalation.permissions import POLICY, Role, Staff
from escalation.tables import cases as cases_table
from escalation.tables import complaint as complaint_table
from escalation.tables import staff as staff_table
from escalation.tables import trail as trail_table
from store import conversations
from tests.escalation.hotline import Hotline
from tests.escalation.world import Desk, World
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
WORDS = "cô ấy nói em bịa chuyện"
READERS = [role for role in POLICY if "complaint.read" in POLICY[role]]
OTHERS = [role for role in POLICY if role not in READERS]


async def complain(hotline: Hotline, case_id: str, text: str = WORDS, *, role: str = "child") -> str:
    held = await hotline.conversation(case_id)
    async with hotline.database.transaction() as unit:
        return await complaints.file(
            unit, held, role=role, audience="11-14", urgency="none", text=text, now=hotline.now
        )


async def listed(hotline: Hotline, staff: Staff) -> list[str]:
    async with hotline.database.reading() as unit:
        return [one.id for one in await complaints.listed(unit, VAULT, staff)]


async def read(hotline: Hotline, staff: Staff, complaint_id: str) -> str | None:
    async with hotline.database.transaction() as unit:
        return (await complaints.read(unit, VAULT, staff, complaint_id, hotline.now))[1]


def test_supervisors_and_nobody_else_may_read() -> None:
    assert READERS == ["supervisor"]


@pytest.mark.parametrize("role", OTHERS)
async def test_every_other_role_is_refused_at_both_doors(lite_hotline: Hotline, role: Role) -> None:
    hotline = lite_hotline
    complaint_id = await complain(hotline, await hotline.child())
    staff = await hotline.staff("s", role)
    with pytest.raises(NotAllowed):
        await listed(hotline, staff)
    with pytest.raises(NotAllowed):
        await read(hotline, staff, complaint_id)
    assert await hotline.rows(trail_table, action="complaint.read") == []


async def test_a_supervisor_reads_it_and_the_trail_says_so(hotline: Hotline) -> None:
    complaint_id = await complain(hotline, await hotline.child())
    head = await hotline.staff("head", "supervisor")
    assert await listed(hotline, head) == [complaint_id]
    assert await read(hotline, head, complaint_id) == WORDS
    entries = await hotline.rows(trail_table, stream=f"plaint:{complaint_id}")
    assert [(row.actor, row.action) for row in entries] == [("child", "complaint.filed"), ("head", "complaint.read")]
    (row,) = await hotline.rows(complaint_table)
    assert (row.read_by, row.read_at) == ("head", hotline.now)


async def test_the_words_are_sealed_and_stand_in_no_trail(hotline: Hotline) -> None:
    await complain(hotline, await hotline.child())
    (row,) = await hotline.rows(complaint_table)
    assert WORDS.encode() not in row.body_sealed
    assert all(WORDS not in entry.detail for entry in await hotline.rows(trail_table))


async def test_who_talked_with_the_child_never_reads_it_not_even_as_a_supervisor(hotline: Hotline) -> None:
    case_id, lan = await hotline.child(), await hotline.staff("lan")
    await hotline.hand_back(lan, case_id, await hotline.claim(lan, case_id))
    await hotline.claim(await hotline.staff("hoa"), case_id)
    complaint_id = await complain(hotline, case_id)
    async with hotline.database.transaction() as unit:
        await unit.execute(staff_table.update().where(staff_table.c.id == "lan").values(role="supervisor"))
    promoted = Staff(id="lan", name="lan", display_name="Cô lan", role="supervisor", area="national")
    assert await listed(hotline, promoted) == []
    with pytest.raises(NoSuchComplaint):
        await read(hotline, promoted, complaint_id)


async def test_an_earlier_counsellor_of_the_same_child_does_not_read_it_either(hotline: Hotline) -> None:
    first, head = await hotline.child("em"), await hotline.staff("head", "supervisor")
    lease = await hotline.claim(head, first)
    async with hotline.database.transaction() as unit:
        await contact.close(unit, VAULT, head, first, lease=lease, outcome="advised", summary="", now=hotline.now)
    await complain(hotline, await hotline.child("em", "lần sau"))
    assert await listed(hotline, head) == []


async def test_who_takes_the_child_afterwards_may_still_read_it(hotline: Hotline) -> None:
    case_id, head = await hotline.child(), await hotline.staff("head", "supervisor")
    complaint_id = await complain(hotline, case_id)
    await hotline.claim(head, case_id)
    assert await read(hotline, head, complaint_id) == WORDS


async def test_the_area_of_the_case_is_the_area_of_the_complaint(hotline: Hotline) -> None:
    complaint_id = await complain(hotline, await hotline.child(area="Hà Giang"))
    here, there = await hotline.staff("a", "supervisor", "Hà Giang"), await hotline.staff("b", "supervisor", "Huế")
    assert await listed(hotline, here) == [complaint_id]
    assert await listed(hotline, there) == []


async def test_what_the_writer_erases_is_gone_and_the_row_stays(hotline: Hotline) -> None:
    case_id, head = await hotline.child(), await hotline.staff("head", "supervisor")
    mine, others = await complain(hotline, case_id), await complain(hotline, case_id, role="parent")
    held = await hotline.conversation(case_id)
    async with hotline.database.transaction() as unit:
        await complaints.erase(unit, held.id, "child")
    assert await read(hotline, head, mine) is None
    assert await read(hotline, head, others) == WORDS


async def test_the_words_go_after_a_year(hotline: Hotline) -> None:
    complaint_id, head = await complain(hotline, await hotline.child()), await hotline.staff("head", "supervisor")
    async with hotline.database.transaction() as unit:
        await complaints.forget_old(unit, hotline.now + complaints.KEPT)
    assert await read(hotline, head, complaint_id) == WORDS
    async with hotline.database.transaction() as unit:
        await complaints.forget_old(unit, hotline.now + complaints.KEPT + timedelta(seconds=1))
    assert await read(hotline, head, complaint_id) is None


async def test_somebody_without_a_case_complains_about_nobody(hotline: Hotline) -> None:
    held = await hotline.talk("ai đó", "chào")
    async with hotline.database.transaction() as unit:
        await conversations.lock(unit, VAULT, held.id)
        await complaints.file(unit, held, role="child", audience="unknown", urgency="none", text=WORDS, now=hotline.now)
    (row,) = await hotline.rows(complaint_table)
    assert (row.case_id, row.about) == (None, "")


# --- the pages -----------------------------------------------------------------------------------------------------


async def filed(world: World, case_id: str, urgency: str = "none") -> str:
    async with world.database.transaction() as unit:
        held = await world._conversation(unit, case_id)
        return await complaints.file(
            unit, held, role="child", audience="11-14", urgency=urgency, text=WORDS, now=world.now
        )


async def test_the_queue_tells_supervisors_alone_how_many_wait(desk: Desk, world: World) -> None:
    await filed(world, await world.child())
    counsellor, head = await desk.of(await world.member("lan")), await desk.of(await world.member("head", "supervisor"))
    assert "1 góp ý chưa đọc" in await (await head.get("/desk/")).text()
    page = await (await counsellor.get("/desk/")).text()
    assert "góp ý" not in page.casefold()
    for path in ("/desk/complaints", "/desk/complaints/x"):
        assert (await counsellor.get(path)).status == HTTPStatus.FORBIDDEN


async def test_the_list_has_no_words_and_the_page_has_them(desk: Desk, world: World) -> None:
    complaint_id = await filed(world, await world.child(), urgency="high")
    member = await world.member("head", "supervisor")
    head = await desk.of(member)
    listing = await (await head.get("/desk/complaints")).text()
    assert complaint_id in listing
    assert WORDS not in listing
    assert "mức Cao" in listing
    page = await (await head.get(f"/desk/complaints/{complaint_id}")).text()
    assert WORDS in page
    assert "complaints.listed" in await world.actions(f"staff:{member.staff.id}")
    assert "góp ý chưa đọc" not in await (await head.get("/desk/")).text()


async def test_an_unknown_complaint_is_a_calm_page(desk: Desk, world: World) -> None:
    head = await desk.of(await world.member("head", "supervisor"))
    answer = await head.get("/desk/complaints/nothing")
    assert answer.status == HTTPStatus.NOT_FOUND
    assert "Không có góp ý này" in await answer.text()


async def test_a_supervisor_sees_on_the_case_whom_the_child_declined(desk: Desk, world: World) -> None:
    case_id = await world.child()
    lan, head = await world.member("lan"), await world.member("head", "supervisor")
    browser = await desk.of(lan)
    await browser.post(f"/desk/cases/{case_id}/claim")
    (row,) = await world.rows(cases_table, id=case_id)
    async with world.database.transaction() as unit:
        await wishes.another_counsellor(unit, world.vault, row.conversation_id, "child", world.now)
    page = await (await (await desk.of(head)).get(f"/desk/cases/{case_id}")).text()
    assert "Không giao cho" in page
    assert "em yêu cầu người khác" in page
    assert (await browser.get(f"/desk/cases/{case_id}")).status == HTTPStatus.NOT_FOUND
