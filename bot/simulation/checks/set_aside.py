"""Never 1, once the faults are over: a disclosure that was set aside is answered, or heard by its writer's case."""

from sqlalchemy import select

from bot.simulation.checks.broken import Broken
from bot.simulation.happening import Happening
from bot.simulation.world import World
from store.tables import SET_ASIDE, inbox, message

_ERASING = ("delete.done", "delete.done_case", "exit.done")


class SetAside:
    """Remembers the disclosures that a fault set aside, by phone and number."""

    def __init__(self) -> None:
        self._open: set[tuple[int, int]] = set()

    async def check(self, world: World, happening: Happening) -> None:
        """Look at what came of those that are not set aside any more."""
        step = happening.step
        # A message that comes again had its answer the first time, and a quick exit may have erased its line since.
        if step.person is not None and not happening.repeated and step.tag != "none" and len(step.says) == 1:
            self._open |= {(step.person, seq) for seq in happening.taken}
        erased = {said.phone for said in happening.said if said.message_id in _ERASING}
        for number, seq in sorted(self._open):
            status, heard = await _came_to(world, number, seq)
            if status in SET_ASIDE:
                continue
            self._open.discard((number, seq))
            answered = any(said.phone == number and said.answers == seq for said in happening.said)
            if not answered and not heard and number not in erased:
                raise Broken("never_1_lost", f"disclosure {seq} was set aside and then let go", number)

    async def check_end(self, world: World) -> None:
        """Nothing but what waits for its person may still be set aside when the faults are over."""
        for number, seq in sorted(self._open):
            if (await _came_to(world, number, seq))[0] == "parked":
                raise Broken("never_1_lost", f"disclosure {seq} was set aside and never answered", number)


async def _came_to(world: World, number: int, seq: int) -> tuple[str, bool]:
    """Return the status of a message, and whether it stands in the transcript."""
    conversation_id = world.phones[number].conversation_id
    mine = (inbox.c.conversation_id == conversation_id) & (inbox.c.seq == seq)
    line = (message.c.conversation_id == conversation_id) & (message.c.seq == seq)
    async with world.database.reading() as unit:
        status: str = (await unit.execute(select(inbox.c.status).where(mine))).scalar_one()
        heard = (await unit.execute(select(message.c.seq).where(line))).first() is not None
    return status, heard
