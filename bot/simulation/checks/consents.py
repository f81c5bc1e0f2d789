"""Never 2: no case without its own yes, none twice, and none with an item that was refused."""

from typing import Any

from sqlalchemy import select

from bot.simulation.checks.broken import Broken
from bot.simulation.happening import Happening
from bot.simulation.world import World
from escalation import cases as case_functions
from escalation.tables import cases, consent
from store import conversations

_GRANTED = ("conversation", "granted")


class Consents:
    """Remembers which cases were looked at, so that only what changed is read."""

    def __init__(self) -> None:
        self._agreed: set[str] = set()
        self._items: dict[str, bytes] = {}
        self._numbers: dict[str, str] = {}  # the consent that a case rests on

    async def check(self, world: World, happening: Happening) -> None:
        """Check new cases, and cases whose items changed."""
        people: set[tuple[str, str]] = set()
        for case in happening.open_cases:
            person = (case.conversation_id, case.role)
            if person in people:
                raise Broken("never_2_without_consent", "one person stands twice in the queue", _number(world, case))
            people.add(person)
            if case.id not in self._agreed:
                await self._check_new(world, case)
                self._agreed.add(case.id)
            if case.items_sealed is not None and self._items.get(case.id) != case.items_sealed:
                await self._check_items(world, case)
                self._items[case.id] = case.items_sealed

    async def check_all(self, world: World) -> None:
        """Check every case there ever was."""
        async with world.database.reading() as unit:
            rows = (await unit.execute(select(cases).order_by(cases.c.opened_at))).all()
        for case in rows:
            await self._check_new(world, case)
            if case.items_sealed is not None:
                await self._check_items(world, case)

    async def _check_new(self, world: World, case: Any) -> None:
        if case.basis == "vital_interest":
            if world.emergency_policy != "vital_interest" or case.urgency != "emergency":
                words = f"a case of {case.urgency} urgency was opened without a yes, policy {world.emergency_policy}"
                raise Broken("never_2_without_consent", words, _number(world, case))
            return
        ledger = [row for row in await _ledger(world, case) if row.case_id == case.id]
        yes = [row for row in ledger if (row.item, row.decision) == _GRANTED]
        if len(yes) != 1:
            words = f"a case rests on {len(yes)} agreements to share the conversation, not on one"
            raise Broken("never_2_without_consent", words, _number(world, case))
        used = f"{case.conversation_id}/{yes[0].number}"
        if self._numbers.setdefault(used, case.id) != case.id:
            raise Broken("never_2_without_consent", "two cases rest on one agreement", _number(world, case))

    async def _check_items(self, world: World, case: Any) -> None:
        latest = {row.item: row.decision for row in await _ledger(world, case) if row.case_id == case.id}
        async with world.database.reading() as unit:
            held = await conversations.read(unit, world.vault, case.conversation_id)
        for item in case_functions.items_of(held, case):
            if latest.get(item) != "granted":
                words = f"a case holds {item}, which is {latest.get(item, 'not asked for')}"
                raise Broken("never_2_item_refused", words, _number(world, case))


async def _ledger(world: World, case: Any) -> list[Any]:
    mine = consent.c.conversation_id == case.conversation_id
    async with world.database.reading() as unit:
        return list((await unit.execute(select(consent).where(mine).order_by(consent.c.number))).all())


def _number(world: World, case: Any) -> int | None:
    return world.numbers.get(case.conversation_id)
