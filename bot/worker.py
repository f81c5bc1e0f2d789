"""The loops that keep conversations moving: turns, timers, and the watch over the hotline's promises."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot import circumstances, clocks, metrics
from bot.apply import Applying
from bot.batch import Step, steps_of
from bot.clocks import Terms
from bot.effects import Choice, Reading, Say
from bot.events import Pressed, Said
from bot.lobby import keep_count
from bot.moment import Moment
from bot.rasa import RasaClient
from bot.settings import EmergencyPolicy
from bot.state import State, from_json, recent, to_json
from bot.turn import turn
from content.errors import UnknownText
from content.library import Content
from escalation import watch
from escalation.vital import SHIFT
from nlu.engine import Answer, merge
from nlu.listener import Listener
from store import conversations, inbox, timers
from store.clock import Clock
from store.conversations import Conversation
from store.database import Database, Transaction
from store.erasures import ErasureList
from store.inbox import Incoming
from store.signals import INBOX
from store.vault import Vault

log = structlog.get_logger()
IDLE_SECONDS = 1.0
PURGE_EVERY = timedelta(hours=1)
_AFTER_ERROR_SECONDS = 0.5
_MOST_LOOKS = 3
"""How often a batch is looked at for Rasa; one that keeps growing meanwhile is read without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Runs turns. Any number of them may work on one PostgreSQL; one is right for SQLite."""

    database: Database
    vault: Vault
    content: Content
    listener: Listener
    clock: Clock
    rasa: RasaClient | None = None
    erasures: ErasureList | None = None
    emergency_policy: EmergencyPolicy = "consent"
    sign_within: timedelta = SHIFT
    terms: Terms = field(default_factory=Terms)
    purged_at: list[datetime] = field(default_factory=list)  # the last time, if any

    async def turns(self) -> bool:
        """Run one turn if one is due; returns whether there was one."""
        claimed: tuple[str, int] | None = None
        answers: dict[str, Answer | None] = {}
        try:
            for look in range(_MOST_LOOKS):
                unread: tuple[str, ...] = ()
                async with self.database.transaction() as unit:
                    claimed = await inbox.claim(unit, self.clock.now())
                    if claimed is not None:
                        last = look + 1 == _MOST_LOOKS
                        unread = await self._turn(unit, claimed[0], answers, may_ask=not last)
                if not unread or self.rasa is None:
                    break
                # Nothing is held meanwhile: on SQLite everybody else would wait for this answer.
                answers |= await self.rasa.ask_all(unread)
        except Exception as error:  # noqa: BLE001  # the loop's boundary: one bad row must not stop the others
            # Only the kind of error: its text could quote what a child wrote.
            log.error("turn_failed", error=type(error).__name__)
            metrics.TURN_FAILURES.inc()
            if claimed is None:
                await asyncio.sleep(_AFTER_ERROR_SECONDS)
            else:
                await self._put_off(*claimed)
        return claimed is not None

    async def _turn(
        self, unit: Transaction, conversation_id: str, answers: Mapping[str, Answer | None], *, may_ask: bool
    ) -> tuple[str, ...]:
        """Run the turn; or, if Rasa is to be asked about texts first, return these and change nothing."""
        now = self.clock.now()
        held = await conversations.lock(unit, self.vault, conversation_id)
        batch = await inbox.read_batch(unit, held)
        if not batch:
            return ()  # another worker was quicker between claim and lock
        steps = steps_of(batch)
        unread = _unread(steps, answers) if may_ask and self.rasa is not None else ()
        if unread:
            return unread
        state = from_json(held.state)
        applying = Applying(
            unit=unit,
            vault=self.vault,
            held=held,
            turn=batch[-1].seq,
            erasures=self.erasures,
            now=now,
            answers=batch[-1].seq if batch[-1].kind == inbox.MESSAGE else None,
            streamed=batch[-1].streamed,
            sign_within=self.sign_within,
            label=lambda choice: self._label(state, choice),
        )
        for step in steps:
            state = await self._step(applying, state, step, answers)
        await conversations.save_state(unit, applying.held, to_json(state), now)
        await inbox.finish(unit, held.id, tuple(row.seq for row in batch))
        metrics.TURNS.inc()
        _measure_wait(batch, now)
        return ()

    async def _step(self, applying: Applying, state: State, step: Step, answers: Mapping[str, Answer | None]) -> State:
        # Asked anew for each step: inside one burst the question that makes the answer matter may just have opened.
        event = step.event
        moment = Moment(
            state=state,
            event=event,
            choice=event.choice if isinstance(event, Pressed) else None,
            reading=self._read(state, step, applying.now, answers),
            desk=await circumstances.desk_of(applying.unit, applying.held.id, state, applying.now),
            content=self.content,
            now=applying.now,
            vital_interest=self.emergency_policy == "vital_interest",
        )
        result = turn(await circumstances.with_asked_for(applying.unit, applying.held, moment))
        await applying.messages(step, state, result, moment.reading)
        after = await applying.effects(result.state, result.effects)
        await keep_count(applying.unit, applying.held.id, before=state, after=after, event=event, now=applying.now)
        return after

    def _read(self, state: State, step: Step, now: datetime, answers: Mapping[str, Answer | None]) -> Reading | None:
        if not isinstance(step.event, Said):
            return None
        context = [heard.text for heard in recent(state.heard, now)]
        role, band = state.role, state.band if state.role != "parent" else "adult"
        alone, together = self.listener.readings(step.event.text, context, role, band)
        answer = answers.get(step.event.text)
        if answer is not None:
            alone, together = merge(alone, answer, role), merge(together, answer, role)
        metrics.HEARD.labels(decision=together.decision).inc()
        return Reading(alone=alone, together=together)

    def _label(self, state: State, choice: str) -> str:
        try:
            return self.content.label(choice, state.audience, state.language)
        except UnknownText:
            return choice

    async def _put_off(self, conversation_id: str, seq: int) -> None:
        """Try the row again later; after the last try the child still gets 111."""
        async with self.database.transaction() as unit:
            now = self.clock.now()
            if not await inbox.put_off(unit, conversation_id, seq, now):
                return
            metrics.PARKED.inc()
            log.error("inbox_row_parked", conversation=conversation_id, seq=seq)
            held = await conversations.lock(unit, self.vault, conversation_id)
            await self._say_sorry(unit, held, seq, now)

    async def _say_sorry(self, unit: Transaction, held: Conversation, seq: int, now: datetime) -> None:
        applying = Applying(
            unit=unit,
            vault=self.vault,
            held=held,
            turn=seq,
            erasures=self.erasures,
            now=now,
            answers=seq,
            streamed=False,
            label=str,
        )
        text = self.content.say("error.sorry", "unknown").strip()
        menu = Choice(id="menu", label=self.content.label("menu", "unknown"))
        await applying.effects(State(), (Say(message_id="error.sorry", text=text, choices=(menu,)),))

    async def ring(self) -> bool:
        """Ring one due timer; returns whether there was one."""
        async with self.database.transaction() as unit:
            return await timers.ring_one(unit, self.vault, self.clock.now())

    async def watch(self) -> bool:
        """Act on every case whose promise to the child is overdue."""
        return await watch.sweep(self.database, self.vault, self.clock.now()) > 0

    async def purge(self) -> bool:
        """Erase what has been kept as long as was promised; at most once an hour."""
        now = self.clock.now()
        if self.purged_at and now - self.purged_at[-1] < PURGE_EVERY:
            return False
        removed = await clocks.run(self.database, self.vault, self.terms, now)
        self.purged_at[:] = [now]
        if any(removed.values()):
            log.info("purged", count=sum(removed.values()))
        return False


def _unread(steps: Sequence[Step], answers: Mapping[str, Answer | None]) -> tuple[str, ...]:
    """Return what was said in these steps and Rasa was not asked about yet."""
    said = (step.event.text for step in steps if isinstance(step.event, Said))
    return tuple(text for text in said if text not in answers)


def _measure_wait(batch: tuple[Incoming, ...], now: datetime) -> None:
    metrics.TURN_WAIT_SECONDS.observe(max((now - batch[0].received_at).total_seconds(), 0.0))


async def loop(database: Database, step: Callable[[], Awaitable[bool]], stop: asyncio.Event, *topics: str) -> None:
    """Call `step` until it has nothing to do, then wait for a wake-up or a second, until `stop`."""
    with database.signals.listen(*(topics or (INBOX,))) as waiter:
        while not stop.is_set():
            try:
                busy = await step()
            except Exception as error:  # noqa: BLE001  # the loop's boundary: the database may be away for a while
                log.error("loop_failed", error=type(error).__name__)
                busy = False
            if not busy:
                await waiter.wait(IDLE_SECONDS)
