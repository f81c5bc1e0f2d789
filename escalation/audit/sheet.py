"""The trail as a sheet for whoever audits: machine words and hashes, so that it can be checked outside."""

import json
from collections.abc import Iterable, Mapping

from escalation.audit.reading import Entry
from escalation.sheets import csv_of

HEADER = ("at_utc", "stream", "number", "actor", "actor_name", "action", "detail", "hash")


def sheet_of(entries: Iterable[Entry], names: Mapping[str, str]) -> bytes:
    """Return the entries as CSV; `names` are the display names of staff by id."""
    return csv_of(HEADER, (_row(entry, names) for entry in entries))


def _row(entry: Entry, names: Mapping[str, str]) -> tuple[str, ...]:
    detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)
    return (
        entry.at.isoformat(),
        entry.stream,
        str(entry.number),
        entry.actor,
        names.get(entry.actor, ""),
        entry.action,
        detail,
        entry.hash,
    )
