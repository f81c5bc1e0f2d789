"""The hotline's people in the simulator: who they are, what they may do, and each act on the real functions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select

from bot.simulation import referrals
from bot.simulation.steps import Duty, Step
from escalation import contact, queue, signing, trail
from escalation.errors import EscalationError, LeaseLost
from escalation.permissions import Role, Staff
from escalation.tables import cases
from escalation.tables import staff as staff_table
from escalation.tables import trail as trail_table
from escalation.vital import duties_of
from store.database import Database, Transaction
from store.vault import Vault

BEAT_SECONDS = 45
"""How often open pages tell that they are open: twice before a lease of 90 s ends."""
_ROSTER: tuple[tuple[str, Role, str], ...] = (
    ("Cô Lan", "counsellor", "national"),
    ("Cô Hoa", "counsellor", "national"),
    ("Chú Minh", "counsellor", "national"),
    ("Cô Thu", "counsellor", "Hà Nội"),
    ("Bác An", "supervisor", "national"),
    ("Anh Bình", "analyst", "national"),
)
COUNSELLORS = (0, 1, 2, 3)
SUPERVISOR = 4
ANALYST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a member of staff did, or was refused."""

    member: Staff
    duty: Duty | Literal["drafts"]  # of "refers": on a ground of law, which needs no hold on the child
    case_id: str | None
    owner_before: str | None
    allowed: bool
    entries: int  # in the case's trail, by this member, since the act began


@dataclass(slots=True, kw_only=True)
class Desk:
    """The staff, their open pages, and the cases that each believes to hold."""

    database: Database
    vault: Vault
    members: tuple[Staff, ...] = tuple(
        Staff(id=f"staff-{number}", name=f"s{number}", display_name=name, role=role, area=area)
        for number, (name, role, area) in enumerate(_ROSTER)
    )
    pages: set[int] = field(default_factory=set)
    held: dict[int, tuple[str, int]] = field(default_factory=dict)
    written: int = 0

    async def open(self, now: datetime) -> None:
        """Make the accounts."""
        async with self.database.transaction() as unit:
            for member in self.members:
                await unit.execute(
                    staff_table.insert().values(
                        id=member.id,
                        name=member.name,
                        display_name=member.display_name,
                        role=member.role,
                        area=member.area,
                        password_hash="-",  # noqa: S106  # nobody signs in here
                        totp_sealed=b"-",
                        totp_last=0,
                        active=True,
                        created_at=now,
                    )
                )

    async def beat(self, now: datetime) -> None:
        """Let every open page say that it is open, as each does on its own in the browser."""
        async with self.database.transaction() as unit:
            for number in sorted(self.pages):
                member = self.members[number]
                await queue.mark_present(unit, member, now)
                if number in self.held:
                    try:
                        await queue.renew(unit, member, *self.held[number], now)
                    except LeaseLost:
                        del self.held[number]

    async def do(self, step: Step, open_cases: tuple[Any, ...], now: datetime) -> Act | None:
        """Carry one act out; returns None where there is nothing to act on."""
        number, duty = step.staff or 0, step.does
        member = self.members[number]
        match duty:
            case "opens_page":
                self.pages.add(number)
                await self.beat(now)
            case "loses_page":
                self.pages.discard(number)
            case "goes_home":
                self.pages.discard(number)
                self.held.pop(number, None)
                async with self.database.transaction() as unit:
                    await queue.mark_present(unit, member, now, on=False)
            case "looks":
                if open_cases:
                    return await self._act(number, step, open_cases[step.case % len(open_cases)].id, now)
            case "signs" | "moves_on":
                case_id = await (self._unsigned(member) if duty == "signs" else self._referred(step.case))
                return None if case_id is None else await self._act(number, step, case_id, now)
            case "takes":
                return None if number in self.held else await self._act(number, step, None, now)
            case "replies" | "hands_back" | "closes" | "refers":
                if number in self.held:
                    return await self._act(number, step, self.held[number][0], now)
            case _:
                raise AssertionError(duty)
        return None

    async def _act(self, number: int, step: Step, case_id: str | None, now: datetime) -> Act | None:
        member, duty = self.members[number], step.does or "looks"
        owner = None if case_id is None else await self._owner(case_id)
        allowed = True
        try:
            async with self.database.transaction() as unit:
                case_id = await self._carry_out(unit, number, step, case_id, now)
        except EscalationError:
            allowed = False
            if duty not in {"looks", "signs", "moves_on", "refers"}:
                self.held.pop(number, None)
        if case_id is None:
            return None
        if duty in {"hands_back", "closes"}:
            self.held.pop(number, None)
        entries = await self._entries(member, case_id, now)
        drafts = duty == "refers" and not referrals.asks_child(step.case)
        return Act(
            member=member,
            duty="drafts" if drafts else duty,
            case_id=case_id,
            owner_before=owner,
            allowed=allowed,
            entries=entries,
        )

    async def _carry_out(
        self, unit: Transaction, number: int, step: Step, case_id: str | None, now: datetime
    ) -> str | None:
        member, vault = self.members[number], self.vault
        if step.does == "takes":
            taken = await queue.take_next(unit, vault, member, now)
            if taken is not None:
                self.held[number] = taken
            return None if taken is None else taken[0]
        if case_id is None or step.does == "looks":
            await contact.read_contact(unit, vault, member, case_id or "", now)
            return case_id
        if step.does == "signs":
            await signing.sign(unit, vault, member, case_id, now)
            return case_id
        if step.does in {"refers", "moves_on"}:
            await self._with_referral(unit, number, step, case_id, now)
            return case_id
        lease = self.held[number][1]
        if step.does == "replies":
            self.written += 1
            await contact.reply(
                unit, vault, member, case_id, lease=lease, message_id=f"w{self.written}", text=step.text, now=now
            )
        elif step.does == "hands_back":
            await queue.hand_back(unit, vault, member, case_id, lease, now)
        else:
            if await self._owes_reason(unit, case_id):
                await signing.write_reason(unit, vault, member, case_id, lease=lease, text="có người gặp nguy", now=now)
            await contact.close(
                unit,
                vault,
                member,
                case_id,
                lease=lease,
                outcome="advised",
                summary="xong",
                follow_up=step.follow_up,
                now=now,
            )
        return case_id

    async def _with_referral(self, unit: Transaction, number: int, step: Step, case_id: str, now: datetime) -> None:
        member = self.members[number]
        if step.does == "refers":
            lease = self.held[number][1]
            await referrals.refer(unit, self.vault, member, case_id, lease, step.case, now)
            return
        found = await referrals.next_of(unit, step.case)
        if found is not None:
            await referrals.proceed(unit, self.vault, member, *found, step.case, now)

    async def _referred(self, drawn: int) -> str | None:
        """Return the case of one of the open referrals."""
        async with self.database.reading() as unit:
            found = await referrals.next_of(unit, drawn)
        return None if found is None else found[0]

    async def _unsigned(self, member: Staff) -> str | None:
        """Return the case that has waited longest for a signature and may have this person's."""
        async with self.database.reading() as unit:
            waiting = await signing.unsigned(unit, self.vault, member)
        ready = (one.case_id for one in waiting if one.duties.reason_written)
        return next(ready, None)

    async def _owes_reason(self, unit: Transaction, case_id: str) -> bool:
        duties = duties_of((await unit.execute(select(cases).where(cases.c.id == case_id))).one())
        return duties is not None and not duties.signed

    async def _owner(self, case_id: str) -> str | None:
        async with self.database.reading() as unit:
            return (await unit.execute(select(cases.c.owner_id).where(cases.c.id == case_id))).scalar_one_or_none()

    async def _entries(self, member: Staff, case_id: str, since: datetime) -> int:
        mine = (
            (trail_table.c.stream == trail.case_stream(case_id))
            & (trail_table.c.actor == member.id)
            & (trail_table.c.at >= since)
        )
        async with self.database.reading() as unit:
            return int((await unit.execute(select(func.count()).select_from(trail_table).where(mine))).scalar_one())
