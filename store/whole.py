"""What must not stop half-way, whoever waits for it is cancelled meanwhile."""

import asyncio
import contextlib
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, TypeVar

_Made = TypeVar("_Made")


async def whole(running: Coroutine[Any, Any, _Made]) -> _Made:
    """Await `running` to its end, and only then let a cancellation through.

    For what must not stop half-way. SQLite's driver, for one, works in a thread of its own and goes on with what nobody
    waits for any more: a request that ended in the middle of BEGIN or COMMIT left its connection, and with it the one
    lock for writing, to nobody, and each write after it waited ten seconds and failed.
    """
    task = asyncio.ensure_future(running)
    interrupted: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            interrupted = error
    if interrupted is not None:
        with contextlib.suppress(Exception):  # whoever waited for it is gone
            task.result()
        raise interrupted
    return task.result()


class Whole(AbstractAsyncContextManager[_Made]):
    """A context that is entered and left to the end, whoever is cancelled meanwhile."""

    def __init__(self, manager: AbstractAsyncContextManager[_Made]) -> None:
        self._manager = manager

    async def __aenter__(self) -> _Made:
        """Enter it, and leave it again where nobody waits for it any more."""
        entered = False

        async def enter() -> _Made:
            nonlocal entered
            made = await self._manager.__aenter__()
            entered = True
            return made

        try:
            return await whole(enter())
        except asyncio.CancelledError as error:
            if entered:  # nobody will leave it
                await whole(self._manager.__aexit__(type(error), error, error.__traceback__))
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Leave it."""
        return await whole(self._manager.__aexit__(kind, error, trace))
