"""From the conversation into the case file, without scripts: the child's words stay its own, letter by letter."""

import re
from http import HTTPStatus

import pytest

from escalation.casefile.tables import quotation
from store.database import Database
from tests.escalation.world import Desk, Said, World

pytest_plugins = ("tests.store.databases",)
SAID = "  <b>Bố</b> đánh em “đau” 😢 &amp; =1+1\nem sợ lắm \u202eđó\u202c "


@pytest.fixture
def desk_database(database: Database) -> Database:
    return database


async def test_a_message_is_carried_into_a_field_letter_by_letter(desk: Desk, world: World) -> None:
    case_id = await world.child("chào cô", SAID)
    lan = await desk.of(await world.member("lan"))
    talk = await (await lan.get(f"/desk/cases/{case_id}")).text()
    links = re.findall(rf'href="(/desk/cases/{case_id}/quote/\d+)"', talk)
    assert len(links) == 2
    page = await (await lan.get(links[1])).text()
    assert '<option value="01/state"' in page
    assert "01/officer" not in page  # the office's own fields have no source in the child
    answer = await lan.post(links[1], {"place": "01/state", "words": ""})
    assert (answer.status, answer.headers["Location"]) == (
        HTTPStatus.SEE_OTHER, f"/desk/cases/{case_id}/file/01#f-state",
    )  # fmt: skip
    [mark] = await world.rows(quotation)
    assert (mark.form, mark.field, SAID[mark.first : mark.last]) == ("01", "state", SAID)
    form = await (await lan.get(f"/desk/cases/{case_id}/file/01")).text()
    assert "&lt;b&gt;Bố&lt;/b&gt; đánh em “đau” 😢 &amp;amp; =1+1\nem sợ lắm" in form
    assert (await world.actions(f"case:{case_id}"))[-2:] == ["file.quoted", "case.viewed"]


async def test_a_part_is_taken_as_it_stands_and_other_words_are_not(desk: Desk, world: World) -> None:
    case_id = await world.child("hôm qua bố đánh em")
    lan = await desk.of(await world.member("lan"))
    path = f"/desk/cases/{case_id}/quote/1"
    for place, words in (
        ("01/state", "bố yêu em"),
        ("", "bố đánh em"),
        ("01/officer", ""),
        ("09/state", ""),
        ("x", ""),
    ):
        answer = await lan.post(path, {"place": place, "words": words})
        page = await answer.text()
        assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY, place
        assert words in page
    assert await world.rows(quotation) == []
    assert (await lan.post(path, {"place": "02/harm", "words": "bố đánh em"})).status == HTTPStatus.SEE_OTHER
    [mark] = await world.rows(quotation)
    assert (mark.first, mark.last) == (8, 18)
    for missing in ("9", "0", "x", "99999999999"):
        assert (await lan.get(f"/desk/cases/{case_id}/quote/{missing}")).status == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_what_was_not_agreed_is_masked_and_what_the_bot_said_is_no_source(desk: Desk, world: World) -> None:
    case_id = await world.child(Said(text="Em là Na", masks=((6, 8, "nickname"),)))
    lan = await desk.of(await world.member("lan"))
    page = await (await lan.get(f"/desk/cases/{case_id}/quote/1")).text()
    assert ("Em là ••" in page, "Na<" in page) == (True, False)


async def test_there_is_no_way_from_a_case_that_takes_nothing_in(desk: Desk, world: World) -> None:
    closed = await world.child("bố cầm dao", basis="vital_interest")
    far = await world.child("em sợ", items={"area": "Cà Mau"})
    mai = await desk.of(await world.member("mai", "supervisor", area="Lào Cai"))
    assert (await mai.post("/desk/glass", {"number": far[:6], "reason": "vì sao"})).status == HTTPStatus.SEE_OTHER
    for case_id in (closed, far):
        assert "/quote/" not in await (await mai.get(f"/desk/cases/{case_id}")).text()
        shown = await mai.get(f"/desk/cases/{case_id}/quote/1", allow_redirects=False)
        assert (shown.status, shown.headers["Location"]) == (HTTPStatus.SEE_OTHER, f"/desk/cases/{case_id}/file")
        answer = await mai.post(f"/desk/cases/{case_id}/quote/1", {"place": "01/state", "words": ""})
        assert answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}
    assert await world.rows(quotation) == []
