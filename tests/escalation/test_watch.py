"""What is owed to a child when the hotline is slow or gone: a table of what is due, and each alert only once."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from escalation import cases, contact, watch
from escalation.permissions import Staff
from escalation.priority import TARGETS
from escalation.tables import alert
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TARGET = TARGETS["high"].total_seconds()


def row(state: str = "waiting", urgency: str = "high", **seconds_ago: float | None) -> Any:
    """Return a case row; each time is how long ago it was, `lease_until` how long until it ends."""
    names = ("claimed_at", "first_reply_at", "last_reply_at", "last_child_at", "alerted_at", "lease_until")
    times: dict[str, datetime | None] = dict.fromkeys(names)
    times["waiting_since"] = NOW
    for name, ago in seconds_ago.items():
        times[name] = None if ago is None else NOW + timedelta(seconds=ago if name == "lease_until" else -ago)
    return SimpleNamespace(state=state, urgency=urgency, **times)


WAITING = [
    (row(waiting_since=0), None),
    (row(waiting_since=TARGET - 1), None),
    (row(waiting_since=TARGET), "late_first_reply"),
    (row(waiting_since=TARGET, alerted_at=1), None),
    (row(waiting_since=TARGETS["emergency"].total_seconds(), urgency="emergency"), "late_first_reply"),
    (row(waiting_since=TARGETS["moderate"].total_seconds() - 1, urgency="moderate"), None),
]
CLAIMED = [
    (row("claimed", lease_until=1, claimed_at=1), None),
    (row("claimed", lease_until=0, claimed_at=90), "lease_lost"),
    (row("claimed", lease_until=-5, claimed_at=95), "lease_lost"),
    (row("claimed", lease_until=0, claimed_at=90, alerted_at=10), "lease_lost"),
    (row("claimed", lease_until=60, claimed_at=TARGET - 1, waiting_since=TARGET * 3), None),
    (row("claimed", lease_until=60, claimed_at=TARGET), "late_first_reply"),
    (row("claimed", lease_until=60, claimed_at=TARGET, alerted_at=1), None),
]
TALKING = [
    (row("claimed", lease_until=60, claimed_at=900, first_reply_at=800, last_reply_at=10, last_child_at=20), None),
    (row("claimed", lease_until=60, claimed_at=900, first_reply_at=800, last_reply_at=800, last_child_at=299), None),
    (
        row("claimed", lease_until=60, claimed_at=900, first_reply_at=800, last_reply_at=800, last_child_at=300),
        "silence",
    ),
    (
        row(
            "claimed",
            lease_until=60,
            claimed_at=900,
            first_reply_at=800,
            last_reply_at=800,
            last_child_at=300,
            alerted_at=1,
        ),
        None,
    ),
    (
        row("claimed", lease_until=60, claimed_at=9000, first_reply_at=8000, last_reply_at=8000, last_child_at=8001),
        None,
    ),
    (row("claimed", lease_until=60, claimed_at=900, first_reply_at=800, last_reply_at=800, last_child_at=None), None),
]


@pytest.mark.parametrize(("case", "due"), [*WAITING, *CLAIMED, *TALKING])
def test_what_is_due_follows_from_the_times_alone(case: Any, due: str | None) -> None:
    assert watch.what_is_due(case, NOW) == due


async def sweep(hotline: Hotline) -> int:
    return await watch.sweep(hotline.database, VAULT, hotline.now)


async def alerts(hotline: Hotline) -> list[str]:
    return [row.kind for row in sorted(await hotline.rows(alert), key=lambda row: row.number)]


async def reply(hotline: Hotline, staff: Staff, case_id: str, lease: int, key: str = "k") -> None:
    async with hotline.database.transaction() as unit:
        await contact.reply(unit, VAULT, staff, case_id, lease=lease, message_id=key, text="Cô đây", now=hotline.now)


async def child_writes(hotline: Hotline, case_id: str) -> None:
    async with hotline.database.transaction() as unit:
        await cases.child_wrote(unit, case_id, hotline.now)


async def test_nothing_is_done_while_nothing_is_due(hotline: Hotline) -> None:
    await hotline.child()
    hotline.pass_time(TARGET - 1)
    assert await sweep(hotline) == 0
    assert await alerts(hotline) == []


async def test_a_child_nobody_claims_goes_to_the_front_and_the_supervisor_hears_once(hotline: Hotline) -> None:
    first = await hotline.child("một", band="15-17")
    hotline.pass_time(TARGET - 1)
    await hotline.child("hai", band="6-10")
    hotline.pass_time(1)
    assert await sweep(hotline) == 1
    assert await sweep(hotline) == 0
    assert await alerts(hotline) == ["late_first_reply"]
    assert (await hotline.seen(await hotline.staff("a")))[0] == first


async def test_a_counsellor_who_never_answers_loses_the_child_and_the_child_is_told(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    for _ in range(int(TARGET) // 60):
        hotline.pass_time(60)
        await hotline.renew(staff, case_id, lease)
    assert await sweep(hotline) == 1
    found = await hotline.row(case_id)
    assert (found.state, found.owner_id, found.front) == ("waiting", None, True)
    assert await alerts(hotline) == ["late_first_reply"]
    assert [notice["event"] for notice in await hotline.notices(case_id)] == ["joined", "released"]


async def test_a_page_that_is_gone_gives_the_child_back_after_ninety_seconds(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    await reply(hotline, staff, case_id, lease)
    hotline.pass_time(89)
    assert await sweep(hotline) == 0
    hotline.pass_time(1)
    assert await sweep(hotline) == 1
    assert await sweep(hotline) == 0
    found = await hotline.row(case_id)
    assert (found.state, found.owner_id, found.front) == ("waiting", None, True)
    assert await alerts(hotline) == ["lease_lost"]
    assert [notice["event"] for notice in await hotline.notices(case_id)] == ["joined", "said", "released"]


async def test_a_given_back_child_whom_nobody_takes_is_told_of_again(hotline: Hotline) -> None:
    """The second delay is a new one: the supervisor must hear of it too."""
    case_id = await hotline.child()
    await hotline.claim(await hotline.staff("a"), case_id)
    hotline.pass_time(90)
    await sweep(hotline)
    hotline.pass_time(TARGET)
    await sweep(hotline)
    assert await alerts(hotline) == ["lease_lost", "late_first_reply"]


async def test_a_silent_counsellor_keeps_the_child_who_is_told_once_each_silence(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    for number in range(2):
        await reply(hotline, staff, case_id, lease, key=f"k{number}")
        hotline.pass_time(1)
        await child_writes(hotline, case_id)
        for _ in range(int(TARGET) // 60):
            hotline.pass_time(60)
            await hotline.renew(staff, case_id, lease)
        assert await sweep(hotline) == 1
        assert await sweep(hotline) == 0
    found = await hotline.row(case_id)
    assert (found.state, found.owner_id) == ("claimed", "a")
    assert await alerts(hotline) == ["silence", "silence"]
    events = [notice["event"] for notice in await hotline.notices(case_id)]
    assert events == ["joined", "said", "silent", "said", "silent"]


async def test_a_child_who_was_answered_is_not_told_of_silence(hotline: Hotline) -> None:
    case_id = await hotline.child()
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    await child_writes(hotline, case_id)
    hotline.pass_time(1)
    await reply(hotline, staff, case_id, lease)
    for _ in range(20):
        hotline.pass_time(60)
        await hotline.renew(staff, case_id, lease)
        assert await sweep(hotline) == 0


@pytest.mark.parametrize("ended", ["closed", "withdrawn"])
async def test_an_ended_case_owes_nothing_more(hotline: Hotline, ended: str) -> None:
    case_id = await hotline.child(urgency="moderate")  # the law asks for nothing in it
    staff = await hotline.staff("a")
    lease = await hotline.claim(staff, case_id)
    if ended == "withdrawn":
        await hotline.withdraw(case_id)
    else:
        async with hotline.database.transaction() as unit:
            await contact.close(
                unit, VAULT, staff, case_id, lease=lease, outcome="advised", summary="", now=hotline.now
            )
    hotline.pass_time(7 * 86_400)
    assert await sweep(hotline) == 0


async def test_every_overdue_case_is_acted_on_in_one_sweep(hotline: Hotline) -> None:
    for number in range(4):
        await hotline.child(f"em {number}")
    hotline.pass_time(TARGET)
    assert await sweep(hotline) == 4
    assert await alerts(hotline) == ["late_first_reply"] * 4
