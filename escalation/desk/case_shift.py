"""What the shift adds to a case's page: who hands over to whom, who listens, what was whispered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from escalation.desk.services import DeskServices
from escalation.permissions import Staff, may
from escalation.shift import handover, listening, notes
from escalation.shift.handover import Handover
from escalation.shift.notes import Note
from escalation.tables import cases
from store import conversations
from store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseShift:
    """The shift's part of the page; two equal ones look the same."""

    handover: Handover | None
    listeners: tuple[str, ...]  # for the owner alone: supervisors who have the case open now
    whispers: tuple[Note, ...]
    picks: tuple[Note, ...]  # for supervisors alone: why this child was taken before its turn
    colleagues: tuple[Staff, ...]  # whom the owner may hand the child to now


async def case_shift(unit: Transaction, services: DeskServices, staff: Staff, case_id: str) -> CaseShift:
    """Read the shift's part of a case that this person may see."""
    now = services.clock.now()
    row = (await unit.execute(select(cases).where(cases.c.id == case_id))).one()
    held = await conversations.read(unit, services.vault, row.conversation_id)
    owns = row.state == "claimed" and row.owner_id == staff.id
    return CaseShift(
        handover=await handover.newest(unit, held, row),
        listeners=await listening.listeners(unit, case_id, now) if owns else (),
        whispers=await notes.whispers(unit, held, case_id, staff.id),
        picks=await notes.picks(unit, held, case_id) if may(staff, "case.take_over") else (),
        colleagues=await handover.present_for(unit, services.vault, staff, row, now) if owns else (),
    )


class Ear:
    """Lets the counsellor see that a supervisor has the case open, for as long as the supervisor's stream is."""

    _EVERY = timedelta(seconds=20)

    def __init__(self, services: DeskServices, staff: Staff, case_id: str) -> None:
        self._services, self._staff, self._case_id = services, staff, case_id
        self._kept_at: datetime | None = None

    async def keep(self, *, holding: bool) -> None:
        """Say anew, every 20 s, that somebody listens; whoever holds the child does not listen, they talk."""
        now = self._services.clock.now()
        if holding or not may(self._staff, "case.whisper"):
            return
        if self._kept_at is not None and now - self._kept_at < self._EVERY:
            return
        self._kept_at = now
        async with self._services.database.transaction() as unit:
            await listening.listen(unit, self._staff, self._case_id, now)

    async def stop(self) -> None:
        """Say that nobody listens any more."""
        if self._kept_at is not None:
            async with self._services.database.transaction() as unit:
                await listening.stop(unit, self._staff, self._case_id)
