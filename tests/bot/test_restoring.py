"""A database that comes back from a backup does not bring back what a child erased, took back or refused."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select, update

from bot.follow_up import TIMER
from bot.playback import Player
from bot.restoring import Restored, erase_again, refuse_if_restored
from bot.state import State, from_json
from escalation.tables import cases, follow_up
from store import conversations, marks
from store.conversations import message_place
from store.database import Database
from store.erasures import Erasure, ErasureList, ErasureListError
from store.tables import conversation, message, outbox, timer
from store.tables import inbox as inbox_table
from store.vault import VaultError

TOLD = "bố em đánh em đau lắm, tối nào bố say cũng đánh"
SECRET = "em giấu con mèo xám ở sân thượng"


@pytest.fixture
def listed(person: Player, tmp_path: Path) -> ErasureList:
    """Let the product note its erasures in a list; returns it."""
    erasures = ErasureList(tmp_path / "erased.jsonl")
    erasures.prepare()
    person.worker = replace(person.worker, erasures=erasures)
    return erasures


async def meet(person: Player) -> None:
    for choice in ("role.child", "band.11-14"):
        await person.press(choice)


async def share(person: Player) -> None:
    await meet(person)
    await person.say(TOLD)
    await person.press("talk.now")
    await person.press("consent.conversation.yes")


async def delete(person: Player) -> None:
    await person.press("delete")
    (done,) = await person.press("delete.confirm")
    assert done.message_id.startswith("delete.done")


def file_of(person: Player) -> Path:
    return Path(str(person.database.engine.url.database))


def back_up(person: Player, folder: Path) -> Path:
    """Copy the database's files as they are, as an operator at rest does."""
    folder.mkdir()
    for path in file_of(person).parent.glob("play.sqlite3*"):
        shutil.copy(path, folder / path.name)
    return folder / "play.sqlite3"


@asynccontextmanager
async def restored(backup: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{backup}")
    try:
        yield database
    finally:
        await database.close()


async def rows(database: Database, table: Any) -> Sequence[Any]:
    async with database.reading() as unit:
        return (await unit.execute(select(table).order_by(*table.primary_key.columns))).all()


async def lines(person: Player, database: Database) -> list[str]:
    """Open every line of the transcript."""
    async with database.reading() as unit:
        held = await conversations.find(unit, person.vault, person.channel, person.address)
        assert held is not None
        found = (await unit.execute(select(message).order_by(message.c.seq))).all()
        return [held.sealer.open(message_place(row.seq), row.body_sealed)["text"] for row in found]


async def state_of(person: Player, database: Database) -> State:
    async with database.reading() as unit:
        held = await conversations.find(unit, person.vault, person.channel, person.address)
    assert held is not None
    return from_json(held.state)


async def again(person: Player, database: Database, erasures: ErasureList) -> Restored:
    return await erase_again(database, person.vault, erasures, person.clock.now())


# --- everything of a person ----------------------------------------------------------------------------------------


async def test_deleted_words_do_not_come_back_from_a_backup(
    person: Player, listed: ErasureList, tmp_path: Path
) -> None:
    await share(person)
    await person.say(SECRET)
    backup = back_up(person, tmp_path / "backup")
    await delete(person)
    async with restored(backup) as database:
        sealed = [bytes(row.body_sealed) for row in await rows(database, message)]
        (key,) = [bytes(row.key_wrapped) for row in await rows(database, conversation)]
        assert SECRET in await lines(person, database)
        with pytest.raises(ErasureListError, match="khien restore-check"):
            await refuse_if_restored(database, listed)
        assert await again(person, database, listed) == Restored(listed=2, repeated=2)
        await refuse_if_restored(database, listed)
        assert await rows(database, message) == []
        assert await state_of(person, database) == State(away=True)
        assert [row.state for row in await rows(database, cases)] == ["withdrawn"]
        assert [row for row in await rows(database, outbox) if row.body_sealed and row.kind == "message"] == []
    everything = b"".join(path.read_bytes() for path in backup.parent.iterdir())
    assert len(sealed) > 5
    assert [old for old in (*sealed, key) if old in everything] == [], "not even sealed, nor its key"


async def test_a_follow_up_that_was_deleted_does_not_ring_from_a_backup(
    person: Player, listed: ErasureList, tmp_path: Path
) -> None:
    await share(person)
    await person.take_next()
    await person.close(follow_up=True)
    await person.say("tối mai")
    backup = back_up(person, tmp_path / "backup")
    await delete(person)
    async with restored(backup) as database:
        assert [row.name for row in await rows(database, timer) if row.name.startswith(TIMER)] == [f"{TIMER}child"]
        await again(person, database, listed)
        assert [row for row in await rows(database, timer) if row.name.startswith(TIMER)] == []
        assert [row.state for row in await rows(database, follow_up)] == ["taken_back"]
        assert (await state_of(person, database)).follow_up is None


async def test_checking_twice_erases_once_and_leaves_what_came_after(
    person: Player, listed: ErasureList, tmp_path: Path
) -> None:
    await meet(person)
    await person.say(SECRET)
    backup = back_up(person, tmp_path / "backup")
    await delete(person)
    async with restored(backup) as database:
        assert (await again(person, database, listed)).repeated == 1
        person.worker = replace(person.worker, database=database)
        await person.say("em quay lại rồi nè")
        before = (await lines(person, database), await state_of(person, database))
        assert (await again(person, database, listed)).repeated == 0
        assert (await lines(person, database), await state_of(person, database)) == before
        assert before[0][0] == "em quay lại rồi nè"


async def test_numbers_that_were_given_before_the_restore_are_not_given_again(
    person: Player, listed: ErasureList, tmp_path: Path
) -> None:
    await meet(person)
    backup = back_up(person, tmp_path / "backup")
    await person.say(SECRET)
    await delete(person)
    (erasure,) = listed.read()
    async with restored(backup) as database:
        await again(person, database, listed)
        assert [row.last_seq for row in await rows(database, conversation)] == [erasure.turn]


@pytest.mark.parametrize("who", ["child", "parent"])
async def test_the_other_person_on_the_phone_keeps_what_it_said(
    person: Player, listed: ErasureList, tmp_path: Path, who: str
) -> None:
    said = {"child": SECRET, "parent": "mẹ hỏi về trò chơi của con"}
    await meet(person)
    await person.say(said["child"])
    await person.press("role.parent")
    await person.say(said["parent"])
    await person.press(f"role.{who}")
    backup = back_up(person, tmp_path / "backup")
    await delete(person)
    async with restored(backup) as database:
        await again(person, database, listed)
        for stored in (database, person.database):
            kept = await lines(person, stored)
            assert {one for one, text in said.items() if text in kept} == {"child", "parent"} - {who}


async def test_old_rows_of_the_database_open_with_no_key_of_today(person: Player, tmp_path: Path) -> None:
    await share(person)
    backup = back_up(person, tmp_path / "backup")
    await delete(person)
    async with restored(backup) as database:
        old = await rows(database, message)
    async with person.database.reading() as unit:
        today = await conversations.find(unit, person.vault, person.channel, person.address)
    assert today is not None
    assert len(old) > 5
    for row in old:
        with pytest.raises(VaultError):
            today.sealer.open(message_place(row.seq), row.body_sealed)


# --- a case that was taken back, lines that were refused -----------------------------------------------------------


@pytest.mark.parametrize("shared_before", [True, False])
async def test_a_withdrawn_case_does_not_come_back_to_the_queue(
    person: Player, listed: ErasureList, tmp_path: Path, *, shared_before: bool
) -> None:
    backup = None
    if not shared_before:
        await meet(person)
        await person.say(TOLD)
        backup = back_up(person, tmp_path / "backup")
        await person.press("talk.now")
        await person.press("consent.conversation.yes")
    else:
        await share(person)
        backup = back_up(person, tmp_path / "backup")
    await person.press("withdraw")
    await person.press("withdraw.confirm")
    async with restored(backup) as database:
        assert (await again(person, database, listed)).repeated == 1
        assert {row.state for row in await rows(database, cases)} <= {"withdrawn"}
        assert TOLD not in await lines(person, database)
        state = await state_of(person, database)
        assert (state.contact, state.matter, state.heard) == (None, None, ())


async def test_what_a_counsellor_read_and_the_law_keeps_stays_though_the_backup_knows_no_claim(
    person: Player, listed: ErasureList, tmp_path: Path
) -> None:
    await share(person)
    backup = back_up(person, tmp_path / "backup")
    await person.take_next()
    await person.press("withdraw")
    await person.press("withdraw.confirm")
    assert [erasure.claimed for erasure in listed.read()] == [True]
    async with restored(backup) as database:
        await again(person, database, listed)
        assert [row.state for row in await rows(database, cases)] == ["withdrawn"]
        assert TOLD in await lines(person, database)


async def test_lines_that_a_quick_exit_erased_stay_erased(person: Player, listed: ErasureList, tmp_path: Path) -> None:
    await meet(person)
    await person.say(TOLD)
    backup = back_up(person, tmp_path / "backup")
    await person.press("exit")
    assert [erasure.what for erasure in listed.read()] == ["lines"]
    async with restored(backup) as database:
        await again(person, database, listed)
        assert TOLD not in await lines(person, database)
        assert (await state_of(person, database)).heard == ()
        assert {row.status for row in await rows(database, inbox_table)} == {"done"}


# --- crashes and a list that fails ---------------------------------------------------------------------------------


class Torn(ErasureList):
    """A list whose process dies right after the line is on the disk, until told otherwise."""

    dying = True

    def add(self, erasure: Erasure) -> None:
        super().add(erasure)
        if self.dying:
            raise RuntimeError("the process dies here")


async def test_an_erasure_that_died_before_its_commit_is_done_by_its_turn_and_stops_no_start(
    person: Player, tmp_path: Path
) -> None:
    torn = Torn(tmp_path / "erased.jsonl")
    person.worker = replace(person.worker, erasures=torn)
    await meet(person)
    await person.say(SECRET)
    await person.press("delete")
    with structlog.testing.capture_logs():
        await person.press("delete.confirm")
    async with person.database.reading() as unit:
        assert {erasure.number for erasure in torn.read()} == {1}
        assert await marks.value_of(unit, marks.ERASURES) == 0
    await refuse_if_restored(person.database, torn)
    torn.dying = False
    person.clock.advance(5)
    await person.run()
    async with person.database.reading() as unit:
        assert {erasure.number for erasure in torn.read()} == {1}
        assert await marks.value_of(unit, marks.ERASURES) == 1
    assert SECRET not in await lines(person, person.database)


async def test_erasing_does_not_wait_for_a_list_that_cannot_be_written(person: Player, tmp_path: Path) -> None:
    person.worker = replace(person.worker, erasures=ErasureList(tmp_path / "nowhere" / "erased.jsonl"))
    await meet(person)
    await person.say(SECRET)
    with structlog.testing.capture_logs() as logs:
        await delete(person)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["erasure_not_noted"]
    assert SECRET not in str(logs)
    assert SECRET not in await lines(person, person.database)
    async with person.database.reading() as unit:
        assert await marks.value_of(unit, marks.ERASURES) == 1, "the doctor sees that the list lacks it"


# --- still for thirty days -----------------------------------------------------------------------------------------


async def test_what_was_purged_opens_with_no_key_of_today(person: Player, tmp_path: Path) -> None:
    await meet(person)
    await person.say(SECRET)
    backup = back_up(person, tmp_path / "backup")
    person.clock.advance(31 * 24 * 3600)
    await person.worker.purge()
    async with restored(backup) as database:
        old = await rows(database, message)
    async with person.database.reading() as unit:
        today = await conversations.find(unit, person.vault, person.channel, person.address)
    assert today is not None
    assert from_json(today.state).band == "11-14", "who is there stays"
    for row in old:
        with pytest.raises(VaultError):
            today.sealer.open(message_place(row.seq), row.body_sealed)


async def test_one_value_that_does_not_open_keeps_nobody_elses_words(person: Player) -> None:
    for address in ("a", "b"):
        person.address = address
        await meet(person)
    async with person.database.transaction() as unit:
        ids = (await unit.execute(select(conversation.c.id).order_by(conversation.c.id))).scalars().all()
        damaged = update(conversation).where(conversation.c.id == ids[0]).values(address_sealed=b"damaged")
        await unit.execute(damaged)
    before = {row.id: bytes(row.key_wrapped) for row in await rows(person.database, conversation)}
    person.clock.advance(31 * 24 * 3600)
    with structlog.testing.capture_logs() as logs:
        await person.worker.purge()
    after = {row.id: bytes(row.key_wrapped) for row in await rows(person.database, conversation)}
    assert [one for one in ids if after[one] != before[one]] == [ids[1]]
    assert [line["conversation"] for line in logs if line["event"] == "cannot_forget"] == [ids[0]]
