"""Staff who can sign in, children who wait, and browsers at the desk."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import pyotp
from aiohttp import ClientResponse, ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from sqlalchemy import select, update

import escalation.tables
from escalation import cases, consent, restrictions
from escalation.desk import DeskServices
from escalation.permissions import Staff
from escalation.staff import create_staff
from escalation.vital import SHIFT, Basis
from store import conversations, inbox, outbox
from store.clock import MovableClock
from store.conversations import Conversation
from store.database import Database, Transaction
from store.tables import outbox as outbox_table
from store.vault import Vault

PASSWORD = "mot cau that de nho"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of staff with what they need to sign in."""

    staff: Staff
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a child, with the spans that raised the alarm and those to mask."""

    text: str
    evidence: tuple[tuple[int, int], ...] = ()
    masks: tuple[tuple[int, int, str], ...] = ()


class World:
    """Everything a test of the desk works on."""

    def __init__(self, database: Database, vault: Vault, clock: MovableClock) -> None:
        self.database = database
        self.vault = vault
        self.clock = clock
        self.services = DeskServices(database=database, vault=vault, clock=clock)
        self._children = 0

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def member(
        self, name: str, role: str = "counsellor", *, area: str = "national", display_name: str | None = None
    ) -> Member:
        async with self.database.transaction() as unit:
            staff, secret = await create_staff(
                unit,
                self.vault,
                name=name,
                display_name=display_name or f"Cô {name.capitalize()}",
                role=role,
                area=area,
                password=PASSWORD,
                now=self.now,
            )
        return Member(staff=staff, secret=secret)

    async def child(
        self,
        *said: Said | str,
        urgency: str = "high",
        harms: tuple[str, ...] = ("cyberbullying",),
        band: str | None = "11-14",
        items: dict[str, str] | None = None,
        basis: Basis = "consent",
    ) -> str:
        """Let a child tell something and agree that 111 reads it (or be in danger); returns the case's id."""
        self._children += 1
        lines = [line if isinstance(line, Said) else Said(text=line) for line in said or ("Em sợ lắm",)]
        async with self.database.transaction() as unit:
            taken = [
                await inbox.take_in(
                    unit,
                    self.vault,
                    channel="web",
                    address=f"child-{self._children}",
                    external_id=f"m{index}",
                    body={"text": line.text},
                    now=self.now,
                )
                for index, line in enumerate(lines)
            ]
            held = await conversations.lock(unit, self.vault, taken[0].conversation_id)
            for place, line in zip(taken, lines, strict=True):
                body = {"text": line.text, "evidence": line.evidence, "masks": line.masks}
                await conversations.add_message(unit, held, seq=place.seq, author="child", body=body, at=self.now)
            await inbox.finish(unit, held.id, tuple(place.seq for place in taken))
            if basis == "consent":
                await self._agree(unit, held, taken[-1].seq, band)
            case_id = await cases.open_case(
                unit,
                held,
                urgency=urgency,
                harms=harms,
                subject="self",
                band=band,
                audience=band or "unknown",
                role="child",
                basis=basis,
                from_seq=1,
                consent_seq=taken[-1].seq if basis == "consent" else None,
                sign_due_at=self.now + SHIFT,
                now=self.now,
            )
            for item, value in (items or {}).items():
                await cases.set_item(unit, held, case_id, item, value)
        return str(case_id)

    async def _agree(self, unit: Transaction, held: Conversation, seq: int, band: str | None) -> None:
        await consent.record(
            unit,
            conversation_id=held.id,
            item="conversation",
            decision="granted",
            wording="consent.v1",
            audience=band or "unknown",
            channel="web",
            message_seq=seq,
            at=self.now,
        )

    async def turn_of(self, case_id: str, *, delivery: str = "sent") -> None:
        """Do what the bot's turn does with desk notices: what was said goes into transcript and outbox."""
        async with self.database.transaction() as unit:
            held = await self._conversation(unit, case_id)
            while batch := await inbox.read_batch(unit, held):
                for row in batch:
                    if row.kind == inbox.DESK and row.body["event"] == "said":
                        await self._send(unit, held, case_id, row.body, delivery)
                await inbox.finish(unit, held.id, tuple(row.seq for row in batch))

    async def hide_reply(self, case_id: str) -> None:
        """Do what the bot's turn does while the child hides the contact: nothing is shown, nothing is lost."""
        async with self.database.transaction() as unit:
            held = await self._conversation(unit, case_id)
            while batch := await inbox.read_batch(unit, held):
                await inbox.finish(unit, held.id, tuple(row.seq for row in batch))

    async def child_writes(self, case_id: str, text: str) -> None:
        """Let the child write once more in an open contact."""
        async with self.database.transaction() as unit:
            held = await self._conversation(unit, case_id)
            seq = await conversations.take_seq(unit, held.id)
            await conversations.add_message(
                unit, held, seq=seq, author="child", body={"text": text}, at=self.now, case_id=case_id
            )
            await cases.child_wrote(unit, case_id, self.now)

    async def _conversation(self, unit: Transaction, case_id: str) -> Conversation:
        row = await unit.execute(select(escalation.tables.cases.c.conversation_id).filter_by(id=case_id))
        return await conversations.lock(unit, self.vault, row.scalar_one())

    async def _send(self, unit: Transaction, held: Conversation, case_id: str, said: Any, delivery: str) -> None:
        body = {"text": said["text"], "name": said["name"]}
        seq = await outbox.enqueue(unit, held, kind=outbox.MESSAGE, body=body, now=self.now, push=True)
        await conversations.add_message(
            unit, held, seq=seq, author="counsellor", body=body, at=self.now, case_id=case_id
        )
        mine = (outbox_table.c.conversation_id == held.id) & (outbox_table.c.seq == seq)
        await unit.execute(update(outbox_table).where(mine).values(status=delivery))

    async def declines(self, case_id: str, member: Member) -> None:
        """Let the child of a case ask never to meet this member of staff again."""
        [row] = await self.rows(escalation.tables.cases, id=case_id)
        async with self.database.transaction() as unit:
            await restrictions.restrict(
                unit,
                conversation_id=row.conversation_id,
                role=row.role,
                staff_id=member.staff.id,
                why="child_asked",
                case_id=case_id,
                now=self.now,
            )

    async def rows(self, table: Any, **columns: Any) -> list[Any]:
        async with self.database.reading() as unit:
            return list((await unit.execute(select(table).filter_by(**columns))).all())

    async def actions(self, stream: str) -> list[str]:
        """Return the actions of one stream of the trail, oldest first."""
        rows = await self.rows(escalation.tables.trail, stream=stream)
        return [row.action for row in sorted(rows, key=lambda row: int(row.number))]


class Browser:
    """One person's browser at the desk: its own cookies, plain forms, no script."""

    def __init__(self, server: TestServer, world: World) -> None:
        self._server = server
        self._world = world
        # As a browser does: a page of this machine counts as secure.
        here = server.make_url("/")
        self.session = ClientSession(cookie_jar=CookieJar(unsafe=True, treat_as_secure_origin=here))

    def url(self, path: str) -> str:
        return str(self._server.make_url(path))

    async def get(self, path: str, **more: Any) -> ClientResponse:
        return await self.session.get(self.url(path), **more)

    async def post(self, path: str, fields: dict[str, str] | None = None, **more: Any) -> ClientResponse:
        more.setdefault("headers", {"Sec-Fetch-Site": "same-origin"})
        return await self.session.post(self.url(path), data=fields or {}, allow_redirects=False, **more)

    async def sign_in(self, member: Member, *, password: str = PASSWORD, code: str | None = None) -> ClientResponse:
        if code is None:
            # A code works once, so whoever signs in again waits for the next one.
            self._world.clock.advance(30)
            code = pyotp.TOTP(member.secret).at(self._world.now)
        fields = {"name": member.staff.name, "password": password, "code": code}
        return await self.post("/desk/sign-in", fields)


class Desk:
    """The running server, and browsers on it."""

    def __init__(self, server: TestServer, world: World) -> None:
        self.server = server
        self._world = world
        self._browsers: list[Browser] = []

    def browser(self) -> Browser:
        self._browsers.append(Browser(self.server, self._world))
        return self._browsers[-1]

    async def of(self, member: Member) -> Browser:
        """Return a browser in which this person is signed in."""
        browser = self.browser()
        assert (await browser.sign_in(member)).status == HTTPStatus.SEE_OTHER
        return browser

    async def close(self) -> None:
        for browser in self._browsers:
            await browser.session.close()
