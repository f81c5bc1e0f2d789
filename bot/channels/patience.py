"""Waits for the database no longer than a child should: one that hangs is as good as away."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

STORE_SECONDS = 15.0  # longer than SQLite waits for its writer
_Result = TypeVar("_Result")
_left: set[asyncio.Task[Any]] = set()


async def within(seconds: float, work: Coroutine[Any, Any, _Result]) -> _Result:
    """Return what `work` returns; raises TimeoutError when it takes longer than `seconds`.

    Work that is late is left to end by itself: a driver that is cancelled waits for the very server that hangs. What it
    stores after all is known by its external id when it comes again.
    """
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        _left.add(task)
        task.add_done_callback(_forget)
        raise TimeoutError
    return task.result()


def _forget(task: asyncio.Task[Any]) -> None:
    _left.discard(task)
    if not task.cancelled():
        task.exception()  # taken, so that nobody is told that it was not: its text may hold a row
