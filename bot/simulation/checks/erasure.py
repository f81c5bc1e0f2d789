"""Never 3, and erasing: a child's words stand nowhere in plain bytes, and what was erased is gone."""

import re
from collections import defaultdict
from typing import Any

from prometheus_client import generate_latest
from sqlalchemy import select

from bot.simulation.checks.broken import Broken
from bot.simulation.happening import Happening
from bot.simulation.people import CANARY
from bot.simulation.world import World
from escalation.tables import alert, trail
from store import conversations
from store.conversations import STATE_PLACE, message_place
from store.inbox import inbox_place
from store.outbox import outbox_place
from store.tables import conversation, inbox, message, outbox

_CANARY = re.compile(CANARY)
_ERASED = ("delete.done", "delete.done_case")


class Erasure:
    """Remembers the canaries: numbers planted in what people type, each of them once."""

    def __init__(self, logged: list[Any]) -> None:
        self._logged = logged
        self._planted: dict[int, set[tuple[str, str]]] = defaultdict(set)  # phone: role and canary

    async def check(self, world: World, happening: Happening) -> None:
        """Check what left for a messenger, and what a deletion left behind."""
        erased = [said.phone for said in happening.said if said.message_id in _ERASED]
        number = happening.step.person
        if number is not None:
            role = (happening.before if number in erased else happening.after)[number].person
            found = [canary for text in happening.step.says for canary in _CANARY.findall(text)]
            self._planted[number] |= {(role, canary) for canary in found}
        self._check_arrivals(world)
        for phone in erased:
            await self._check_erased(world, phone, happening.before[phone].person)

    async def check_all(self, world: World) -> None:
        """Look for canaries in every plain byte: database files, trail, alerts, log and metrics."""
        planted = {canary: number for number, marks in self._planted.items() for _, canary in marks}
        places: list[tuple[str, bytes]] = [("the metrics", generate_latest())]
        places.append(("the log", repr(self._logged).encode()))
        if world.folder is not None:
            places += [(file.name, file.read_bytes()) for file in sorted(world.folder.glob("world.sqlite3*"))]
        async with world.database.reading() as unit:
            for table in (trail, alert):
                places.append((table.name, repr((await unit.execute(select(table))).all()).encode()))
        for place, found in places:
            for match in set(_CANARY.findall(found.decode("latin-1"))):
                if match in planted:
                    words = f"a number that a child typed stands in {place}"
                    raise Broken("never_3_words_get_out", words, planted[match])

    def _check_arrivals(self, world: World) -> None:
        for address, text in world.messenger.arrived:
            for canary in _CANARY.findall(text):
                number = int(address.rpartition("-")[2])
                if canary not in {mark for _, mark in self._planted[number]}:
                    words = f"what somebody typed was sent to phone {number}"
                    raise Broken("never_3_words_get_out", words, number)
        world.messenger.arrived.clear()

    async def _check_erased(self, world: World, number: int, role: str) -> None:
        gone = {canary for owner, canary in self._planted[number] if owner == role}
        others = {canary for owner, canary in self._planted[number] if owner != role}
        for place, value in await _everything(world, world.phones[number].conversation_id):
            left = (gone - others) & set(_CANARY.findall(repr(value)))
            if left:
                raise Broken("erased_is_gone", f"a number that was erased still stands in {place}", number)
        self._planted[number] = {(owner, canary) for owner, canary in self._planted[number] if owner != role}


async def _everything(world: World, conversation_id: str) -> list[tuple[str, Any]]:
    """Open everything sealed of a conversation, but for what a case keeps by law."""
    async with world.database.reading() as unit:
        held = await conversations.read(unit, world.vault, conversation_id)
        row = (await unit.execute(select(conversation).where(conversation.c.id == conversation_id))).one()
        talk = (message.c.conversation_id == conversation_id) & message.c.case_id.is_(None)
        lines = (await unit.execute(select(message).where(talk))).all()
        tables = [(inbox, inbox_place), (outbox, outbox_place)]
        found: list[tuple[str, Any]] = []
        if row.state_sealed is not None:
            found.append(("the state", held.sealer.open(STATE_PLACE, row.state_sealed)))
        found += [("the transcript", held.sealer.open(message_place(line.seq), line.body_sealed)) for line in lines]
        for table, place in tables:
            kept = (table.c.conversation_id == conversation_id) & table.c.body_sealed.is_not(None)
            rows = (await unit.execute(select(table).where(kept))).all()
            found += [(table.name, held.sealer.open(place(item.seq), item.body_sealed)) for item in rows]
    return found
