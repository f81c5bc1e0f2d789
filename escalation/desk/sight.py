"""The queue as many open pages see it at once: read once, and again as soon as something in it changes."""

from datetime import datetime

from escalation import queue, restrictions
from escalation.desk.turns import Turns
from escalation.permissions import Staff
from escalation.queue import QueueEntry
from store.database import Transaction
from store.vault import Vault

_Key = tuple[int, int, str, frozenset[str]]


class QueueSight:
    """What `queue.entries` says, kept for the pages that look within the same second. Whoever acts reads for itself."""

    def __init__(self) -> None:
        self.turns = Turns()
        self._known: dict[_Key, tuple[QueueEntry, ...]] = {}

    async def entries(
        self, unit: Transaction, vault: Vault, staff: Staff, now: datetime, changes: int
    ) -> tuple[QueueEntry, ...]:
        """Return the open cases that this person may see; `changes` were counted before the unit of work began."""
        second = int(now.timestamp())
        key = (changes, second, f"{staff.role}/{staff.area}", frozenset(await restrictions.hidden_from(unit, staff)))
        if key not in self._known:
            found = await queue.entries(unit, vault, staff, now)
            self._known = {known: each for known, each in self._known.items() if known[:2] == key[:2]} | {key: found}
        return self._known[key]
