"""Nothing is pushed but what was agreed: one message for each agreement, not at night, not where it is hidden."""

from datetime import time, timedelta, timezone

from sqlalchemy import func, select

from bot.simulation.checks.broken import Broken
from bot.simulation.happening import Happening
from bot.simulation.world import World
from escalation.tables import follow_up

# Safety protocol, section 5, written down a second time on purpose.
_VIETNAM = timezone(timedelta(hours=7))
_FIRST, _LAST = time(7), time(21)


class FollowUps:
    """Counts, for each phone, the messages that asked how somebody is."""

    def __init__(self) -> None:
        self._asked: dict[int, int] = {}

    async def check(self, world: World, happening: Happening) -> None:
        """Check every such message of the step."""
        for said in happening.said:
            if said.message_id != "followup.how":
                continue
            self._asked[said.phone] = self._asked.get(said.phone, 0) + 1
            if said.push and not _FIRST <= said.at.astimezone(_VIETNAM).time() < _LAST:
                raise Broken("follow_up_as_agreed", f"it was pushed at night ({said.at:%H:%M} UTC)", said.phone)
            before, after = happening.before[said.phone], happening.after[said.phone]
            then = before if said.at < happening.acted else after
            if said.push and (then.away or then.discreet_word):
                raise Broken("hidden_is_not_pushed", "a follow-up was pushed where it is hidden", said.phone)
            await self._check_agreed(world, said.phone)

    async def _check_agreed(self, world: World, number: int) -> None:
        mine = follow_up.c.conversation_id == world.phones[number].conversation_id
        sent = select(func.count()).select_from(follow_up).where(mine, follow_up.c.state == "sent")
        async with world.database.reading() as unit:
            agreed = int((await unit.execute(sent.where(follow_up.c.due_at.is_not(None)))).scalar_one())
        if self._asked[number] > agreed:
            words = f"it asked {self._asked[number]} times how somebody is, for {agreed} agreements"
            raise Broken("follow_up_as_agreed", words, number)
