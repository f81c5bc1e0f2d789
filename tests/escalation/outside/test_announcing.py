"""What happens to a case is written with what it tells, goes out in order, and is never lost in silence."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from escalation import cases, contact, queue, retention, watch
from escalation.outside import announcing
from escalation.outside.announcing import CASE
from escalation.shift import handover, outward
from escalation.shift.limits import Limits
from escalation.shift.outward import MAX_ATTEMPTS, Messenger, Outgoing, Undelivered
from escalation.shift.tables import notice
from escalation.tables import alert
from escalation.tables import cases as cases_table
from store.clock import MovableClock
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")


class Carrier:
    """A way out that takes everything, but what is told of the cases in `refuses`."""

    def __init__(self) -> None:
        self.taken: list[Outgoing] = []
        self.refuses: set[str] = set()

    async def carry(self, outgoing: Outgoing, now: object) -> None:  # noqa: ARG002
        if outgoing.case_id in self.refuses:
            raise Undelivered("refused")
        self.taken.append(outgoing)


@pytest.fixture
async def listening(hotline: Hotline) -> MovableClock:
    """Let somebody be told, and give the clock."""
    clock = MovableClock()
    hotline.now = clock.now()
    async with hotline.database.transaction() as unit:
        await announcing.begin(unit)
    return clock


async def kinds(hotline: Hotline, case_id: str) -> list[str]:
    rows = await hotline.rows(notice, case_id=case_id, way=CASE)
    assert sorted(row.number for row in rows) == list(range(1, len(rows) + 1))
    return [row.kind for row in sorted(rows, key=lambda row: int(row.number))]


async def test_nothing_is_written_while_nobody_is_to_be_told(hotline: Hotline) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await hotline.claim(lan, case_id)
    assert await hotline.rows(notice) == []


@pytest.mark.usefixtures("listening")
async def test_every_step_of_a_case_is_told(hotline: Hotline) -> None:
    lan, nam = await hotline.staff("lan"), await hotline.staff("nam")
    boss, case_id = await hotline.staff("thu", "supervisor"), await hotline.child(urgency="moderate")
    await hotline.hand_back(lan, case_id, await hotline.claim(lan, case_id))
    async with hotline.database.transaction() as unit:
        await cases.raise_case(unit, case_id, urgency="high", harms=("self_harm",), now=hotline.now)
    await hotline.claim(nam, case_id)
    async with hotline.database.transaction() as unit:
        lease = await handover.take_over(unit, VAULT, boss, case_id, Limits(), hotline.now)
    hotline.pass_time(queue.LEASE_SECONDS - 1)
    await hotline.renew(boss, case_id, lease)
    hotline.pass_time(queue.LEASE_SECONDS)
    await watch.sweep(hotline.database, VAULT, hotline.now)  # the lease is lost
    hotline.pass_time(300)
    await watch.sweep(hotline.database, VAULT, hotline.now)  # and nobody has answered
    lease = await hotline.claim(lan, case_id)
    async with hotline.database.transaction() as unit:
        await contact.close(unit, VAULT, lan, case_id, lease=lease, outcome="advised", summary="", now=hotline.now)
    assert await kinds(hotline, case_id) == [
        "opened", "claimed", "returned", "raised", "claimed", "handed_over", "returned", "breached", "claimed", "closed"
    ]  # fmt: skip
    withdrawn = await hotline.child("em khác")
    await hotline.withdraw(withdrawn)
    assert await kinds(hotline, withdrawn) == ["opened", "withdrawn"]


async def test_what_did_not_happen_is_not_told(hotline: Hotline, listening: MovableClock) -> None:
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    with pytest.raises(SystemError):
        async with hotline.database.transaction() as unit:
            await queue.claim(unit, VAULT, lan, case_id, listening.now())
            raise SystemError
    assert await kinds(hotline, case_id) == ["opened"]


async def test_each_case_is_told_in_order_and_holds_up_no_other(hotline: Hotline, listening: MovableClock) -> None:
    carrier = Carrier()
    sending = Messenger(database=hotline.database, clock=listening, carriers={CASE: carrier})
    lan, stuck, fine = await hotline.staff("lan"), await hotline.child("a"), await hotline.child("b")
    carrier.refuses = {stuck}
    for case_id in (stuck, fine):
        await hotline.claim(lan, case_id)
    while await sending.send():
        pass
    assert [(one.case_id, one.kind) for one in carrier.taken] == [(fine, "opened"), (fine, "claimed")]
    assert [row.facts for row in await hotline.rows(notice, case_id=fine)] == [None, None], "gone once it is taken"
    carrier.refuses = set()
    listening.advance(5)
    while await sending.send():
        pass
    told = [(one.kind, one.id) for one in carrier.taken if one.case_id == stuck]
    assert told == [("opened", f"{stuck}-case-1"), ("claimed", f"{stuck}-case-2")]


async def test_what_nobody_takes_is_parked_with_one_alert_and_goes_out_when_it_is_mended(
    hotline: Hotline, listening: MovableClock
) -> None:
    carrier = Carrier()
    sending = Messenger(database=hotline.database, clock=listening, carriers={CASE: carrier})
    lan, case_id = await hotline.staff("lan"), await hotline.child()
    await hotline.claim(lan, case_id)
    carrier.refuses = {case_id}
    for _ in range(2 * MAX_ATTEMPTS):
        await sending.send()
        listening.advance(7200)
    assert {row.status for row in await hotline.rows(notice)} == {"parked"}
    assert [row.kind for row in await hotline.rows(alert)] == ["unannounced"]
    async with hotline.database.transaction() as unit:
        assert await outward.parked(unit) == 2
        assert await outward.try_again(unit, listening.now()) == 2
    carrier.refuses = set()
    while await sending.send():
        pass
    assert [one.kind for one in carrier.taken] == ["opened", "claimed"]
    assert all(one.facts for one in carrier.taken)


async def test_the_numbers_of_an_open_case_outlive_the_term(hotline: Hotline, listening: MovableClock) -> None:
    old, ended = await hotline.child("a"), await hotline.child("b")
    async with hotline.database.transaction() as unit:
        closed = {"state": "closed", "closed_at": listening.now()}
        await unit.execute(update(cases_table).where(cases_table.c.id == ended).values(**closed))
        await retention.purge_doors(unit, listening.now() + timedelta(days=31), timedelta(days=30))
    assert [row.case_id for row in await hotline.rows(notice)] == [old]
