"""What a counsellor reads and writes: masked until agreed, marked where the alarm lies, each reply once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import cases, contact
from escalation.contact import Contact, Span, masked
from escalation.errors import BadRequest, LeaseLost
from escalation.permissions import Staff
from escalation.tables import trail as trail_table
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
TOLD = "em tên Na, ở Lào Cai, số 0912345678"
BODY = {
    "text": TOLD,
    "evidence": [(0, 2)],
    "masks": [(7, 9, "nickname"), (13, 20, "area"), (25, 35, "phone")],
}
HIDDEN = {"nickname": "••", "area": "•••••••", "phone": "••••••••••"}
PLAIN = {"nickname": "Na", "area": "Lào Cai", "phone": "0912345678"}


async def read(hotline: Hotline, staff: Staff, case_id: str) -> Contact:
    async with hotline.database.transaction() as unit:
        return await contact.read_contact(unit, VAULT, staff, case_id, hotline.now)


async def reply(hotline: Hotline, staff: Staff, case_id: str, lease: int, text: str = "Cô đây", key: str = "k") -> None:
    async with hotline.database.transaction() as unit:
        await contact.reply(unit, VAULT, staff, case_id, lease=lease, message_id=key, text=text, now=hotline.now)


async def close(hotline: Hotline, staff: Staff, case_id: str, lease: int, outcome: str = "advised") -> None:
    async with hotline.database.transaction() as unit:
        await contact.close(
            unit, VAULT, staff, case_id, lease=lease, outcome=outcome, summary=" đã nghe em ", now=hotline.now
        )


# --- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agreed", [(), ("nickname",), ("area",), ("phone",), ("nickname", "area", "phone")])
async def test_what_was_not_agreed_to_is_hidden_letter_by_letter(
    lite_hotline: Hotline, agreed: tuple[str, ...]
) -> None:
    case_id = await lite_hotline.child("em", BODY)
    held = await lite_hotline.conversation(case_id)
    async with lite_hotline.database.transaction() as unit:
        for item in agreed:
            await cases.set_item(unit, held, case_id, item, PLAIN[item])
    (line,) = (await read(lite_hotline, await lite_hotline.staff("a"), case_id)).lines
    shown = TOLD
    for item in set(PLAIN) - set(agreed):
        shown = shown.replace(PLAIN[item], HIDDEN[item])
    assert line.text == shown
    assert line.evidence == (Span(start=0, end=2),)


async def test_an_item_taken_back_is_hidden_again(hotline: Hotline) -> None:
    case_id = await hotline.child("em", BODY)
    held = await hotline.conversation(case_id)
    async with hotline.database.transaction() as unit:
        await cases.set_item(unit, held, case_id, "phone", "0912345678")
        await cases.set_item(unit, held, case_id, "phone", None)
    found = await read(hotline, await hotline.staff("a"), case_id)
    assert "0912345678" not in repr(found)


@st.composite
def masked_texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    text = draw(st.text(max_size=60))
    places = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(places, places, st.sampled_from(sorted(PLAIN))), max_size=5))
    return text, [(min(start, end), max(start, end), item) for start, end, item in spans]


@given(given_text=masked_texts(), agreed=st.sets(st.sampled_from(sorted(PLAIN))))
def test_masking_keeps_every_letter_outside_in_its_place_and_none_inside(
    given_text: tuple[str, list[tuple[int, int, str]]], agreed: set[str]
) -> None:
    text, spans = given_text
    shown = masked(text, spans, dict.fromkeys(agreed, ""))
    hidden = {place for start, end, item in spans if item not in agreed for place in range(start, end)}
    assert len(shown) == len(text)
    assert all(shown[place] == ("•" if place in hidden else text[place]) for place in range(len(text)))


async def test_opening_a_case_is_written_down_each_time_with_who_looked(hotline: Hotline) -> None:
    case_id = await hotline.child()
    for name in ("a", "b"):
        await read(hotline, await hotline.staff(name), case_id)
    viewed = await hotline.rows(trail_table, action="case.viewed")
    assert sorted(row.actor for row in viewed) == ["a", "b"]


async def test_looking_again_for_an_open_page_is_not_written_down(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    async with hotline.database.transaction() as unit:
        await contact.look_again(unit, VAULT, staff, case_id, hotline.now)
    assert await hotline.rows(trail_table, action="case.viewed") == []


async def test_lessons_before_the_disclosure_stay_out(hotline: Hotline) -> None:
    await hotline.talk("em", "cho em học bài", "mật khẩu là gì")
    case_id = await hotline.child("em", "bố đánh em", from_seq=3)
    found = await read(hotline, await hotline.staff("a"), case_id)
    assert [line.text for line in found.lines] == ["bố đánh em"]


# --- writing -------------------------------------------------------------------------------------------------------


async def test_the_same_reply_twice_is_one_and_another_key_is_another(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("lan")
    lease = await hotline.claim(staff, case_id)
    for key in ("k1", "k1", "k2"):
        await reply(hotline, staff, case_id, lease, " Cô đây ", key)
    said = [notice for notice in await hotline.notices(case_id) if notice["event"] == "said"]
    assert said == [{"case": case_id, "event": "said", "name": "Cô lan", "text": "Cô đây"}] * 2


async def test_the_first_reply_is_timed_once_and_the_last_each_time(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    hotline.pass_time(5)
    first = hotline.now
    await reply(hotline, staff, case_id, lease, key="k1")
    hotline.pass_time(5)
    await reply(hotline, staff, case_id, lease, key="k2")
    row = await hotline.row(case_id)
    assert (row.first_reply_at, row.last_reply_at) == (first, hotline.now)


@pytest.mark.parametrize("ended", ["handed_back", "withdrawn", "closed", "taken_by_another"])
async def test_whose_lease_has_ended_sends_nothing_more(hotline: Hotline, ended: str) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    match ended:
        case "withdrawn":
            await hotline.withdraw(case_id)
        case "closed":
            await close(hotline, staff, case_id, lease)
        case _:
            await hotline.hand_back(staff, case_id, lease)
            if ended == "taken_by_another":
                await hotline.claim(await hotline.staff("b"), case_id)
    for act in (reply, close):
        with pytest.raises(LeaseLost):
            await act(hotline, staff, case_id, lease)
    assert [notice for notice in await hotline.notices(case_id) if notice["event"] == "said"] == []


async def test_no_words_of_the_counsellor_stand_in_the_trail(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    await reply(hotline, staff, case_id, lease, "Cô nghe em đây")
    await close(hotline, staff, case_id, lease)
    rows = await hotline.rows(trail_table)
    assert not [row for row in rows if "nghe" in row.detail]
    assert {"case.opened", "case.claimed", "case.replied", "case.closed"} <= {row.action for row in rows}


async def test_a_reply_whose_turn_has_not_come_is_shown_as_on_its_way(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    await reply(hotline, staff, case_id, await hotline.claim(staff, case_id))
    found = await read(hotline, staff, case_id)
    assert [(line.author, line.text, line.delivery) for line in found.lines[1:]] == [
        ("counsellor", "Cô đây", "pending")
    ]


# --- ending --------------------------------------------------------------------------------------------------------


async def test_a_closed_case_keeps_outcome_and_sealed_summary_and_tells_the_child(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    await close(hotline, staff, case_id, await hotline.claim(staff, case_id))
    row = await hotline.row(case_id)
    assert (row.state, row.outcome, row.closed_at, row.lease_until) == ("closed", "advised", hotline.now, None)
    assert b"nghe" not in bytes(row.summary_sealed)
    assert (await read(hotline, staff, case_id)).summary == "đã nghe em"
    assert [notice["event"] for notice in await hotline.notices(case_id)] == ["joined", "closed"]


@pytest.mark.parametrize("outcome", ["", "done", "ADVISED"])
async def test_an_unknown_outcome_is_refused_and_the_case_stays_open(hotline: Hotline, outcome: str) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    with pytest.raises(BadRequest, match="advised"):
        await close(hotline, staff, case_id, lease, outcome)
    assert (await hotline.row(case_id)).state == "claimed"
