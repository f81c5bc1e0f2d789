"""Who read it, and what is kept: told to the person, and to nobody else who holds the phone."""

import asyncio
import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from typer.testing import CliRunner

from bot.cli import app
from bot.effects import Say
from bot.flows.own_data import may_tell
from bot.opening import opened
from bot.own_data import OwnData, document
from bot.plan import Plan
from bot.settings import load_settings
from bot.state import Contact, State
from bot.turn import turn
from content.library import Content
from escalation import cases
from escalation.grounds import GROUNDS, PURPOSES
from escalation.receipts import Decision, Reader, Receipt
from escalation.tables import trail
from escalation.writing.notes import note_place
from escalation.writing.tables import note
from nlu.listener import Listener
from store import conversations
from store.database import Database
from tests.bot.chat_server import chat_server
from tests.bot.moments import NOW, child, matter, of_kind, pressed

pytest_plugins = ("tests.store.databases",)
SHARED = OwnData(
    channel="web",
    pseudonym="nhim-0a1b2c3d",
    messages=3,
    oldest_at=NOW,
    newest_at=NOW,
    receipts=(
        Receipt(
            case_id="case",
            state="claimed",
            opened_at=NOW,
            closed_at=None,
            basis="consent",
            grounds=GROUNDS,
            purposes=PURPOSES,
            decisions=(Decision(item="conversation", decision="granted", wording="x@1", at=NOW),),
            readers=tuple(
                Reader(name="Cô Lan", role=role, first_at=NOW, times=2)
                for role in ("counsellor", "supervisor", "admin")
            ),
        ),
    ),
)
NOTHING = OwnData(channel="web", pseudonym="nhim-0a1b2c3d", messages=3, oldest_at=NOW, newest_at=NOW)
OPEN = child(contact=Contact(case_id="case"), matter=matter("shared"))
OUT_OF_SIGHT = [
    child(contact=Contact(case_id="case", hidden=True)),
    child(contact=Contact(case_id="case"), discreet_word="xoai"),
    child(discreet_word="xoai"),
    child(away=True),
    child(contact=Contact(case_id="case"), away=True),
]


def words(choice: str, state: State, own: OwnData) -> list[tuple[str, tuple[str, ...]]]:
    result = turn(pressed(choice, state=state, own=own))
    assert result.private
    return [(say.text, tuple(choice.id for choice in say.choices)) for say in of_kind(result, Say)]


@pytest.mark.parametrize("state", OUT_OF_SIGHT)
@pytest.mark.parametrize("choice", ["receipts", "export"])
def test_out_of_sight_the_answer_is_the_one_of_a_phone_on_which_nothing_was_shared(choice: str, state: State) -> None:
    assert words(choice, state, SHARED) == words(choice, child(), NOTHING)


def test_the_discreet_word_shows_it_for_a_while() -> None:
    state = child(contact=Contact(case_id="case", unlocked_at=NOW), discreet_word="xoai")
    assert may_tell(state, NOW)
    assert not may_tell(state, NOW + timedelta(minutes=11))


@pytest.mark.parametrize("band", ["6-10", "11-14", "15-17"])
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("choice", ["receipts", "export"])
def test_every_message_keeps_the_word_limit_of_its_band(band: str, language: Any, choice: str) -> None:
    state = child(band, contact=Contact(case_id="case"), language=language)
    said = words(choice, state, SHARED)
    assert max(len(text.split()) for text, _ in said) <= (60 if band == "6-10" else 90)
    assert ("Cô Lan" in " ".join(text for text, _ in said)) is (choice == "receipts")


def test_what_was_passed_on_in_an_emergency_is_told_as_such() -> None:
    passed_on = replace(SHARED, receipts=(replace(SHARED.receipts[0], basis="vital_interest", decisions=()),))
    assert "không kèm tên bạn" in words("receipts", OPEN, passed_on)[0][0]
    assert "không kèm tên bạn" not in words("receipts", OPEN, SHARED)[0][0]


def test_the_safety_card_is_named_while_it_is_in_sight() -> None:
    card = Plan(on=NOW.date())
    assert "Thẻ an toàn" in words("export", child(plan=card), NOTHING)[0][0]
    assert "Thẻ an toàn" not in words("export", child(plan=replace(card, hidden=True)), NOTHING)[0][0]
    told = document(child(plan=replace(card, hidden=True)), "child", NOTHING, None, NOW)
    assert "safety_card" not in told


def test_complaints_are_counted_where_the_contact_is_in_sight() -> None:
    complained = replace(SHARED, complaints=2)
    assert "2 góp ý" in "".join(text for text, _ in words("export", OPEN, complained))
    assert "góp ý" not in "".join(text for text, _ in words("export", OUT_OF_SIGHT[0], complained))


def test_the_hours_are_those_of_viet_nam() -> None:
    assert "15:00 ngày 22/11/2026" in words("receipts", OPEN, SHARED)[0][0]


# --- the file ------------------------------------------------------------------------------------------------------


async def test_the_web_gives_the_file_to_the_session_and_hides_the_words_after_exit(
    lite: Database, content: Content, listener: Listener
) -> None:
    async with chat_server(lite, content, listener) as chat:
        chat.work()
        session = await chat.shared_case()
        before = await exported(chat, session)
        await chat.send(session, "out", choice="exit")
        after = await exported(chat, session)
        async with chat.browser.post(chat.url("/chat/api/export"), json={"session": "x" * 22}) as answer:
            unknown = answer.status
        async with chat.browser.post(chat.url("/chat/api/export"), data=b"{") as answer:
            unreadable = answer.status
    assert "bố đánh em hoài, em sợ" in [line["text"] for line in before["messages"]]
    assert [case["purposes"] for case in before["cases"]] == [list(PURPOSES)]
    told = [(one["task"], one["state"], one["due_at"], one["ended_at"]) for one in before["cases"][0]["tasks"]]
    assert told == [("plan", "open", None, None), ("urgent_assessment", "open", None, None)]
    assert {"messages", "cases", "consents"} & set(after) == set()
    assert "đánh" not in json.dumps(after, ensure_ascii=False)
    assert (unknown, unreadable) == (404, 422)


async def exported(chat: Any, session: str) -> Any:
    async with chat.browser.post(chat.url("/chat/api/export"), json={"session": session}) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"
        return await answer.json()


@pytest.fixture
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KHIEN_DATA_DIR", str(tmp_path / "data"))


async def people(*ids: str) -> None:
    async with (
        opened(load_settings()) as (database, vault),
        database.transaction() as unit,
    ):
        for number, identifier in enumerate(ids):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(conversations, "new_id", lambda identifier=identifier: identifier)
                held, seq = await conversations.upsert(unit, vault, "telegram", f"p{number}", NOW)
                await conversations.add_message(unit, held, seq=seq, author="child", body={"text": "em sợ"}, at=NOW)


def export(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["person", "export", *arguments])


async def entries() -> list[Any]:
    async with opened(load_settings()) as (database, _), database.reading() as unit:
        return list((await unit.execute(select(trail).where(trail.c.action == "person.exported"))).all())


@pytest.mark.usefixtures("_installed")
def test_the_operator_writes_a_file_for_its_owner_only_and_the_trail_names_it() -> None:
    asyncio.run(people("0a1b2c3d" + "0" * 24))
    result = export("nhim-0a1b2c3d", "--role", "child", "--to", "em.json")
    assert result.exit_code == 0, result.output
    assert "em sợ" not in result.output
    assert stat.S_IMODE(Path("em.json").stat().st_mode) == 0o600
    assert [line["text"] for line in json.loads(Path("em.json").read_text("utf-8"))["messages"]] == ["em sợ"]
    (entry,) = asyncio.run(entries())
    assert json.loads(entry.detail) == {"pseudonym": "nhim-0a1b2c3d", "role": "child"}
    again = export("nhim-0a1b2c3d", "--role", "child", "--to", "em.json")
    assert again.exit_code == 2
    assert json.loads(Path("em.json").read_text("utf-8"))["messages"]


async def written_about(identifier: str, words: str) -> str:
    """Let staff write a note about a child's case; returns the case."""
    await people(identifier)
    async with opened(load_settings()) as (database, vault), database.transaction() as unit:
        held = await conversations.lock(unit, vault, identifier)
        case_id = await cases.open_case(
            unit,
            held,
            urgency="moderate",
            harms=(),
            subject="self",
            band="11-14",
            audience="11-14",
            role="child",
            basis="consent",
            from_seq=1,
            consent_seq=None,
            now=NOW,
        )
        sealed = held.sealer.seal(note_place(case_id, 1), words)
        values = {"case_id": case_id, "number": 1, "conversation_id": held.id, "staff_id": "lan", "at": NOW}
        await unit.execute(insert(note).values(body_sealed=sealed, **values))
    return str(case_id)


@pytest.mark.usefixtures("_installed")
def test_what_staff_wrote_is_named_in_the_file_and_said_in_the_copy_by_hand_alone() -> None:
    case_id = asyncio.run(written_about("0a1b2c3d" + "0" * 24, "em tin dì Sáu"))
    assert export("nhim-0a1b2c3d", "--role", "child", "--to", "em.json").exit_code == 0
    assert export("nhim-0a1b2c3d", "--role", "child", "--to", "ca.json", "--staff-words").exit_code == 0
    own, by_hand = (json.loads(Path(name).read_text("utf-8")) for name in ("em.json", "ca.json"))
    [case] = own["cases"]
    [kept] = case["written_by_staff"]
    assert (kept["kind"], kept["count"], kept["first_at"]) == ("note", 1, NOW.isoformat())
    assert "dì Sáu" not in json.dumps(own, ensure_ascii=False)
    assert [one["words"] for one in by_hand["words_of_staff"][case_id]] == ["em tin dì Sáu"]
    details = [json.loads(entry.detail) for entry in asyncio.run(entries())]
    assert ["staff_words" in one for one in details] == [False, True]


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("pseudonym", ["nhim-0a1b2c3d", "nhim-ffffffff", "nhim-", "%", "0a1b2c3d"])
def test_a_pseudonym_of_nobody_or_of_two_is_refused_and_leaves_no_file(pseudonym: str) -> None:
    asyncio.run(people("0a1b2c3d" + "0" * 24, "0a1b2c3d" + "1" * 24))
    result = export(pseudonym, "--role", "child", "--to", "em.json")
    assert result.exit_code == 2
    assert not Path("em.json").exists()
    assert asyncio.run(entries()) == []
