"""How long a message needs to the other side while a whole shift is at the desk: `python -m bench.desk`.

The product runs as a process of its own. Counsellors are signed in, each with the queue's page and one child's page
open; more children than that have agreed: one is with each counsellor, the rest wait, and every one has its page open.
Then children and counsellors write to one another, a few at once. Each message is timed from its sending to the moment
when its words arrive on the stream of the other side (`milliseconds_child_to_desk`); and some, with a real Chromium at
the desk, from their sending to the frame that shows them (`milliseconds_child_to_paint`).

All of it shares the machine: what children, browsers and this program take of the processor, the server does not get.
Both shares are told. Memory is that of the server's process, listener and content included; a PostgreSQL has its own.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from bench.desk_paint import new_word, painted
from bench.desk_people import DONE, OWN, PATIENCE_SECONDS, AtDesk, Phone
from escalation.desk.identity import COOKIE
from escalation.staff import create_staff, sessions
from tests.served import PASSWORD, Served, served
from tests.served_people import WebChild

AT_ONCE = 4
_FEWEST = 2  # that have a spread
_TOLD = "ba đánh em hoài, em sợ lắm"
_BETWEEN_SECONDS = 0.2
_SETTLING_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of everything."""

    staff: int
    children: int
    messages: int  # each way
    frames: int  # messages that are timed until they are painted


async def measure(size: Size, database_url: str | None = None) -> dict[str, Any]:
    """Measure on an empty SQLite file, or on the empty database named."""
    with tempfile.TemporaryDirectory(prefix="khien-bench-") as folder:
        async with served(Path(folder), KHIEN_DATABASE_URL=database_url) as product, AsyncExitStack() as open_pages:
            bare = _megabytes(product)
            tokens = await _staff(product, size.staff)
            desks = [await open_pages.enter_async_context(_signed_in(product, token)) for token in tokens]
            begun = time.perf_counter()
            children = [await open_pages.enter_async_context(WebChild(url=product.url)) for _ in range(size.children)]
            for portion in range(0, size.children, AT_ONCE):
                await asyncio.gather(*(_agrees(child) for child in children[portion : portion + AT_ONCE]))
            opened = time.perf_counter() - begun
            _tell(f"{len(children)} conversations opened", opened)
            pages = [
                asyncio.create_task(desk.waiting.follow(desk.client, "/desk/events", reads=False)) for desk in desks
            ]
            begun = time.perf_counter()
            taken = await _taken(desks, pages)
            took = time.perf_counter() - begun
            _tell(f"{len(taken)} children taken", took)
            phones = [Phone(child) for child in children]
            pages += [asyncio.create_task(phone.follow()) for phone in phones]
            await asyncio.sleep(_SETTLING_SECONDS)  # every page has its first sight
            pairs = await _paired(taken, phones)
            server, ours, begun = _server_seconds(product), sum(os.times()[:2]), time.perf_counter()
            to_desk, to_child = await _talk(pairs, size.messages)
            talked = time.perf_counter() - begun
            _tell(f"{size.messages} messages each way", talked)
            shares = {
                "of_a_core_by_the_server": round((_server_seconds(product) - server) / talked, 2),
                "of_a_core_by_this_program": round((sum(os.times()[:2]) - ours) / talked, 2),
            }
            desk, phone = pairs[0]
            on_screen = await painted(product.url, desk.token, desk.case_id or "", phone.child, size.frames)
            measured = {
                "staff_signed_in": len(desks),
                "open_conversations": len(children),
                "of_them_with_a_counsellor": len(taken),
                "streams_open": len(desks) + len(taken) + len(phones),
                "streams_that_ended": sum(page.done() for page in pages),
                "children_taken_per_second": round(len(taken) / took, 1),
                "conversations_opened_per_second": round(len(children) / opened, 1),
                "milliseconds_child_to_desk": _spread(to_desk),
                "milliseconds_desk_to_child": _spread(to_child),
                "milliseconds_child_to_paint": _spread(on_screen),
                **shares,
                "megabytes_of_the_server": _megabytes(product),
                "megabytes_of_the_server_at_most": _megabytes(product, "VmHWM:"),
                "megabytes_before_anybody_came": bare,
                "megabytes_sent_to_pages": round(sum(desk.waiting.bytes_read for desk in desks) / 2**20, 1),
            }
            for page in pages:
                page.cancel()
            await asyncio.gather(*pages, return_exceptions=True)
            await product.kill()  # a server that is slow to stop on a busy machine must not cost what was measured
            return measured


def _tell(what: str, seconds: float) -> None:
    """Say how far it is: the whole takes minutes."""
    print(f"{what} in {seconds:.0f} s", file=sys.stderr, flush=True)


async def _taken(desks: Sequence[AtDesk], pages: list[asyncio.Task[None]]) -> list[AtDesk]:
    """Let each take the next child and open its page, which renews the lease; returns who got one."""
    taken = []
    for desk in desks:
        if await desk.take():
            taken.append(desk)
            pages.append(asyncio.create_task(desk.stay()))
            pages.append(asyncio.create_task(desk.waiting.follow(desk.client, f"/desk/cases/{desk.case_id}/events")))
    return taken


async def _staff(product: Served, how_many: int) -> list[str]:
    """Make the accounts and a session for each; signing in by hand would measure Argon2id."""
    now, tokens = datetime.now(UTC), []
    async with product.opened() as (database, vault):
        for number in range(how_many):
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
        async with client.post("/desk/presence", data={"on": "1"}, headers=OWN, allow_redirects=False) as answer:
            assert answer.status in DONE, answer.status
        yield AtDesk(client, token)


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
        word = new_word()
        heard = {loop.create_future(): phone for phone in phones}
        for future, phone in heard.items():
            phone.waiting.seen[word] = future
        await desk.write(f"Cô chào em {word}.")
        (done, *_), _ = await asyncio.wait(heard, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        pairs.append((desk, heard[done]))
        for phone in phones:
            del phone.waiting.seen[word]
    return pairs


async def _talk(pairs: Sequence[tuple[AtDesk, Phone]], messages: int) -> tuple[list[float | None], list[float | None]]:
    to_desk: list[float | None] = []
    to_child: list[float | None] = []
    at_once = min(AT_ONCE, len(pairs))
    for number in range(0, messages, at_once):
        some = [pairs[(number + each) % len(pairs)] for each in range(at_once)]
        to_desk += await asyncio.gather(*(_timed(_child_writes(*pair)) for pair in some))
        await asyncio.sleep(_BETWEEN_SECONDS)
        to_child += await asyncio.gather(*(_timed(_counsellor_writes(*pair)) for pair in some))
        await asyncio.sleep(_BETWEEN_SECONDS)
    return to_desk, to_child


async def _timed(message: Awaitable[float]) -> float | None:
    """Return how long a message needed, or None for one that was refused or never seen: it is counted, not hidden."""
    try:
        return await message
    except (TimeoutError, AssertionError, aiohttp.ClientError):
        return None


async def _child_writes(desk: AtDesk, phone: Phone) -> float:
    word = new_word()
    return await desk.waiting.come(word, phone.child.says(f"em nghe cô nói rồi {word}"))


async def _counsellor_writes(desk: AtDesk, phone: Phone) -> float:
    word = new_word()
    return await phone.waiting.come(word, desk.write(f"Cô nghe em {word}."))


def _spread(seconds: Sequence[float | None]) -> dict[str, int]:
    came = [each * 1000 for each in seconds if each is not None]
    lost = {"of": len(seconds), "never_seen": len(seconds) - len(came)}
    if len(came) < _FEWEST:
        return lost
    parts = statistics.quantiles(came, n=100, method="inclusive")
    return {"p50": round(parts[49]), "p95": round(parts[94]), "p99": round(parts[98]), "most": round(max(came)), **lost}


def _megabytes(product: Served, what: str = "VmRSS:") -> int:
    assert product.process is not None
    status = Path(f"/proc/{product.process.pid}/status").read_text(encoding="ascii")
    return int(status.partition(what)[2].split()[0]) // 1024


def _server_seconds(product: Served) -> float:
    assert product.process is not None
    after_name = Path(f"/proc/{product.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="How long a message needs while a whole shift is at the desk.")
    asked.add_argument("database", nargs="?", help="the address of an empty database; SQLite without one")
    asked.add_argument("--staff", type=int, default=100, help="counsellors signed in")
    asked.add_argument("--children", type=int, default=500, help="open conversations")
    asked.add_argument("--messages", type=int, default=400, help="how many each way")
    asked.add_argument("--frames", type=int, default=40, help="how many until they are painted; 0: no browser")
    given = asked.parse_args()
    size = Size(staff=given.staff, children=given.children, messages=given.messages, frames=given.frames)
    print(json.dumps(asyncio.run(measure(size, given.database)), indent=1))
