"""Who is at the desk while it is measured: counsellors with open pages and children with theirs, without a browser."""

import asyncio
import secrets
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from tests.served_people import WebChild

PATIENCE_SECONDS = 30.0
_RENEW_SECONDS = 20
OWN = {"Sec-Fetch-Site": "same-origin"}
DONE = {HTTPStatus.OK, HTTPStatus.SEE_OTHER, HTTPStatus.NO_CONTENT}


@dataclass(slots=True)
class Waiting:
    """Words that somebody waits to see on a stream, and when they came."""

    seen: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    bytes_read: int = 0

    def look(self, text: str) -> None:
        """Note the moment for every word that stands in `text`."""
        for word, found in self.seen.items():
            if word in text and not found.done():
                found.set_result(time.perf_counter())

    async def come(self, word: str, sent: Awaitable[object]) -> float:
        """Send, and return the seconds until the word is seen."""
        self.seen[word] = asyncio.get_running_loop().create_future()
        begun = time.perf_counter()
        try:
            await sent
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.seen[word] - begun
        finally:
            del self.seen[word]

    async def follow(self, client: aiohttp.ClientSession, path: str, *, reads: bool = True) -> None:
        """Take a page's stream in until the page closes; a queue, where no words stand, is not read."""
        async with client.get(path, timeout=aiohttp.ClientTimeout(total=None)) as stream:
            assert stream.status == HTTPStatus.OK, stream.status
            async for line in stream.content if reads else stream.content.iter_any():
                self.bytes_read += len(line)
                if reads and self.seen:
                    self.look(line.decode())


@dataclass(slots=True)
class AtDesk:
    """One counsellor with the pages that are open."""

    client: aiohttp.ClientSession
    token: str
    waiting: Waiting = field(default_factory=Waiting)
    case_id: str | None = None
    lease: str = ""

    async def take(self) -> bool:
        """Take the next child; its page is the one that is looked at. False where nobody may be taken."""
        async with self.client.post("/desk/next", headers=OWN, allow_redirects=False) as answer:
            place = answer.headers.get("Location", "")
        if "/cases/" not in place:
            return False
        self.case_id = place.partition("/cases/")[2].partition("?")[0]
        async with self.client.get(f"/desk/cases/{self.case_id}") as page:
            self.lease = (await page.text()).partition('data-lease="')[2].partition('"')[0]
        return True

    async def stay(self) -> None:
        """Renew the lease as the open page does."""
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            path = f"/desk/cases/{self.case_id}/renew"
            async with self.client.post(path, data={"lease": self.lease}, headers=OWN, allow_redirects=False) as answer:
                assert answer.status in DONE, answer.status

    async def write(self, text: str) -> None:
        """Write to the child whose page is open."""
        fields = {"id": secrets.token_hex(8), "lease": self.lease, "text": text}
        path = f"/desk/cases/{self.case_id}/messages"
        async with self.client.post(path, data=fields, headers=OWN, allow_redirects=False) as answer:
            assert answer.status in DONE, answer.status


@dataclass(slots=True)
class Phone:
    """A child's page with its stream."""

    child: WebChild
    waiting: Waiting = field(default_factory=Waiting)

    async def follow(self) -> None:
        """Read the stream until the page closes."""
        await self.waiting.follow(self.child.client, f"/chat/api/events?session={self.child.session}")
