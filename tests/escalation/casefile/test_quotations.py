"""The child's own words as the source of a field: marked, never copied, masked as the talk is, gone with it."""

import pytest
from sqlalchemy import delete

from escalation import cases
from escalation.casefile import quotations
from escalation.casefile.errors import NoSuchForm, NotTheChildsWords
from escalation.casefile.forms import our_forms
from escalation.casefile.quotations import Quotation
from escalation.casefile.tables import quotation
from escalation.errors import NoSuchCase
from escalation.permissions import Staff
from store import conversations
from store.tables import message
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
FORM = our_forms().by_number["01"]


async def quote(
    hotline: Hotline, staff: Staff, case_id: str, words: str, *, seq: int = 1, field: str = "state"
) -> None:
    async with hotline.database.transaction() as unit:
        await quotations.quote(unit, VAULT, staff, case_id, FORM, field=field, seq=seq, words=words, now=hotline.now)


async def quoted(hotline: Hotline, case_id: str) -> tuple[Quotation, ...]:
    held, row = await hotline.conversation(case_id), await hotline.row(case_id)
    async with hotline.database.reading() as unit:
        return await quotations.quotations_of(unit, held, row)


async def test_words_of_a_message_are_the_source_of_a_field_and_are_stored_nowhere_again(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child("em", "hôm qua 😢 bố đánh em", "em sợ")
    await quote(hotline, lan, case_id, "bố đánh em")
    await quote(hotline, lan, case_id, "", seq=2, field="consequences")
    first, second = await quoted(hotline, case_id)
    assert (first.text, first.field, first.at) == ("bố đánh em", "state", hotline.now)
    assert second.text == "em sợ"
    assert set(quotation.c.keys()) == {"id", "case_id", "form", "field", "seq", "first", "last", "by_id", "at"}


async def test_a_quotation_hides_what_was_not_agreed_until_it_is(hotline: Hotline) -> None:
    lan = await hotline.staff("lan")
    body = {"text": "Em là Na, gọi 0912345678", "masks": [[6, 8, "nickname"], [14, 24, "phone"]]}
    case_id = await hotline.child("em", body)
    await quote(hotline, lan, case_id, "")
    assert [one.text for one in await quoted(hotline, case_id)] == ["Em là ••, gọi ••••••••••"]
    async with hotline.database.transaction() as unit:
        held = await conversations.lock(unit, VAULT, (await hotline.conversation(case_id)).id)
        await cases.set_item(unit, held, case_id, "nickname", "Na")
    assert [one.text for one in await quoted(hotline, case_id)] == ["Em là Na, gọi ••••••••••"]


async def test_a_quotation_goes_with_its_message(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await quote(hotline, lan, case_id, "")
    async with hotline.database.transaction() as unit:
        await unit.execute(delete(message))
    assert await quoted(hotline, case_id) == ()


@pytest.mark.parametrize(("words", "seq"), [("bố yêu em", 1), ("bố đánh em", 2), ("", 9)])
async def test_only_what_the_child_wrote_can_be_quoted(hotline: Hotline, words: str, seq: int) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child("em", "bố đánh em", "em sợ")
    with pytest.raises(NotTheChildsWords):
        await quote(hotline, lan, case_id, words, seq=seq)


async def test_a_message_of_another_child_cannot_be_reached(hotline: Hotline) -> None:
    lan = await hotline.staff("lan", area="Thành phố Huế")
    mine, other = await hotline.child("em"), await hotline.child("em khác", "nhà em ở xa", area="Thành phố Hà Nội")
    with pytest.raises(NotTheChildsWords):
        await quote(hotline, lan, mine, "nhà em ở xa")
    with pytest.raises(NoSuchCase):
        await quote(hotline, lan, other, "")


async def test_a_field_that_is_not_there_has_no_source(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    with pytest.raises(NoSuchForm):
        await quote(hotline, lan, case_id, "", field="nothing")


async def test_a_mark_is_taken_away_once(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await quote(hotline, lan, case_id, "")
    [one] = await quoted(hotline, case_id)
    for _ in range(2):
        async with hotline.database.transaction() as unit:
            await quotations.unquote(unit, VAULT, lan, case_id, one.id, hotline.now)
    assert await quoted(hotline, case_id) == ()
