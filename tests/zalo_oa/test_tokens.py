"""Tokens that change: one refresh at a time, the new pair stored before it is used, and a loud word where it fails."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.port import ChannelError
from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.oauth import App, Refused, challenge_of, consent_link, read_tokens
from bot.channels.zalo_oa.request import ZaloRequest
from bot.channels.zalo_oa.tokens import Tokens
from store import messenger_tokens
from store.clock import MovableClock
from store.database import Database
from store.messenger_tokens import Pair, Trouble
from tests.store.keys import VAULT
from tests.zalo_oa import faults
from tests.zalo_oa.server import APP_ID, APP_SECRET, ZaloServer

pytest_plugins = ("tests.store.databases",)
NAME = "zalo_oa"
APP = App(id=APP_ID, secret=APP_SECRET)


class Office:
    """The processes of one house, their database and their clock."""

    def __init__(self, database: Database, server: ZaloServer) -> None:
        self.database, self.server = database, server
        self.clock = MovableClock()
        self.alarms: list[Trouble] = []
        self.request = ZaloRequest(base_url=server.url, oauth_url=server.url)

    def process(self, database: Database | None = None) -> Tokens:
        async def alarm(trouble: Trouble) -> None:
            self.alarms.append(trouble)

        return Tokens(
            database=database or self.database,
            vault=VAULT,
            clock=self.clock,
            request=self.request,
            app=APP,
            alarm=alarm,
        )

    async def seed(self, hours: float = 25) -> None:
        async with self.database.transaction() as unit:
            await messenger_tokens.put(
                unit,
                VAULT,
                NAME,
                access=self.server.access,
                refresh=self.server.refresh,
                expires_at=self.clock.now() + timedelta(hours=hours),
            )

    async def stored(self) -> Pair:
        async with self.database.reading() as unit:
            pair = await messenger_tokens.read(unit, VAULT, NAME)
        assert pair is not None
        return pair


@pytest.fixture
async def office(database: Database, server: ZaloServer) -> AsyncIterator[Office]:
    made = Office(database, server)
    yield made
    await made.request.close()


async def test_nothing_is_renewed_before_its_time(office: Office) -> None:
    await office.seed(hours=5.1)
    await office.process().look()
    assert office.server.refreshes == []


async def test_a_pair_is_renewed_five_hours_early(office: Office) -> None:
    await office.seed(hours=4.9)
    tokens = office.process()
    await tokens.look()
    pair = await office.stored()
    assert office.server.refreshes == ["RT-0"]
    assert (pair.access, pair.refresh, pair.version) == (office.server.access, office.server.refresh, 2)
    assert timedelta(hours=24.9) < pair.expires_at - office.clock.now() <= timedelta(hours=25)
    assert await tokens.access() == office.server.access
    assert (pair.begun_at, pair.trouble) == (None, None)


async def test_pairs_follow_one_another_for_weeks(office: Office) -> None:
    await office.seed()
    tokens = office.process()
    for _ in range(14):
        office.clock.advance(21 * 3600)
        tokens._not_before.clear()  # the steady clock has not moved
        await tokens.look()
    assert len(office.server.refreshes) == len(set(office.server.refreshes)) == 14
    assert office.alarms == []


async def test_many_who_are_refused_at_once_renew_once(office: Office) -> None:
    await office.seed()
    processes = [office.process() for _ in range(3)]
    old = [await one.access() for one in processes]
    office.server.fail_next("token", faults.answer_late(0.3))
    renewals = (process.renewed(old[0]) for process in processes for _ in range(5))
    assert set(await asyncio.gather(*renewals)) == {office.server.access}
    assert office.server.refreshes == ["RT-0"]


async def test_a_process_takes_what_another_has_stored(office: Office) -> None:
    await office.seed()
    one, other = office.process(), office.process()
    old = await one.access()
    await other.renewed(await other.access())
    assert await one.renewed(old) == office.server.access
    assert office.server.refreshes == ["RT-0"]


async def test_the_new_pair_is_stored_before_anybody_uses_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.seed()
    tokens, failures = office.process(), [0]
    old, put = await tokens.access(), messenger_tokens.put

    async def failing(*given: Any, **named: Any) -> None:
        failures[0] += 1
        if failures[0] < 3:
            assert await tokens.access() == old
            raise ConnectionError
        await put(*given, **named)

    monkeypatch.setattr(messenger_tokens, "put", failing)
    assert await tokens.renewed(old) == office.server.access == (await office.stored()).access
    assert (failures, office.server.refreshes) == ([3], ["RT-0"])


async def test_a_stop_waits_for_a_pair_on_its_way(office: Office) -> None:
    await office.seed(hours=1)
    tokens = office.process()
    office.server.fail_next("token", faults.answer_late(0.5))
    looking = asyncio.create_task(tokens.look())
    while not office.server.refreshes:
        await asyncio.sleep(0.01)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    await tokens.close()
    assert (await office.stored()).access == office.server.access != "AT-0"


async def test_a_refused_refresh_token_alarms_once_an_hour_and_is_not_tried_on_and_on(office: Office) -> None:
    await office.seed(hours=4)
    office.server.refresh = "RT-elsewhere"
    tokens = office.process()
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            await tokens.look()
        office.clock.advance(3601)
        tokens._not_before.clear()
        await tokens.look()
    await tokens.close()
    assert office.alarms == ["refused", "refused"]
    assert office.server.refreshes == ["RT-0", "RT-0"]
    assert [one["event"] for one in logs].count("zalo_oa.refresh_refused: run khien zalo connect") == 2
    assert not any("RT-" in str(one) or "AT-" in str(one) for one in logs)
    assert (await office.stored()).trouble == "refused"
    assert await tokens.access() == "AT-0"  # still good for four hours


async def test_what_a_process_left_undone_can_be_seen_and_is_tried_by_the_next(office: Office) -> None:
    await office.seed(hours=4)
    async with office.database.transaction() as unit:  # a process begins, and dies
        assert await messenger_tokens.begin(unit, VAULT, NAME, 1, office.clock.now()) is not None
    next_one = office.process()
    async with office.database.transaction() as unit:
        assert await messenger_tokens.begin(unit, VAULT, NAME, 1, office.clock.now()) is None
    assert (await office.stored()).begun_at is not None
    office.clock.advance(61)
    await next_one.look()
    assert (await office.stored()).begun_at is None
    assert office.server.refreshes == ["RT-0"]


async def test_an_answer_that_is_lost_costs_the_pair_and_says_so(office: Office) -> None:
    await office.seed(hours=4)
    office.server.fail_next("token", faults.answer_lost())
    tokens = office.process()
    await tokens.look()
    pair = await office.stored()
    assert (pair.trouble, pair.begun_at is not None) == ("unreachable", True)
    office.clock.advance(61)
    tokens._not_before.clear()
    await tokens.look()
    await tokens.close()
    assert (await office.stored()).trouble == "refused"


@pytest.mark.parametrize("fault", [faults.status(502), faults.nonsense(b"?"), faults.cut(), faults.error(-14014)])
async def test_a_refresh_that_fails_leaves_the_old_pair(office: Office, fault: faults.Fault) -> None:
    await office.seed(hours=4)
    office.server.fail_next("token", fault)
    tokens = office.process()
    await tokens.look()
    await tokens.close()
    assert (await office.stored()).access == "AT-0"
    assert len(office.alarms) == 1


async def test_a_refused_token_that_cannot_be_renewed_is_an_error_that_passes(office: Office) -> None:
    await office.seed()
    office.server.refresh = "RT-elsewhere"
    with pytest.raises(ChannelError) as caught:
        await office.process().renewed("AT-0")
    assert not caught.value.permanent


async def test_without_any_token_a_message_waits(office: Office) -> None:
    tokens = office.process()
    for asked in (tokens.access, lambda: tokens.renewed("AT-0")):
        with pytest.raises(ChannelError) as caught:
            await asked()
        assert not caught.value.permanent
    await tokens.look()
    assert office.server.refreshes == []


async def test_keeping_goes_on_while_the_database_is_away(office: Office) -> None:
    await office.seed(hours=4)
    tokens, stop = office.process(), asyncio.Event()
    broken = Database("sqlite+aiosqlite:////nowhere/at/all.sqlite3")
    tokens.database = broken
    keeping = asyncio.create_task(tokens.keep(stop))
    await asyncio.sleep(0.2)
    assert not keeping.done()
    stop.set()
    await keeping
    await broken.close()


async def test_a_code_is_changed_for_tokens_with_the_verifier_it_was_asked_with(office: Office) -> None:
    verifier = oauth.new_verifier()
    assert len(verifier) == 43
    code = office.server.give_code(verifier)
    with pytest.raises(Refused):
        await oauth.exchange(office.request, APP, code, oauth.new_verifier())
    fresh = await oauth.exchange(office.request, APP, office.server.give_code(verifier), verifier)
    assert (fresh.access, fresh.lasts) == (office.server.access, timedelta(hours=25))


def test_the_consent_page_is_asked_with_the_challenge() -> None:
    # The example of RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    link = consent_link("123", "https://khien.example/", verifier)
    assert link == (
        "https://oauth.zaloapp.com/v4/oa/permission?app_id=123&redirect_uri=https%3A%2F%2Fkhien.example%2F"
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


@given(
    answer=st.dictionaries(
        st.sampled_from(["access_token", "refresh_token", "expires_in", "error"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["AT", "90000", "-1", "²"]),
    )
)
def test_any_answer_is_tokens_or_a_refusal(answer: dict[str, Any]) -> None:
    with contextlib.suppress(Refused):
        fresh = read_tokens(answer)
        assert timedelta(minutes=1) <= fresh.lasts <= timedelta(days=90)
        assert "AT" not in repr(fresh)


@pytest.mark.parametrize(
    ("told", "hours"), [("90000", 25.0), (3600, 1.0), ("3600", 1), (None, 1.0), ("soon", 1.0), ("", 1.0)]
)
def test_a_pair_is_kept_however_its_time_is_told(told: object, hours: float) -> None:
    answer = {"access_token": "AT", "refresh_token": "RT", "expires_in": told}
    assert read_tokens(answer).lasts == timedelta(hours=hours)
