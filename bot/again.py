"""Reads again what a fault had set aside, one row at a time: the rules are in `bot.set_aside`."""

from dataclasses import dataclass, replace

import structlog

from bot import metrics, set_aside
from bot.apply import Applying
from bot.batch import Step, steps_of
from bot.events import Noticed, Said
from bot.lines import body_of
from bot.moment import Turn
from bot.numbering import as_presses
from bot.set_aside import Way
from bot.state import State, to_json
from bot.worker import Worker
from escalation import cases, notices
from store import conversations, parked
from store.database import Transaction
from store.parked import Parked

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Tries what is set aside until its turn commits. Any number may work on one PostgreSQL; one is right for SQLite.

    A row that fails again only waits longer: its person was told once that something went wrong.
    """

    worker: Worker

    async def start(self) -> None:
        """Let everything be tried at once: the process that starts may be the one in which the fault is mended."""
        async with self.worker.database.transaction() as unit:
            await parked.try_now(unit, self.worker.clock.now())

    async def read(self) -> bool:
        """Read one row again if one is due; returns whether there was one."""
        async with self.worker.database.transaction() as unit:
            claimed = await parked.claim(unit, self.worker.clock.now())
        if claimed is None:
            return False
        conversation_id, seq = claimed
        try:
            async with self.worker.database.transaction() as unit:
                way = await self._read(unit, conversation_id, seq)
        except Exception as error:  # noqa: BLE001  # the loop's boundary, as in `Worker.turns`
            log.error("set_aside_failed_again", error=type(error).__name__, conversation=conversation_id, seq=seq)
            metrics.TURN_FAILURES.inc()
        else:
            metrics.READ_AGAIN.labels(way=way).inc()
        return True

    async def _read(self, unit: Transaction, conversation_id: str, seq: int) -> Way:
        held = await conversations.lock(unit, self.worker.vault, conversation_id)
        row = await parked.read(unit, held, seq)
        if row is None:
            return "note"  # erased, or joined with what its person wrote meanwhile
        state = await self.worker.salvaged(unit, held)
        # A number of its own, since what it erases comes after everything that has one.
        number = await conversations.take_seq(unit, held.id)
        applying = self.worker.applying(unit, held, state, number, row.incoming.seq, streamed=True)
        # The list that a number was typed for is still the last one, unless something came since.
        read = (row.incoming,) if row.later else as_presses((row.incoming,), state.listed)
        row = replace(row, incoming=read[0])
        (step,) = steps_of(read)
        way = await self._way(unit, row, step, state)
        after = await self._go(applying, row, step, state, way)
        await conversations.save_state(unit, applying.held, to_json(after), applying.now)
        if way == "wait":
            await parked.hold(unit, held.id)
        else:
            await parked.finish(unit, held.id, seq)
        return way

    async def _way(self, unit: Transaction, row: Parked, step: Step, state: State) -> Way:
        if isinstance(step.event, Noticed):
            event = step.event
            stands = await notices.still_true(unit, event.case_id, event.event, row.incoming.external_id)
            return "turn" if stands else "note"
        return set_aside.way_of(row, step, state, self.worker.heard(state, step), self.worker.clock.now())

    async def _go(self, applying: Applying, row: Parked, step: Step, state: State, way: Way) -> State:
        match way:
            case "turn":
                after = await self.worker.step(applying, set_aside.unasked(state), step, {})
                kept = after.person == state.person and after.question is None and not applying.left
                return replace(after, question=state.question) if kept else after
            case "share":
                _, reading = self.worker.heard(state, step)
                await applying.messages(step, state, Turn(state=state), reading)
            case "note":
                await applying.messages(step, state, Turn(state=state, private=True), None)
            case "raise":
                await self._raise(applying, row, step, state)
            case "wait":
                pass
        return state

    async def _raise(self, applying: Applying, row: Parked, step: Step, state: State) -> None:
        """Let the agreed case hear what its person, who has left the phone, had said; nobody is shown anything."""
        person = set_aside.person_of(row, state)
        contact, (_, reading) = set_aside.contact_of(state, person), self.worker.heard(state, step)
        if contact is None or reading is None or not isinstance(step.event, Said):
            return
        heard, unit = reading.alone, applying.unit
        await cases.raise_case(unit, contact.case_id, urgency=heard.urgency, harms=heard.harms, now=applying.now)
        _, from_seq = await cases.origin_of(unit, contact.case_id)
        if row.incoming.seq < from_seq:
            return  # from before what was agreed to: its words stay out of the case
        (part,) = step.parts
        await conversations.add_message(
            unit,
            applying.held,
            seq=part.seq,
            author="child",
            person=person,
            body=body_of(step, part, reading, applying.label),
            at=applying.now,
            case_id=contact.case_id,
            channel_message_id=part.message_id,
        )
        await cases.child_wrote(unit, contact.case_id, applying.now)
