"""A whole hotline in one folder: several people, several counsellors, crashes, duplicates, and its own checks."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from bot.apply import Applying
from bot.channels.port import Received
from bot.playback import Player, Shown
from bot.settings import EmergencyPolicy
from bot.state import State, from_json
from bot.worker import Worker
from content.library import Content
from escalation import contact, queue, signing, trail
from escalation.errors import EscalationError, ReasonMissing, WrongState
from escalation.permissions import Staff
from escalation.tables import alert, cases, consent, restriction, staff
from nlu.listener import Listener
from store import conversations
from store.clock import MovableClock
from store.database import Database
from store.keys import FileKeys, open_keys
from store.outbox import outbox_place
from store.tables import inbox, message, metadata, outbox

CANARY = "0912345678"  # planted in what children say; must never be found in plain bytes
PICTURES = ("gửi ảnh cho mình", "gửi hình cho mình", "chụp ảnh cho")
SECRECY = ("giữ bí mật cho bạn", "mình sẽ giữ bí mật", "hứa giữ kín")


class CrashError(Exception):
    """A process that dies in the middle of a turn."""


class House:
    """Everything the stateful test drives."""

    def __init__(self, content: Content, listener: Listener, emergency_policy: EmergencyPolicy = "consent") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="khien-house-")
        self.folder = Path(self._folder.name)
        self.runner = asyncio.Runner()
        self.clock = MovableClock()
        self.database = Database(f"sqlite+aiosqlite:///{self.folder}/house.sqlite3", synchronous="OFF")
        keys = FileKeys(self.folder / "master.json")
        keys.make()
        self.vault = open_keys(keys)
        self.worker = Worker(
            database=self.database,
            vault=self.vault,
            content=content,
            listener=listener,
            clock=self.clock,
            emergency_policy=emergency_policy,
        )
        self.content = content
        self.people = [Player(worker=self.worker, clock=self.clock, address=f"person-{number}") for number in range(2)]
        self.staff = [
            Staff(
                id=f"staff-{number}", name=f"s{number}", display_name=f"Cô {number}", role="counsellor", area="national"
            )
            for number in range(2)
        ]
        self.supervisor = replace(self.staff[0], id="staff-9", name="s9", display_name="Cô 9", role="supervisor")
        self.held: dict[str, tuple[str, int]] = {}
        self.last: dict[str, Received] = {}
        self.acts = 0
        self.run(self._prepare())

    def run(self, coroutine: Any) -> Any:
        """Run one coroutine to its end."""
        return self.runner.run(coroutine)

    def close(self) -> None:
        """Give everything back."""
        self.run(self.database.close())
        self.runner.close()
        self._folder.cleanup()

    async def _prepare(self) -> None:
        async with self.database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        async with self.database.transaction() as unit:
            for member in (*self.staff, self.supervisor):
                await unit.execute(
                    staff.insert().values(
                        id=member.id,
                        name=member.name,
                        display_name=member.display_name,
                        role=member.role,
                        area=member.area,
                        password_hash="-",
                        totp_sealed=b"-",
                        totp_last=0,
                        active=True,
                        created_at=self.clock.now(),
                    )
                )

    # --- what people do -----------------------------------------------------------------------------------------

    async def send(self, person: Player, received: Received, *, crashes: int = 0) -> list[Shown]:
        """Take one message in; the first `crashes` turns of it die just before their commit."""
        self.last[person.address] = received
        left = crashes

        real = Applying.effects

        async def dying(self_: Applying, state: Any, effects: Any) -> Any:
            nonlocal left
            result = await real(self_, state, effects)
            if left > 0:
                left -= 1
                raise CrashError
            return result

        with patch.object(Applying, "effects", dying):
            shown = await person.receive(received)
            while left < crashes and await self._has_pending():
                # The row waits for its next try; time passes until it is done.
                self.clock.advance(3)
                shown += await person.run()
                if left == 0:
                    break
        return shown + await person.wait(3) if crashes else shown

    async def _has_pending(self) -> bool:
        async with self.database.reading() as unit:
            return (await unit.execute(select(inbox).where(inbox.c.status == "pending"))).first() is not None

    # --- what counsellors do ------------------------------------------------------------------------------------

    async def take(self, member: Staff) -> None:
        async with self.database.transaction() as unit:
            await queue.mark_present(unit, member, self.clock.now())
            taken = await queue.take_next(unit, self.vault, member, self.clock.now())
        if taken is not None:
            self.acts += 1
            self.held[member.id] = taken
        await self.settle()

    async def act(self, member: Staff, verb: str, text: str = "") -> bool:
        """Let a counsellor do something with the case it believes it holds; returns whether it was allowed."""
        case_id, lease = self.held[member.id]
        now = self.clock.now()
        try:
            async with self.database.transaction() as unit:
                match verb:
                    case "reply":
                        await contact.reply(
                            unit,
                            self.vault,
                            member,
                            case_id,
                            lease=lease,
                            message_id=f"m{self.acts}",
                            text=text,
                            now=now,
                        )
                    case "hand_back":
                        await queue.hand_back(unit, self.vault, member, case_id, lease, now)
                    case "close":
                        await contact.close(
                            unit,
                            self.vault,
                            member,
                            case_id,
                            lease=lease,
                            outcome="advised",
                            summary="xong",
                            follow_up=True,
                            now=now,
                        )
                    case "reason":
                        await signing.write_reason(
                            unit, self.vault, member, case_id, lease=lease, text=f"vì nguy hiểm {CANARY}", now=now
                        )
                    case "renew":
                        await queue.renew(unit, member, case_id, lease, now)
                    case _:
                        await contact.read_contact(unit, self.vault, member, case_id, now)
        except ReasonMissing:
            return False  # the case is still held
        except WrongState:
            assert verb == "reason"  # it was opened with a yes, or is signed
            return False
        except EscalationError:
            del self.held[member.id]
            return False
        self.acts += verb != "renew"
        if verb in {"hand_back", "close"}:
            del self.held[member.id]
        await self.settle()
        return True

    async def sign(self) -> None:
        """Let the supervisor sign whatever waits for it."""
        async with self.database.reading() as unit:
            waiting = await signing.unsigned(unit, self.vault, self.supervisor)
        for case in waiting:
            if not case.duties.reason_written:
                continue
            async with self.database.transaction() as unit:
                await signing.sign(unit, self.vault, self.supervisor, case.case_id, self.clock.now())
            self.acts += 1

    async def settle(self) -> None:
        """Run everything that is due."""
        await self.people[0].run()

    async def state_of(self, person: Player) -> State:
        """Return where a person's conversation stands."""
        async with self.database.reading() as unit:
            held = await conversations.find(unit, self.vault, person.channel, person.address)
        return from_json(held.state if held is not None else None)

    async def is_silent(self, person: Player) -> bool:
        """Tell whether a counsellor is there for this person, so that the bot rightly says nothing."""
        contact = (await self.state_of(person)).contact
        return contact is not None and contact.connected

    async def has_matter(self, person: Player) -> bool:
        """Tell whether a disclosure was already heard and answered."""
        return (await self.state_of(person)).matter is not None

    # --- the six "never" ----------------------------------------------------------------------------------------

    async def check(self) -> None:
        """Check everything that can never happen (safety protocol, section 6)."""
        async with self.database.reading() as unit:
            tables = {
                table.name: (await unit.execute(select(table))).all()
                for table in (inbox, cases, consent, message, outbox, alert, restriction)
            }
            total, broken = await trail.verify(unit)
        self._nothing_is_lost(tables["inbox"])
        self._cases_have_consent(tables["cases"], tables["consent"])
        self._nobody_holds_who_declined_them(tables["cases"], tables["restriction"])
        await self._items_were_agreed(tables["cases"], tables["consent"])
        self._nothing_is_plain()
        await self._bot_says_only_written_words(tables["outbox"])
        assert broken == ()
        assert total >= self.acts, "an act of a member of staff left no entry"

    def _nothing_is_lost(self, rows: Any) -> None:
        assert [row.seq for row in rows if row.status == "parked"] == []
        assert [row.seq for row in rows if row.status == "pending"] == []
        assert [row.seq for row in rows if row.status == "done" and row.body_sealed is not None] == []

    def _cases_have_consent(self, case_rows: Any, consent_rows: Any) -> None:
        granted = [row for row in consent_rows if row.item == "conversation" and row.decision == "granted"]
        by_case = [row.case_id for row in granted]
        agreed = [case for case in case_rows if case.basis == "consent"]
        for case in agreed:
            assert by_case.count(case.id) == 1, "a case without its own yes, or two of them"
        assert len(agreed) <= len(granted)
        for case in case_rows:
            if case.basis != "consent":
                self._danger_opened(case, by_case.count(case.id))
        open_of = [(case.conversation_id, case.role) for case in case_rows if case.state in {"waiting", "claimed"}]
        assert len(open_of) == len(set(open_of)), "one person stands twice in the queue"
        for case in case_rows:
            assert (case.state == "claimed") == (case.owner_id is not None and case.lease_until is not None)

    def _danger_opened(self, case: Any, granted: int) -> None:
        assert case.basis == "vital_interest"
        assert self.worker.emergency_policy == "vital_interest", "the policy of this deployment asks for a yes"
        assert case.urgency == "emergency"
        assert case.agreed_at is None or granted >= 1, "a case that says it was agreed to, without a yes"
        assert case.state != "withdrawn", "what danger opened is not taken off the queue"
        assert case.state != "closed" or case.reason_sealed is not None, "ended, and nobody wrote why it was read"
        assert case.signed_by is None or case.signed_by not in {case.reason_by, case.owner_id}

    def _nobody_holds_who_declined_them(self, case_rows: Any, restriction_rows: Any) -> None:
        declined = {(row.conversation_id, row.role, row.staff_id) for row in restriction_rows}
        held = {(case.conversation_id, case.role, case.owner_id) for case in case_rows if case.state == "claimed"}
        assert not held & declined, "a counsellor holds a child that asked for somebody else"

    async def _items_were_agreed(self, case_rows: Any, consent_rows: Any) -> None:
        for case in case_rows:
            if case.items_sealed is None:
                continue
            async with self.database.reading() as unit:
                held = await conversations.read(unit, self.vault, case.conversation_id)
            items = held.sealer.open(f"case/{case.id}/items", case.items_sealed)
            latest = {row.item: row.decision for row in consent_rows if row.case_id == case.id}
            assert all(latest.get(item) == "granted" for item in items)

    def _nothing_is_plain(self) -> None:
        for file in self.folder.glob("house.sqlite3*"):
            assert CANARY.encode() not in file.read_bytes(), f"a child's number stands in {file.name}"

    async def _bot_says_only_written_words(self, rows: Any) -> None:
        for row in rows:
            if row.kind != "message" or row.body_sealed is None:
                continue
            async with self.database.reading() as unit:
                held = await conversations.read(unit, self.vault, row.conversation_id)
            body = held.sealer.open(outbox_place(row.seq), row.body_sealed)
            if body["name"] is not None:
                continue
            text = body["text"].casefold()
            assert CANARY not in text
            assert not [piece for piece in (*PICTURES, *SECRECY) if piece in text]
            assert self._is_written(body["message_id"]), f"{body['message_id']} is in no content file"

    def _is_written(self, message_id: str) -> bool:
        return message_id.startswith(("card.", "question.")) or message_id in self.content.message_ids
