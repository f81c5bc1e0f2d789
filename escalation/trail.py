"""Everything a staff member does or opens, and everything that happens to a case: append-only, hash-chained.

Each stream (one case, one staff member, the system) is a chain of its own, so that many machines can write without
waiting for one another. A changed, removed or inserted row breaks its stream's chain. A cut tail, or a chain that
somebody with the database in hand wrote anew from some row on, is found by `gone`: against `heads` kept elsewhere.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select

from escalation.tables import trail
from store.database import Transaction

SYSTEM = "system"
_FIRST = "0" * 64
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """The first row of a stream whose hash does not follow from the rows before it."""

    stream: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last entry of a stream at some moment."""

    stream: str
    number: int
    hash: str


def case_stream(case_id: str) -> str:
    """Return the name of a case's stream."""
    return f"case:{case_id}"


async def record(
    unit: Transaction, *, stream: str, actor: str, action: str, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    """Append one entry. `detail` holds ids and words of ours only."""
    await alone(unit, stream)
    last = (
        await unit.execute(
            select(trail.c.number, trail.c.hash)
            .where(trail.c.stream == stream)
            .order_by(trail.c.number.desc())
            .limit(1)
        )
    ).one_or_none()
    number, previous = (1, _FIRST) if last is None else (last.number + 1, last.hash)
    words = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    link = _link(previous, stream=stream, number=number, at=at, actor=actor, action=action, detail=words)
    values = {"stream": stream, "number": number, "at": at, "actor": actor, "action": action, "detail": words}
    await unit.execute(insert(trail).values(**values, hash=link))


async def alone(unit: Transaction, stream: str) -> None:
    """Be the only one who numbers something of this stream; always taken after a conversation and its case."""
    await unit.one_at_a_time(f"trail:{stream}")


async def verify(unit: Transaction, streams: Collection[str] | None = None) -> tuple[int, tuple[BrokenLink, ...]]:
    """Walk every chain, or those of some streams; returns how many entries they have and their first broken links."""
    broken: list[BrokenLink] = []
    total = 0
    stream, expected, previous = "", 1, _FIRST
    async for row in _links(unit, streams):
        total += 1
        if row.stream != stream:
            stream, expected, previous = row.stream, 1, _FIRST
        if broken and broken[-1].stream == stream:
            continue
        link = _link(
            previous,
            stream=row.stream,
            number=row.number,
            at=row.at,
            actor=row.actor,
            action=row.action,
            detail=row.detail,
        )
        if row.number != expected or row.hash != link:
            broken.append(BrokenLink(stream=stream, number=row.number))
        expected, previous = expected + 1, row.hash
    return total, tuple(broken)


async def _links(unit: Transaction, streams: Collection[str] | None) -> AsyncIterator[Any]:
    """Give the entries chain by chain, some at a time: the desk goes on meanwhile, and memory holds few."""
    every = select(trail).order_by(trail.c.stream, trail.c.number).limit(_AT_ONCE)
    if streams is not None:
        every = every.where(trail.c.stream.in_(streams))
    rows = (await unit.execute(every)).all()
    while rows:
        for row in rows:
            yield row
        last = rows[-1]
        same_stream = (trail.c.stream == last.stream) & (trail.c.number > last.number)
        rows = (await unit.execute(every.where((trail.c.stream > last.stream) | same_stream))).all()


async def heads(unit: Transaction) -> tuple[Head, ...]:
    """Return the last entry of every stream, to be kept where whoever holds the database cannot write."""
    last = select(trail.c.stream, func.max(trail.c.number).label("number")).group_by(trail.c.stream).subquery()
    same = (trail.c.stream == last.c.stream) & (trail.c.number == last.c.number)
    rows = await unit.execute(select(trail).join(last, same).order_by(trail.c.stream))
    return tuple(Head(stream=row.stream, number=row.number, hash=row.hash) for row in rows)


async def gone(unit: Transaction, kept: Iterable[Head]) -> tuple[BrokenLink, ...]:
    """Return those of the kept heads that are not there any more, or not as they were."""
    found = []
    for head in kept:
        mine = (trail.c.stream == head.stream) & (trail.c.number == head.number) & (trail.c.hash == head.hash)
        if (await unit.execute(select(trail.c.number).where(mine))).one_or_none() is None:
            found.append(BrokenLink(stream=head.stream, number=head.number))
    return tuple(found)


async def count(unit: Transaction, stream: str) -> int:
    """Return how many entries a stream has."""
    total: int = (
        await unit.execute(select(func.count()).select_from(trail).where(trail.c.stream == stream))
    ).scalar_one()
    return total


def _link(previous: str, *, stream: str, number: int, at: datetime, actor: str, action: str, detail: str) -> str:
    moment = at.astimezone(UTC).isoformat()
    line = "\0".join((previous, stream, str(number), moment, actor, action, detail))
    return hashlib.sha256(line.encode()).hexdigest()
