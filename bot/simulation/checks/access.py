"""Never 5, and one owner: only who may sees a case, each act leaves its entry, and urgency only rises."""

from typing import Any

from sqlalchemy import select

from bot.simulation.checks.broken import Broken
from bot.simulation.happening import Happening
from bot.simulation.world import World
from escalation import cases as case_functions
from escalation.tables import cases
from store import conversations

_READERS = frozenset({"counsellor", "supervisor"})
_RANKS = ("none", "moderate", "high", "emergency")


class Access:
    """Remembers how grave each open case was."""

    def __init__(self) -> None:
        self._urgency: dict[str, str] = {}

    async def check(self, world: World, happening: Happening) -> None:
        """Check the act of the step, and every open case."""
        await _check_act(world, happening)
        for case in happening.open_cases:
            self._check_case(world, case)

    def _check_case(self, world: World, case: Any) -> None:
        number = world.numbers.get(case.conversation_id)
        if (case.state == "claimed") != (case.owner_id is not None and case.lease_until is not None):
            raise Broken("one_owner", f"a case is {case.state} and its owner is {case.owner_id}", number)
        before = self._urgency.get(case.id, "none")
        if _RANKS.index(case.urgency) < _RANKS.index(before):
            raise Broken("urgency_only_rises", f"a case went from {before} to {case.urgency}", number)
        self._urgency[case.id] = case.urgency


async def _check_act(world: World, happening: Happening) -> None:
    act = happening.act
    if act is None or act.case_id is None or not act.allowed:
        return
    async with world.database.reading() as unit:
        case = (await unit.execute(select(cases).where(cases.c.id == act.case_id))).one()
        held = await conversations.read(unit, world.vault, case.conversation_id)
    number = world.numbers.get(case.conversation_id)
    area = case_functions.items_of(held, case).get("area")
    areas = {part.casefold().strip() for part in act.member.area.split(";")}
    fits = area is None or "national" in areas or area.casefold().strip() in areas
    # Who holds a case keeps it, whatever area the child tells of meanwhile.
    if act.member.role not in _READERS or not (fits or act.owner_before == act.member.id):
        words = f"{act.member.role} of {act.member.area} {act.duty} a case of {area}"
        raise Broken("never_5_not_allowed", words, number)
    if act.duty == "signs" and act.owner_before == act.member.id:
        raise Broken("never_5_not_allowed", f"{act.member.id} signs for a case of their own", number)
    if act.duty not in {"looks", "takes", "signs", "moves_on", "drafts"} and act.owner_before != act.member.id:
        raise Broken("one_owner", f"{act.member.id} {act.duty} a case that {act.owner_before} holds", number)
    if act.duty == "takes" and case.owner_id != act.member.id and case.state == "claimed":
        raise Broken("one_owner", f"{act.member.id} took a case that {case.owner_id} holds", number)
    if act.entries == 0:
        raise Broken("never_5_no_entry", f"{act.member.id} {act.duty} and the trail does not tell", number)
