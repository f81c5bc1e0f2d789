"""Carries out what a turn decided, in the transaction of the turn: all of it commits, or none."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select

from bot import effects as effect_types
from bot import metrics
from bot.batch import Step
from bot.effects import Effect, Reading
from bot.lines import body_of, case_in_view
from bot.moment import Turn
from bot.sealed import UNDER_DATA_KEYS
from bot.state import Language, Role, State
from escalation import cases, complaints, consent, follow_ups, trail, wishes
from escalation.consent import pseudonym_of
from escalation.referrals import asking
from escalation.vital import SHIFT
from escalation.writing import erasing
from store import conversations, marks, outbox, parked, timers
from store.conversations import Conversation
from store.database import Transaction
from store.erasures import Erasure, ErasureList, What
from store.shredding import fresh_key
from store.tables import message
from store.vault import Vault

log = structlog.get_logger()
WEB = "web"


@dataclass(slots=True, kw_only=True)
class Applying:
    """One turn being carried out."""

    unit: Transaction
    vault: Vault
    held: Conversation  # sealed under a fresh key once everything was erased
    turn: int  # the last inbox row of the turn
    erasures: ErasureList | None  # None where nothing is kept anyway
    now: datetime
    answers: int | None  # the inbox row that waits for the replies
    streamed: bool
    label: Callable[[str], str]  # a choice id in the person's words
    sign_within: timedelta = SHIFT  # how soon a supervisor signs a case that was opened without a yes
    person: Role = "child"
    case_id: str | None = None
    private: bool = False
    left: bool = False  # whoever was at the phone left it in this turn

    async def messages(self, step: Step, before: State, result: Turn, reading: Reading | None) -> None:
        """Write what the person sent into the transcript; it belongs to the case while the contact is in view.

        Of a private turn only the number and the messenger's id are written, so that quick exit deletes it too.
        """
        after, private = result.state, result.private
        self.private = private
        self.case_id = None if private else case_in_view(after) or case_in_view(before)
        # Who has just deleted everything is known to nobody afterwards, and these are still that person's words.
        self.person = after.person if after.role is not None else before.person
        for part in step.parts:
            body = None if private else body_of(step, part, reading, self.label)
            await conversations.add_message(
                self.unit,
                self.held,
                seq=part.seq,
                author="child",
                person=self.person,
                body=body,
                at=self.now,
                case_id=self.case_id if body is not None and body["text"] else None,
                channel_message_id=part.message_id,
            )
        if self.case_id is not None and step.parts:
            await cases.child_wrote(self.unit, self.case_id, self.now)

    async def effects(self, state: State, effects: tuple[Effect, ...]) -> State:
        """Carry out every effect in order; returns the state with what only the database knew."""
        for effect in effects:
            state = await self._one(state, effect)
        return state

    async def _one(self, state: State, effect: Effect) -> State:  # noqa: C901, PLR0912
        contact = state.contact
        match effect:
            case effect_types.Say():
                await self._say(effect, state.language)
            case effect_types.Hold():
                await self._transcribe(effect.seq, effect.text, effect.name, effect.case_id)
            case effect_types.SetTimer():
                await timers.set_timer(self.unit, self.held.id, effect.name, self.now + effect.after)
            case effect_types.CancelTimer():
                await timers.cancel(self.unit, self.held.id, effect.name)
            case effect_types.RecordConsent():
                await self._record(state, effect)
            case effect_types.OpenCase():
                return await self._open(state, effect)
            case effect_types.WithdrawCase():
                await self._withdraw(effect.case_id)
            case effect_types.AskAnother():
                await wishes.another_counsellor(self.unit, self.vault, self.held.id, self.person, self.now)
            case effect_types.FileComplaint():
                await complaints.file(
                    self.unit,
                    self.held,
                    role=self.person,
                    audience=state.audience,
                    urgency=effect.urgency,
                    text=effect.text,
                    now=self.now,
                )
            case effect_types.StepFollowUp():
                await follow_ups.step(self.unit, effect.case_id, effect.event, due_at=effect.due_at, now=self.now)
            case effect_types.StepReferral():
                await self._step_referral(effect)
            case effect_types.ForgetMessages():
                await conversations.forget(self.unit, self.held.id, effect.from_seq, effect.to_seq)
                await self._note("lines", self.person, (effect.from_seq, effect.to_seq))
            case effect_types.ClearScreen():
                await self._clear()
            case effect_types.EraseAll():
                await self._erase_all(effect.person)
            case effect_types.Count():
                metrics.LEARNING.labels(
                    measure=effect.measure,
                    topic=effect.topic,
                    audience=effect.audience,
                    when=effect.when,
                    outcome=effect.outcome,
                ).inc()
            case _ if contact is not None:
                await self._on_case(state, contact.case_id, effect)
            case _:
                pass
        return state

    async def _on_case(self, state: State, case_id: str, effect: Effect) -> None:
        match effect:
            case effect_types.AgreeCase():
                await cases.agree(
                    self.unit,
                    self.held,
                    case_id,
                    role=state.person,
                    from_seq=effect.from_seq,
                    left_out=effect.left_out,
                    now=self.now,
                )
                self.case_id = case_id
            case effect_types.RaiseCase():
                await cases.raise_case(self.unit, case_id, urgency=effect.urgency, harms=effect.harms, now=self.now)
            case effect_types.SetItem():
                await cases.set_item(self.unit, self.held, case_id, effect.item, effect.value)
            case effect_types.TellDesk():
                await self._tell_desk(case_id, effect.what)
            case _:
                pass

    async def _say(self, say: effect_types.Say, language: Language) -> None:
        body = {
            "message_id": say.message_id,
            "text": say.text,
            "choices": [{"id": choice.id, "label": choice.label, "number": choice.number} for choice in say.choices],
            "name": say.name,
            "protect": say.protect,
            "picture": say.picture,
            "language": language,
        }
        push = say.push or self.streamed or self.answers is None
        seq = await outbox.enqueue(
            self.unit,
            self.held,
            kind=outbox.MESSAGE,
            body=body,
            now=self.now,
            answers=None if say.push else self.answers,
            push=push,
        )
        if say.replaces is not None:
            mine = (message.c.conversation_id == self.held.id) & (message.c.seq == say.replaces)
            await self.unit.execute(delete(message).where(mine))
        await self._transcribe(seq, say.text, say.name)

    async def _transcribe(self, seq: int, text: str, name: str | None, case_id: str | None = None) -> None:
        await conversations.add_message(
            self.unit,
            self.held,
            seq=seq,
            author="counsellor" if name is not None else "bot",
            person=self.person,
            body=None if self.private else {"text": text, "name": name},
            at=self.now,
            case_id=case_id or self.case_id,
        )

    async def _record(self, state: State, effect: effect_types.RecordConsent) -> None:
        await consent.record(
            self.unit,
            conversation_id=self.held.id,
            item=effect.item,
            decision=effect.decision,
            wording=effect.wording,
            audience=state.audience,
            channel=self.held.channel,
            message_seq=effect.message_seq,
            at=self.now,
            case_id=effect.case_id or self.case_id,
            receiver=effect.receiver,
        )

    async def _step_referral(self, effect: effect_types.StepReferral) -> None:
        if effect.event != "told":
            await asking.step(self.unit, effect.referral_id, effect.event, self.now)
        elif effect.news is not None:
            await asking.told(self.unit, effect.referral_id, effect.news, self.now)

    async def _open(self, state: State, effect: effect_types.OpenCase) -> State:
        self.case_id = await cases.open_case(
            self.unit,
            self.held,
            urgency=effect.urgency,
            harms=effect.harms,
            subject=effect.subject,
            band=state.band if state.person == "child" else None,
            audience=state.audience,
            role=state.person,
            basis=effect.basis,
            from_seq=effect.from_seq,
            consent_seq=effect.consent_seq,
            sign_due_at=self.now + self.sign_within,
            now=self.now,
            left_out=effect.left_out,
        )
        if state.contact is None:
            return state
        return replace(state, contact=replace(state.contact, case_id=self.case_id))

    async def _tell_desk(self, case_id: str, what: str) -> None:
        await trail.record(
            self.unit,
            stream=trail.case_stream(case_id),
            actor=cases.CHILD,
            action=f"child.{what}",
            at=self.now,
            detail={"case": case_id, "pseudonym": pseudonym_of(self.held.id)},
        )
        await cases.raise_alert(self.unit, case_id, f"child_{what}", self.now)

    async def _withdraw(self, case_id: str) -> None:
        person, from_seq = await cases.origin_of(self.unit, case_id)
        await asking.withdraw_all(self.unit, self.held.id, person, self.now)
        claimed = await cases.withdraw(self.unit, case_id, now=self.now)
        self.case_id = None
        await self._note("case", person, (from_seq, self.turn), case=case_id, claimed=claimed)

    async def _erase_all(self, person: Role) -> None:
        await self._clear()
        await conversations.erase(self.unit, self.held, person=person)
        await complaints.erase(self.unit, self.held.id, person)
        await follow_ups.take_back_all(self.unit, self.held.id, person, self.now)
        await asking.withdraw_all(self.unit, self.held.id, person, self.now)
        await erasing.drafts_to_person(self.unit, self.held.id, person)
        self.held = await fresh_key(self.unit, self.vault, self.held, UNDER_DATA_KEYS)
        await self._note("all", person, (1, self.turn))

    async def _note(
        self, what: What, person: str, span: tuple[int, int], *, case: str | None = None, claimed: bool = False
    ) -> None:
        """Put an erasure on the list outside the database; it stands there before it commits."""
        if self.erasures is None:
            return
        erasure = Erasure(
            number=await marks.count_on(self.unit, marks.ERASURES),
            at=self.now,
            what=what,
            conversation=self.held.id,
            turn=self.turn,
            person=person,
            from_seq=span[0],
            to_seq=span[1],
            case=case,
            claimed=claimed,
        )
        try:
            self.erasures.add(erasure)
        except OSError as error:
            # Erasing must not wait for an operator; `khien doctor` sees that the list is behind the database.
            log.error("erasure_not_noted", error=type(error).__name__, conversation=self.held.id)

    async def _clear(self) -> None:
        """Stop what is unsent and ask the channel to delete what the person can still see."""
        self.left = True
        await parked.hold(self.unit, self.held.id)
        await outbox.cancel_pushes(self.unit, self.held.id)
        recent = (message.c.conversation_id == self.held.id) & (message.c.at > self.now - outbox.DELETABLE)
        rows = (await self.unit.execute(select(message.c.seq, message.c.channel_message_id).where(recent))).all()
        if self.held.channel == WEB:
            ids = [str(row.seq) for row in rows]
        else:
            ids = [row.channel_message_id for row in rows if row.channel_message_id is not None]
        await outbox.enqueue(self.unit, self.held, kind=outbox.DELETE, body={"ids": ids}, now=self.now, push=True)
