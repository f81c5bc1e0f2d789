"""Every class of data has a clock: what is over its term goes, what is not stays, what is held is never touched."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from typer.testing import CliRunner

from bot import clocks
from bot.cli import app
from bot.clocks import CLOCKS, Terms
from bot.playback import Player
from bot.settings import Settings, SettingsError, load_settings
from escalation import holds, trail
from escalation.tables import alert, cases, consent, presence, setup_link, sign_in_failure
from escalation.tables import trail as trail_table
from store.tables import conversation, message, metadata
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
TELLING = "bố con đánh con đau lắm, tối nào bố say cũng đánh"
YEAR = timedelta(days=365)


async def ended(hotline: Hotline, ago: timedelta, address: str = "em") -> str:
    """Return a case that was closed so long ago, with a line, a summary and an alert."""
    case_id: str = await hotline.child(address, TELLING)
    async with hotline.database.transaction() as unit:
        values = {"state": "closed", "closed_at": hotline.now - ago, "summary_sealed": b"-"}
        await unit.execute(update(cases).where(cases.c.id == case_id).values(**values))
        await unit.execute(insert(alert).values(case_id=case_id, number=1, kind="silence", at=hotline.now - ago))
    return case_id


async def strike(hotline: Hotline, terms: Terms | None = None) -> dict[str, int]:
    return await clocks.run(hotline.database, VAULT, terms or Terms(), hotline.now)


async def told(hotline: Hotline, name: str) -> dict[str, Any]:
    async with hotline.database.reading() as unit:
        report = await clocks.report(unit, Terms(), hotline.now)
    (found,) = [each for each in report["classes"] if each["class"] == name]
    return dict(found)


@pytest.mark.parametrize(
    ("ago", "goes"), [(5 * YEAR - timedelta(hours=1), False), (5 * YEAR + timedelta(hours=1), True)]
)
async def test_a_cases_words_go_when_its_term_is_over(hotline: Hotline, ago: timedelta, goes: bool) -> None:
    case_id = await ended(hotline, ago)
    assert (await strike(hotline))["case"] == goes
    assert (await hotline.rows(message, case_id=case_id) == []) is goes
    assert (await hotline.rows(alert, case_id=case_id) == []) is goes
    assert ((await hotline.row(case_id)).summary_sealed is None) is goes


async def test_an_open_case_has_no_clock(hotline: Hotline) -> None:
    case_id = await hotline.child("em", TELLING)
    hotline.pass_time(20 * YEAR.total_seconds())
    assert (await strike(hotline))["case"] == 0
    assert await hotline.rows(message, case_id=case_id)


async def test_a_held_case_is_touched_by_no_clock_until_it_is_released(hotline: Hotline) -> None:
    case_id = await ended(hotline, 9 * YEAR)
    async with hotline.database.transaction() as unit:
        await holds.add(unit, case_id, reason="letter 12", by="lan", now=hotline.now)
    assert (await strike(hotline))["case"] == 0
    assert (await told(hotline, "case"))["due"] == 0
    assert await hotline.rows(message, case_id=case_id)
    async with hotline.database.transaction() as unit:
        await holds.release(unit, case_id, reason="letter 15", by="lan", now=hotline.now)
    assert (await strike(hotline))["case"] == 1


async def test_what_was_erased_leaves_its_row_its_consent_and_a_whole_trail(hotline: Hotline) -> None:
    case_id = await ended(hotline, 9 * YEAR)
    decisions = len(await hotline.rows(consent))
    await strike(hotline)
    async with hotline.database.reading() as unit:
        total, broken = await trail.verify(unit)
    assert (broken, total) == ((), len(await hotline.rows(trail_table)))
    assert [row.action for row in await hotline.rows(trail_table, stream=f"case:{case_id}")][-1] == "case.erased"
    assert len(await hotline.rows(consent)) == decisions
    assert await hotline.row(case_id)


async def test_striking_twice_erases_nothing_more_and_notes_nothing_more(hotline: Hotline) -> None:
    await ended(hotline, 9 * YEAR)
    await strike(hotline)
    entries = len(await hotline.rows(trail_table))
    assert not any((await strike(hotline)).values())
    assert len(await hotline.rows(trail_table)) == entries


async def test_many_cases_go_in_portions(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("escalation.retention.PORTION", 1)
    for address in ("a", "b"):
        await ended(hotline, 9 * YEAR, address)
    assert [(await strike(hotline))["case"] for _ in range(3)] == [1, 1, 0]


async def test_a_conversation_goes_a_year_after_its_last_message_when_nothing_else_is_left(hotline: Hotline) -> None:
    await hotline.talk("still", "chào bạn")
    await ended(hotline, timedelta(0), "with-a-case")
    hotline.pass_time((YEAR - timedelta(days=1)).total_seconds())
    assert (await strike(hotline))["conversation"] == 0
    hotline.pass_time(timedelta(days=2).total_seconds())
    assert (await strike(hotline))["conversation"] == 1
    assert len(await hotline.rows(conversation)) == 1, "who has a case stays"


async def test_what_staff_leave_at_the_door_goes(hotline: Hotline) -> None:
    member = await hotline.staff("lan")
    async with hotline.database.transaction() as unit:
        await unit.execute(insert(presence).values(staff_id=member.id, until=hotline.now))
        await unit.execute(insert(setup_link).values(token_hash="a", expires_at=hotline.now))
        await unit.execute(insert(sign_in_failure).values(key="k", failures=3, last_at=hotline.now))
    assert (await strike(hotline))["doors"] == 0
    hotline.pass_time(timedelta(days=31).total_seconds())
    assert (await strike(hotline))["doors"] == 3


async def test_the_report_counts_what_is_kept_and_what_is_due(hotline: Hotline) -> None:
    await ended(hotline, 9 * YEAR)
    case = await told(hotline, "case")
    assert (case["kept"], case["due"], case["days"]) == (1, 1, 1825)
    await strike(hotline)
    assert (await told(hotline, "case"))["kept"] == 0
    async with hotline.database.reading() as unit:
        last = (await clocks.report(unit, Terms(), hotline.now))["last_run"]
    assert last["removed"]["case"] == 1


def test_every_table_that_holds_something_of_a_person_has_a_clock() -> None:
    named = {table for clock in CLOCKS for table in (each.name for each in clock.times().get_final_froms())}
    # State, messages that wait and timers end with their turn; alerts, what staff note and the forms go with their
    # case; an account and how it likes the desk are kept, its recovery codes until newer ones; a mark is a number; a
    # messenger's tokens are the house's own.
    forms = {"casefile_form", "casefile_change", "casefile_quotation"}
    elsewhere = {"timer", "alert", "note", "shift_note", *forms, "staff", "preference", "recovery_code", "mark"}
    elsewhere |= {"messenger_token"}
    in_subqueries = {"conversation"}
    assert set(metadata.tables) - named - elsewhere - in_subqueries == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [("talk_days", "31"), ("talk_days", "0"), ("case_years", "0"), ("case_years", "31"), ("conversation_days", "364"),
     ("sign_in_days", "1"), ("sign_in_days", "91"), ("case_years", "x")],
)  # fmt: skip
def test_a_term_that_makes_no_sense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"KHIEN_RETENTION_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"KHIEN_RETENTION_{name.upper()}"):
        load_settings()


def test_the_terms_are_those_of_the_settings() -> None:
    settings = Settings(retention_talk_days=7, retention_case_years=2)
    assert (Terms.of(settings).talk, Terms.of(settings).case) == (timedelta(days=7), timedelta(days=730))
    assert Terms.of(Settings()) == Terms()


async def test_a_child_who_erases_a_held_case_is_told_that_the_law_keeps_something(person: Player) -> None:
    case_id = await waiting_and_held(person)
    await person.press("delete")
    (done,) = await person.press("delete.confirm")
    assert done.message_id == "delete.done_case"
    await still_there(person, case_id)


async def test_a_child_who_takes_a_held_case_back_is_told_so_too(person: Player) -> None:
    case_id = await waiting_and_held(person)
    await person.press("withdraw")
    (done,) = await person.press("withdraw.confirm")
    assert done.message_id == "withdraw.done_after_claim"
    await still_there(person, case_id)


async def waiting_and_held(person: Player) -> str:
    await person.say(TELLING)
    await person.press("talk.now")
    await person.press("consent.conversation.yes")
    async with person.database.transaction() as unit:
        case_id: str = (await unit.execute(cases.select())).one().id
        await holds.add(unit, case_id, reason="letter 12", by="lan", now=person.clock.now())
    return case_id


async def still_there(person: Player, case_id: str) -> None:
    async with person.database.reading() as unit:
        (row,) = (await unit.execute(cases.select().where(cases.c.id == case_id))).all()
        lines = (await unit.execute(message.select().where(message.c.case_id == case_id))).all()
    assert row.state == "withdrawn"
    assert lines


def test_the_commands_hold_count_and_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHIEN_DATA_DIR", str(tmp_path))
    runner = CliRunner()
    due = runner.invoke(app, ["purge", "--dry-run", "--json"])
    assert set(json.loads(due.output).values()) == {0}
    report = json.loads(runner.invoke(app, ["report", "retention", "--json"]).output)
    assert [each["class"] for each in report["classes"]] == [clock.name for clock in CLOCKS]
    refused = runner.invoke(app, ["hold", "add", "no-such-case", "--reason", "letter", "--by", "lan"])
    assert refused.exit_code == 2
    assert "There is no such case" in refused.output
    assert json.loads(runner.invoke(app, ["hold", "list", "--json"]).output) == []
