"""Whatever staff do in whatever order: one owner at most, an old lease never acts, and the child is told each time."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import escalation.tables  # noqa: F401  # its tables belong to the same metadata
from escalation.errors import EscalationError
from escalation.permissions import Staff
from store.database import Database
from store.tables import metadata
from tests.escalation.hotline import Hotline
from tests.escalation.shift.hands import accept, decline, give, offer, present, recall, take_over

NAMES = ("lan", "nam", "thu")
WHO = st.sampled_from(NAMES)


class Hands(RuleBasedStateMachine):
    """Two counsellors, a supervisor and one child."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.owner: str | None = None
        self.lease = 0
        self.offered: tuple[str, str, int] | None = None  # giver, taker, lease

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(doing)

    @initialize()
    def begin(self) -> None:
        self.run(self._begin())

    async def _begin(self) -> None:
        database = Database(f"sqlite+aiosqlite:///{Path(self.folder.name) / 'hands.db'}", synchronous="OFF")
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        self.hotline = Hotline(database)
        self.staff: dict[str, Staff] = {
            name: await self.hotline.staff(name, "supervisor" if name == "thu" else "counsellor") for name in NAMES
        }
        await present(self.hotline, *self.staff.values())
        self.case_id = await self.hotline.child()

    def attempt(self, doing: Coroutine[Any, Any, Any], *, allowed: bool) -> bool:
        """Do it; it must be refused exactly where the model says so."""
        try:
            self.run(doing)
        except EscalationError:
            assert not allowed
            return False
        assert allowed
        return True

    def _now(self, owner: str | None) -> None:
        self.owner, self.lease, self.offered = owner, self.lease + 1, None

    @rule(who=WHO)
    def claim(self, who: str) -> None:
        if self.attempt(self.hotline.claim(self.staff[who], self.case_id), allowed=self.owner is None):
            self._now(who)

    @rule(who=WHO, taker=WHO, old=st.booleans())
    def offer_it(self, who: str, taker: str, old: bool) -> None:
        doing = offer(self.hotline, self.staff[who], self.case_id, self.lease - old, self.staff[taker])
        if self.attempt(doing, allowed=self.owner == who and who != taker and not old):
            self.offered = (who, taker, self.lease)

    @rule(who=WHO)
    def accept_it(self, who: str) -> None:
        mine = self.offered is not None and self.offered[1] == who and self.offered[2] == self.lease
        if self.attempt(accept(self.hotline, self.staff[who], self.case_id), allowed=mine):
            self._now(who)

    @rule(who=WHO)
    def decline_it(self, who: str) -> None:
        mine = self.offered is not None and self.offered[1] == who
        if self.attempt(decline(self.hotline, self.staff[who], self.case_id), allowed=mine):
            self.offered = None

    @rule(who=WHO)
    def recall_it(self, who: str) -> None:
        doing = recall(self.hotline, self.staff[who], self.case_id, self.lease)
        if self.attempt(doing, allowed=self.owner == who):
            self.offered = None

    @rule(who=WHO, taker=st.sampled_from((*NAMES, None)), old=st.booleans())
    def give_it(self, who: str, taker: str | None, old: bool) -> None:
        to = self.staff[taker] if taker is not None else None
        doing = give(self.hotline, self.staff[who], self.case_id, self.lease - old, to)
        if self.attempt(doing, allowed=self.owner == who and who != taker and not old):
            self._now(taker)

    @rule(who=WHO)
    def take_it_over(self, who: str) -> None:
        allowed = who == "thu" and self.owner not in (None, "thu")
        if self.attempt(take_over(self.hotline, self.staff[who], self.case_id), allowed=allowed):
            self._now(who)

    @rule(who=WHO, old=st.booleans())
    def hand_it_back(self, who: str, old: bool) -> None:
        doing = self.hotline.hand_back(self.staff[who], self.case_id, self.lease - old)
        if self.attempt(doing, allowed=self.owner == who and not old):
            self._now(None)
            # The hand-back ends no offer by itself: the offer's lease is gone.

    @invariant()
    def one_owner_who_was_told_of(self) -> None:
        if not hasattr(self, "case_id"):
            return
        row = self.run(self.hotline.row(self.case_id))
        assert (row.owner_id, row.lease, row.state) == (
            self.owner,
            self.lease,
            "waiting" if self.owner is None else "claimed",
        )
        notices = self.run(self.hotline.notices(self.case_id))
        assert len(notices) == self.lease
        if notices:
            assert (notices[-1]["event"] == "released") is (self.owner is None)

    def teardown(self) -> None:
        if hasattr(self, "hotline"):
            self.run(self.hotline.database.close())
        self.loop.close()
        self.folder.cleanup()


TestHands = Hands.TestCase
TestHands.settings = settings(
    max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
