"""How long a message needs to the other side while a whole shift is at the desk: `python -m bench.desk [DATABASE_URL]`.

The product runs as a process of its own. 100 counsellors are signed in, each with the queue's page and one child's page
open; 500 children have agreed, as many as the desk allows are with a counsellor, the rest wait. Then children and
counsellors write to one another, a few at once, and each message is timed from its sending to its sight on the stream
of the other side.
"""

import asyncio
import json
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from escalation.desk.identity import COOKIE
from escalation.staff import create_staff, sessions
from tests.served import PASSWORD, Served, served
from tests.served_people import WebChild

STAFF, CHILDREN, WRITTEN, AT_ONCE = 20, 100, 100, 4
_TOLD = "ba đánh em hoài, em sợ lắm"
_PATIENCE_SECONDS = 30.0
_BETWEEN_SECONDS = 0.2
_SETTLING_SECONDS = 5
_RENEW_SECONDS = 20


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
        await sent
        async with asyncio.timeout(_PATIENCE_SECONDS):
            came = await self.seen[word]
        del self.seen[word]
        return came - begun

    async def follow(self, client: aiohttp.ClientSession, path: str) -> None:
        """Read a page's stream until the page closes."""
        async with client.get(path, timeout=aiohttp.ClientTimeout(total=None)) as stream:
            assert stream.status == HTTPStatus.OK, stream.status
            async for line in stream.content:
                self.bytes_read += len(line)
                self.look(line.decode())


@dataclass(slots=True)
class AtDesk:
    """One counsellor with the pages that are open."""

    client: aiohttp.ClientSession
    waiting: Waiting = field(default_factory=Waiting)
    case_id: str | None = None
    lease: str = ""

    async def take(self) -> bool:
        """Take the next child; its page is the one that is looked at. False where nobody may be taken."""
        async with self.client.post("/desk/next", headers=_OWN, allow_redirects=False) as answer:
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
            async with self.client.post(
                path, data={"lease": self.lease}, headers=_OWN, allow_redirects=False
            ) as answer:
                assert answer.status in _DONE, answer.status

    async def write(self, text: str) -> None:
        """Write to the child whose page is open."""
        fields = {"id": secrets.token_hex(8), "lease": self.lease, "text": text}
        path = f"/desk/cases/{self.case_id}/messages"
        async with self.client.post(path, data=fields, headers=_OWN, allow_redirects=False) as answer:
            assert answer.status in _DONE, answer.status


@dataclass(slots=True)
class Phone:
    """A child's page with its stream."""

    child: WebChild
    waiting: Waiting = field(default_factory=Waiting)

    async def follow(self) -> None:
        """Read the stream until the page closes."""
        await self.waiting.follow(self.child.client, f"/chat/api/events?session={self.child.session}")


_OWN = {"Sec-Fetch-Site": "same-origin"}
_DONE = {HTTPStatus.OK, HTTPStatus.SEE_OTHER, HTTPStatus.NO_CONTENT}


async def measure(database_url: str | None = None) -> dict[str, Any]:
    """Measure on an empty SQLite file, or on the empty database named."""
    with tempfile.TemporaryDirectory(prefix="khien-bench-") as folder:
        settings = {"KHIEN_DATABASE_URL": database_url, "KHIEN_DESK_CHILDREN_AT_ONCE": "2"}
        async with served(Path(folder), **settings) as product, AsyncExitStack() as open_pages:
            bare = _megabytes(product)
            desks = [
                await open_pages.enter_async_context(_signed_in(product, token)) for token in await _staff(product)
            ]
            begun = time.perf_counter()
            children = [await open_pages.enter_async_context(WebChild(url=product.url)) for _ in range(CHILDREN)]
            for portion in range(0, CHILDREN, AT_ONCE):
                await asyncio.gather(*(_agrees(child) for child in children[portion : portion + AT_ONCE]))
            opened = time.perf_counter() - begun
            pages = [asyncio.create_task(desk.waiting.follow(desk.client, "/desk/events")) for desk in desks]
            taken = [desk for desk in desks if await desk.take()]
            pages += [
                asyncio.create_task(desk.waiting.follow(desk.client, f"/desk/cases/{desk.case_id}/events"))
                for desk in taken
            ]
            pages += [asyncio.create_task(desk.stay()) for desk in taken]
            phones = [Phone(child) for child in children]
            pages += [asyncio.create_task(phone.follow()) for phone in phones]
            await asyncio.sleep(_SETTLING_SECONDS)  # every page has its first sight
            pairs = await _paired(taken, phones)
            to_desk, to_child = await _talk(pairs)
            measured = {
                "staff_signed_in": len(desks),
                "open_conversations": len(children),
                "pages_open": len(pages),
                "conversations_opened_per_second": round(len(children) / opened, 1),
                "milliseconds_child_to_desk": _spread(to_desk),
                "milliseconds_desk_to_child": _spread(to_child),
                "megabytes_of_the_server": _megabytes(product),
                "megabytes_before_anybody_came": bare,
                "megabytes_sent_to_pages": round(sum(desk.waiting.bytes_read for desk in desks) / 2**20, 1),
            }
            for page in pages:
                page.cancel()
            await asyncio.gather(*pages, return_exceptions=True)
            return measured


async def _staff(product: Served) -> list[str]:
    """Make the accounts and a session for each; signing in by hand would measure Argon2id."""
    now, tokens = datetime.now(UTC), []
    async with product.opened() as (database, vault):
        for number in range(STAFF):
            async with database.transaction() as unit:
                staff, _ = await create_staff(
                    unit,
                    vault,
                    name=f"lan{number}",
                    display_name=f"Cô Lan {number}",
                    role="counsellor",
                    area="national",
                    password=f"{PASSWORD} {number}",
                    now=now,
                )
                tokens.append(await sessions.open_session(unit, staff.id, "browser", now))
    return tokens


@asynccontextmanager
async def _signed_in(product: Served, token: str) -> AsyncIterator[AtDesk]:
    headers = {"Cookie": f"{COOKIE}={token}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(product.url, headers=headers, connector=connector, read_bufsize=2**22) as client:
        async with client.post("/desk/presence", data={"on": "1"}, headers=_OWN, allow_redirects=False) as answer:
            assert answer.status in _DONE, answer.status
        yield AtDesk(client)


async def _agrees(child: WebChild) -> None:
    for choice in ("role.child", "band.11-14"):
        await child.presses(choice)
    await child.says(_TOLD)
    for choice in ("safe.yes", "talk.now", "consent.conversation.yes"):
        await child.presses(choice)


async def _paired(taken: Sequence[AtDesk], phones: Sequence[Phone]) -> list[tuple[AtDesk, Phone]]:
    """Find out who is with whom: each counsellor says a word, and one phone shows it."""
    loop, pairs = asyncio.get_running_loop(), []
    for desk in taken:
        word = secrets.token_hex(6)
        heard = {loop.create_future(): phone for phone in phones}
        for future, phone in heard.items():
            phone.waiting.seen[word] = future
        await desk.write(f"Cô chào em {word}.")
        (done, *_), _ = await asyncio.wait(heard, timeout=_PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        pairs.append((desk, heard[done]))
        for phone in phones:
            del phone.waiting.seen[word]
    return pairs


async def _talk(pairs: Sequence[tuple[AtDesk, Phone]]) -> tuple[list[float], list[float]]:
    to_desk: list[float] = []
    to_child: list[float] = []
    for number in range(0, WRITTEN, AT_ONCE):
        some = [pairs[(number + each) % len(pairs)] for each in range(AT_ONCE)]
        to_desk += await asyncio.gather(*(_child_writes(*pair) for pair in some))
        await asyncio.sleep(_BETWEEN_SECONDS)
        to_child += await asyncio.gather(*(_counsellor_writes(*pair) for pair in some))
        await asyncio.sleep(_BETWEEN_SECONDS)
    return to_desk, to_child


async def _child_writes(desk: AtDesk, phone: Phone) -> float:
    word = secrets.token_hex(6)
    return await desk.waiting.come(word, phone.child.says(f"em đang ở phòng {word}"))


async def _counsellor_writes(desk: AtDesk, phone: Phone) -> float:
    word = secrets.token_hex(6)
    return await phone.waiting.come(word, desk.write(f"Cô nghe em {word}."))


def _spread(seconds: Sequence[float]) -> dict[str, int]:
    parts = statistics.quantiles([each * 1000 for each in seconds], n=100)
    return {"p50": round(parts[49]), "p95": round(parts[94]), "p99": round(parts[98]), "of": len(seconds)}


def _megabytes(product: Served) -> int:
    assert product.process is not None
    status = Path(f"/proc/{product.process.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1] if len(sys.argv) > 1 else None)), indent=1))
