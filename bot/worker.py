"""The loops that keep conversations moving: turns, timers, and the watch over the hotline's promises."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot import circumstances, clocks, metrics, salvage, set_aside
from bot.apply import Applying
from bot.batch import Step, is_exit, steps_of
from bot.clocks import Terms
from bot.effects import Choice, Desk, Reading, Say
from bot.events import Pressed, Said
from bot.hearing import as_danger_now, gravely
from bot.lobby import keep_count
from bot.moment import Moment
from bot.numbering import as_presses
from bot.rasa import RasaClient
from bot.settings import EmergencyPolicy
from bot.state import State, recent, to_json
from bot.turn import choice_of, turn
from content.channels import WEB, Channel, channel_named
from content.errors import UnknownText
from content.library import Content
from escalation import notices, watch
from escalation.outside.queue import OUR_DESK, QueueOwner
from escalation.tasks.calendar import WorkCalendar
from escalation.vital import SHIFT
from nlu.engine import Answer, merge
from nlu.listener import Listener
from store import conversations, inbox, parked, timers
from store.clock import Clock
from store.conversations import Conversation
from store.database import Database, Transaction
from store.erasures import ErasureList
from store.inbox import Incoming
from store.signals import INBOX
from store.vault import Vault, VaultError

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
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    queue: QueueOwner = OUR_DESK
    page: str | None = None  # the address of the web chat, where it is reached from outside
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
        before, state = await self._state_of(unit, held, batch[0])
        batch = as_presses(batch, state.listed)
        rows = (*await self._back_with(unit, held, state, batch), *batch)
        steps = steps_of(rows)
        unread = _unread(steps, answers) if may_ask and self.rasa is not None else ()
        if unread:
            return unread
        last = batch[-1]
        applying = self.applying(
            unit, held, state, last.seq, last.seq if last.kind == inbox.MESSAGE else None, streamed=last.streamed
        )
        for step in steps:
            state = await self.step(applying, state, step, answers)
        if before is not None and not applying.left:
            state = salvage.unsheltered(state, before)
        await conversations.save_state(unit, applying.held, to_json(state), now)
        await inbox.finish(unit, held.id, tuple(row.seq for row in rows))
        metrics.TURNS.inc()
        _measure_wait(batch, now)
        return ()

    async def _state_of(self, unit: Transaction, held: Conversation, head: Incoming) -> tuple[State | None, State]:
        """Return the state that the turn starts from; in the last try one that cannot fail it, and what it was before.

        Raises StateLostError or ValidationError in the tries before the last: a fault of the product is mended, and
        then nothing of the state need be given up.
        """
        if head.attempts + 1 < inbox.MAX_ATTEMPTS:
            return None, salvage.read_state(held)
        state = await self.salvaged(unit, held)
        return state, salvage.sheltered(state)

    async def salvaged(self, unit: Transaction, held: Conversation) -> State:
        """Return the stored state, or what is left of one that cannot be read: saved at once, and told of."""
        state, lost = await salvage.salvaged(unit, held)
        if lost:
            # Before the turn: deleting everything seals all there is anew, and would stumble over what does not open.
            await conversations.save_state(unit, held, to_json(state), self.clock.now())
            metrics.SALVAGED.inc()
            log.error("state_salvaged", conversation=held.id)
        return state

    async def _back_with(
        self, unit: Transaction, held: Conversation, state: State, batch: tuple[Incoming, ...]
    ) -> tuple[Incoming, ...]:
        """Return what was set aside of a person who had left the phone and is back with this burst."""
        head = batch[0]
        # A burst that failed is tried without them: what was set aside may be what breaks it.
        if head.kind != inbox.MESSAGE or head.attempts or not set_aside.may_join(state, batch):
            return ()
        rows = await parked.read_held(unit, held, state.person)
        return tuple(row for row in rows if self.tells(state, steps_of((row,))[0]))

    def tells(self, state: State, step: Step) -> bool:
        """Tell whether a message that was set aside tells of harm, or asks for a counsellor."""
        return set_aside.tells(step, *self.heard(state, step))

    def heard(self, state: State, step: Step) -> tuple[str | None, Reading | None]:
        """Return the choice that a message is, if any, and how its words are read."""
        moment = self._moment(state, step, Desk(), self.clock.now(), {})
        reading = moment.reading
        if reading is not None:
            reading = as_danger_now(reading, moment.text)
            told = state.matter is not None or state.open_case is not None
            reading = gravely(reading, moment.text) if told else reading
        return choice_of(moment), reading

    def applying(
        self, unit: Transaction, held: Conversation, state: State, number: int, answers: int | None, *, streamed: bool
    ) -> Applying:
        """Return what carries out turn `number` (the inbox row it ends with), which answers inbox row `answers`."""
        return Applying(
            unit=unit,
            vault=self.vault,
            held=held,
            turn=number,
            erasures=self.erasures,
            now=self.clock.now(),
            answers=answers,
            streamed=streamed,
            sign_within=self.sign_within,
            label=lambda choice: self._label(state, choice),
        )

    async def step(self, applying: Applying, state: State, step: Step, answers: Mapping[str, Answer | None]) -> State:
        """Run one step of a turn; returns the state after it."""
        # Asked anew for each step: inside one burst the question that makes the answer matter may just have opened.
        desk = await circumstances.desk_of(applying.unit, applying.held.id, state, applying.now)
        moment = self._moment(state, step, desk, applying.now, answers, channel_named(applying.held.channel))
        if moment.reading is not None:
            metrics.HEARD.labels(decision=moment.reading.together.decision).inc()
        result = turn(await circumstances.with_asked_for(applying.unit, applying.held, moment))
        await applying.messages(step, state, result, moment.reading)
        after = await applying.effects(result.state, result.effects)
        await keep_count(applying.unit, applying.held.id, before=state, after=after, event=step.event, now=applying.now)
        return after

    def _moment(
        self,
        state: State,
        step: Step,
        desk: Desk,
        now: datetime,
        answers: Mapping[str, Answer | None],
        channel: Channel = WEB,
    ) -> Moment:
        return Moment(
            state=state,
            event=step.event,
            choice=step.event.choice if isinstance(step.event, Pressed) else None,
            reading=self._read(state, step, now, answers),
            desk=desk,
            content=self.content,
            now=now,
            vital_interest=self.emergency_policy == "vital_interest",
            channel=channel,
            page=self.page,
        )

    def _read(self, state: State, step: Step, now: datetime, answers: Mapping[str, Answer | None]) -> Reading | None:
        if not isinstance(step.event, Said):
            return None
        context = [heard.text for heard in recent(state.heard, now)]
        role, band = state.role, state.band if state.role != "parent" else "adult"
        parts = [part.text for part in step.parts]
        alone, together = self.listener.readings(step.event.text, context, role, band, parts)
        answer = answers.get(step.event.text)
        if answer is not None:
            alone, together = merge(alone, answer, role), merge(together, answer, role)
        return Reading(alone=alone, together=together)

    def _label(self, state: State, choice: str) -> str:
        try:
            return self.content.label(choice, state.audience, state.language)
        except UnknownText:
            return choice

    async def _put_off(self, conversation_id: str, seq: int) -> None:
        """Try the row again later; after the last try the child still gets 111."""
        try:
            async with self.database.transaction() as unit:
                held = await conversations.lock(unit, self.vault, conversation_id)
                set_aside_now = await inbox.put_off(unit, held.id, seq, self.clock.now(), salvage.role_of(held))
                if set_aside_now:
                    await self._say_sorry(unit, held, seq)
        except VaultError as error:
            # Not even the conversation's key opens: nothing can be said, and the row must not be tried for ever.
            log.error("cannot_say_sorry", error=type(error).__name__, conversation=conversation_id, seq=seq)
            async with self.database.transaction() as unit:
                set_aside_now = await inbox.put_off(unit, conversation_id, seq, self.clock.now())
        if set_aside_now:
            metrics.PARKED.inc()
            log.error("inbox_row_parked", conversation=conversation_id, seq=seq)

    async def _say_sorry(self, unit: Transaction, held: Conversation, seq: int) -> None:
        """Say that something went wrong, with 111; to who leaves in a hurry, what a quick exit shows."""
        await notices.alert_unread(unit, held.id, self.clock.now())
        nature = await parked.nature_of(unit, held, seq)
        if nature.kind != inbox.MESSAGE:
            return  # nobody has just written: words about a fault would be a push
        read = () if nature.incoming is None else as_presses((nature.incoming,), salvage.listed_of(held))
        leaves = any(is_exit(row) for row in read)
        message_id, choices = ("exit.done", ()) if leaves else ("error.sorry", ("menu",))
        text = self.content.say(message_id, "unknown").strip()
        offered = tuple(Choice(id=choice, label=self.content.label(choice, "unknown")) for choice in choices)
        applying = self.applying(unit, held, State(), seq, seq, streamed=nature.streamed)
        await applying.effects(State(), (Say(message_id=message_id, text=text, choices=offered),))

    async def ring(self) -> bool:
        """Ring one due timer; returns whether there was one."""
        async with self.database.transaction() as unit:
            return await timers.ring_one(unit, self.vault, self.clock.now())

    async def watch(self) -> bool:
        """Act on every case whose promise to the child is overdue."""
        return await watch.sweep(self.database, self.vault, self.clock.now(), self.calendar, self.queue) > 0

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
