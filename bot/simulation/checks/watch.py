"""All checks together: the cheap ones after every step, the others from time to time and at the end."""

from typing import Any

from bot.simulation.checks.access import Access
from bot.simulation.checks.answers import check_disclosure_is_answered, check_nothing_is_lost
from bot.simulation.checks.broken import Broken
from bot.simulation.checks.consents import Consents
from bot.simulation.checks.erasure import Erasure
from bot.simulation.checks.follow_ups import FollowUps
from bot.simulation.checks.promises import Promises
from bot.simulation.checks.referrals import Referrals
from bot.simulation.checks.set_aside import SetAside
from bot.simulation.checks.words import Words
from bot.simulation.happening import Happening
from bot.simulation.world import World
from escalation import trail

FULLY_EVERY = 2000  # steps


class Watch:
    """Looks at one world for as long as it runs."""

    def __init__(self, words: Words, logged: list[Any]) -> None:
        self._words = words
        self._consents = Consents()
        self._access = Access()
        self._promises = Promises()
        self._follow_ups = FollowUps()
        self._referrals = Referrals()
        self._erasure = Erasure(logged)
        self._set_aside = SetAside()
        self._steps = 0

    async def look(self, world: World, happening: Happening) -> None:
        """Check one step; raises Broken."""
        await check_nothing_is_lost(world, happening)
        check_disclosure_is_answered(happening)
        await self._set_aside.check(world, happening)
        await self._consents.check(world, happening)
        await self._access.check(world, happening)
        self._words.check(happening)
        await self._promises.check(world, happening)
        await self._follow_ups.check(world, happening)
        await self._referrals.check(world, happening)
        await self._erasure.check(world, happening)
        self._steps += 1
        if self._steps % FULLY_EVERY == 0:
            await self.look_at_all(world)

    async def look_at_end(self, world: World) -> None:
        """Check everything there is once nothing goes wrong any more; raises Broken."""
        await self._set_aside.check_end(world)
        await self.look_at_all(world)

    async def look_at_all(self, world: World) -> None:
        """Check everything there is; raises Broken."""
        await self._erasure.check_all(world)
        await self._consents.check_all(world)
        await self._referrals.check_all(world)
        async with world.database.reading() as unit:
            _, broken = await trail.verify(unit)
        if broken:
            raise Broken("never_5_no_entry", f"the trail is broken in {len(broken)} places")
