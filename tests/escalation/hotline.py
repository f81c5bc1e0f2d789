"""Children who agreed and staff without passwords, straight on a database: for the hotline's own rules."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from escalation import cases, consent, permissions, queue
from escalation.permissions import Staff
from escalation.tables import cases as cases_table
from escalation.tables import staff as staff_table
from escalation.vital import SHIFT
from store import conversations, inbox
from store.conversations import Conversation
from store.database import Database
from store.inbox import inbox_place
from store.tables import inbox as inbox_table
from tests.store.keys import VAULT

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass(slots=True)
class Hotline:
    """A database with a time that stands still until it is moved."""

    database: Database
    now: datetime = START
    _sent: int = 0
    _people: dict[str, str] = field(default_factory=dict)  # case -> conversation

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    async def staff(self, name: str, role: permissions.Role = "counsellor", area: str = "national") -> Staff:
        """Make a member of staff who may work but not sign in."""
        member = Staff(id=name, name=name, display_name=f"Cô {name}", role=role, area=area)
        values = {"id": name, "name": name, "display_name": member.display_name, "role": role, "area": area}
        async with self.database.transaction() as unit:
            await unit.execute(
                staff_table.insert().values(
                    **values, password_hash="-", totp_sealed=b"-", totp_last=0, active=True, created_at=self.now
                )
            )
        return member

    async def talk(self, address: str, *bodies: Any, person: str = "child") -> Conversation:
        """Let a child write lines into its transcript; returns its conversation."""
        async with self.database.transaction() as unit:
            for body in bodies:
                self._sent += 1
                line = {"text": body} if isinstance(body, str) else body
                taken = await inbox.take_in(
                    unit,
                    VAULT,
                    channel="web",
                    address=address,
                    external_id=f"m{self._sent}",
                    body=line,
                    now=self.now,
                )
                held = await conversations.lock(unit, VAULT, taken.conversation_id)
                await conversations.add_message(
                    unit, held, seq=taken.seq, author="child", body=line, at=self.now, person=person
                )
                await inbox.finish(unit, held.id, (taken.seq,))
        return held

    async def child(
        self,
        address: str = "em",
        *bodies: Any,
        urgency: str = "high",
        band: str | None = "11-14",
        role: str = "child",
        area: str | None = None,
        harms: tuple[str, ...] = ("physical_abuse",),
        from_seq: int = 1,
    ) -> str:
        """Let a child tell something and agree to `conversation`; returns the case."""
        held = await self.talk(address, *(bodies or ("bố đánh em",)), person=role)
        async with self.database.transaction() as unit:
            await consent.record(
                unit,
                conversation_id=held.id,
                item="conversation",
                decision="granted",
                wording="consent.conversation@1",
                audience=band or "unknown",
                channel="web",
                message_seq=held.last_seq,
                at=self.now,
            )
            case_id = await cases.open_case(
                unit,
                held,
                urgency=urgency,
                harms=harms,
                subject="self",
                band=band,
                audience=band or "unknown",
                role=role,
                basis="consent",
                from_seq=from_seq,
                consent_seq=held.last_seq,
                now=self.now,
            )
            if area is not None:
                await cases.set_item(unit, held, case_id, "area", area)
        self._people[case_id] = held.id
        return str(case_id)

    async def endangered(self, address: str = "em", *bodies: Any) -> str:
        """Let a child tell of danger where nobody waits for its yes; returns the case."""
        held = await self.talk(address, *(bodies or ("bố cầm dao đuổi em",)))
        async with self.database.transaction() as unit:
            case_id = await cases.open_case(
                unit,
                held,
                urgency="emergency",
                harms=("physical_abuse",),
                subject="self",
                band="11-14",
                audience="11-14",
                role="child",
                basis="vital_interest",
                from_seq=held.last_seq,
                consent_seq=None,
                sign_due_at=self.now + SHIFT,
                now=self.now,
            )
        self._people[case_id] = held.id
        return str(case_id)

    async def conversation(self, case_id: str) -> Conversation:
        """Return the conversation of a case."""
        async with self.database.reading() as unit:
            return await conversations.read(unit, VAULT, self._people[case_id])

    async def row(self, case_id: str) -> Any:
        """Return a case's row."""
        async with self.database.reading() as unit:
            return (await unit.execute(select(cases_table).where(cases_table.c.id == case_id))).one()

    async def rows(self, table: Any, **columns: Any) -> list[Any]:
        """Return rows of a table."""
        async with self.database.reading() as unit:
            return list((await unit.execute(select(table).filter_by(**columns))).all())

    async def notices(self, case_id: str) -> list[Any]:
        """Return what the desk told the child, oldest first."""
        held = await self.conversation(case_id)
        rows = await self.rows(inbox_table, conversation_id=held.id, kind="desk")
        return [
            held.sealer.open(inbox_place(row.seq), row.body_sealed) for row in sorted(rows, key=lambda row: row.seq)
        ]

    # --- what staff do ---------------------------------------------------------------------------------------------

    async def claim(self, staff: Staff, case_id: str) -> int:
        async with self.database.transaction() as unit:
            return await queue.claim(unit, VAULT, staff, case_id, self.now)

    async def take_next(self, staff: Staff) -> tuple[str, int] | None:
        async with self.database.transaction() as unit:
            return await queue.take_next(unit, VAULT, staff, self.now)

    async def hand_back(self, staff: Staff, case_id: str, lease: int) -> None:
        async with self.database.transaction() as unit:
            await queue.hand_back(unit, VAULT, staff, case_id, lease, self.now)

    async def renew(self, staff: Staff, case_id: str, lease: int) -> None:
        async with self.database.transaction() as unit:
            await queue.renew(unit, staff, case_id, lease, self.now)

    async def seen(self, staff: Staff) -> list[str]:
        """Return the open cases this person sees, in the order of the queue."""
        async with self.database.reading() as unit:
            return [entry.case_id for entry in await queue.entries(unit, VAULT, staff, self.now)]

    async def withdraw(self, case_id: str) -> bool:
        async with self.database.transaction() as unit:
            return await cases.withdraw(unit, case_id, now=self.now)
