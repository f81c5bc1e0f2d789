"""`khien keys`: which master keys there are and what they wrap; a new one takes over while the product runs."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from bot.ledgers import AsJson
from bot.opening import opened, show
from bot.sealed import UNDER_MASTER_KEYS
from bot.settings import load_settings
from store import marks
from store.database import Database
from store.keys import FileKeys, KeySource
from store.rotation import rewrap, rows_by_key, take_over
from store.vault import Vault, VaultError

app_for_keys = typer.Typer(help="The master keys. No command ever shows one.", no_args_is_help=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rotated:
    added: bool
    rewrapped: int
    rows: Mapping[int, int]  # by key, afterwards
    newest: int


@app_for_keys.command("show")
def show_keys(*, as_json: AsJson = False) -> None:
    """List the master keys by number, when each was made, and how many rows it wraps.

    Example: khien keys show --json
    """
    found = asyncio.run(_shown())
    lines = [f"{found['source']}, key {found['newest']} wraps what is new"]
    lines += [
        f"key {key['key']}: {key['rows']} rows, made {key['made'] or 'at an unknown time'}" for key in found["keys"]
    ]
    lines += [f"key {key['key']}: {key['rows']} rows, MISSING: put it back from a backup" for key in found["missing"]]
    show(found, as_json=as_json, table="\n".join(lines))


@app_for_keys.command("rotate")
def rotate(
    *,
    retire: Annotated[
        int | None, typer.Option(min=1, help="take this old key out of the key file instead, once it wraps nothing")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a master key and wrap everything by it, while the product runs. Interrupted, run it again: it goes on.

    Exit code 1 when an old key still wraps something. Example: khien keys rotate --json
    """
    if retire is not None:
        _retire(retire, as_json=as_json)
        return
    source = load_settings().keys
    done = asyncio.run(_rotated())
    left = sum(done.rows.values()) - done.rows.get(done.newest, 0)
    words = f"key {done.newest} wraps {done.rows.get(done.newest, 0)} rows, {done.rewrapped} of them anew"
    if left:
        words += f"; {left} rows are under older keys: is a process running that does not know key {done.newest}?"
    elif not done.added and not done.rewrapped:
        words += (
            f". To rotate, add key {done.newest + 1} to what {source.name} gives, keep the others, and run this again"
        )
    value = {"added": done.added, "newest": done.newest, "rewrapped": done.rewrapped, "left": left}
    show(value, as_json=as_json, table=words)
    if left:
        raise typer.Exit(1)


def _retire(number: int, *, as_json: bool) -> None:
    rows = asyncio.run(_retired(number))
    words = f"key {number} is retired; a backup made before the rotation opens only with a copy of the old key file"
    if rows:
        words = f"key {number} still wraps {rows} rows and stays. Run `khien keys rotate` first."
    show({"key": number, "retired": not rows, "rows": rows}, as_json=as_json, table=words)
    if rows:
        raise typer.Exit(1)


async def _shown() -> dict[str, Any]:
    settings = load_settings()
    async with opened(settings) as (database, _vault):
        keys, rows = settings.keys.read(), await _rows(database)
    made = {number: at.isoformat() for number, at in keys.made.items()}
    return {
        "source": settings.keys.name,
        "newest": keys.newest,
        "keys": [{"key": number, "made": made.get(number), "rows": rows[number]} for number in sorted(keys.master)],
        "missing": [{"key": number, "rows": rows[number]} for number in sorted(rows) if number not in keys.master],
    }


async def _rotated() -> _Rotated:
    settings = load_settings()
    async with opened(settings) as (database, vault):
        rows = await _rows(database)
        behind = sum(rows.values()) - rows[vault.newest]
        # What an interrupted rotation left comes first: it needs no further key.
        added = not behind and _added(settings.keys, vault)
        await take_over(database, vault)
        rewrapped = 0
        async for moved in rewrap(database, vault, UNDER_MASTER_KEYS):
            rewrapped += moved
            if moved:
                typer.echo(f"{rewrapped} rows wrapped anew", err=True)
        return _Rotated(added=added, rewrapped=rewrapped, rows=await _rows(database), newest=vault.newest)


def _added(source: KeySource, vault: Vault) -> bool:
    if not isinstance(source, FileKeys):
        return False
    source.add(vault.newest, datetime.now(UTC))
    vault.refresh()
    return True


async def _retired(number: int) -> int:
    """Take a key out of the file if it wraps nothing; returns how many rows it wraps."""
    settings = load_settings()
    source = settings.keys
    if not isinstance(source, FileKeys):
        words = (
            f"{source.name}: only a key file can be written to. Once `khien keys show` counts 0 rows for key {number}"
        )
        raise VaultError(f"{words}, take it out there.")
    async with opened(settings) as (database, vault):
        known = sorted(source.read().master)
        if number not in known or number == vault.newest:
            words = f"key {number} cannot be retired: there are {', '.join(map(str, known))}, and the last is in use"
            raise VaultError(f"{source.name}: {words}. See `khien keys show`.")
        async with database.transaction() as unit:
            # From here on nobody wraps by an older key, and whoever did has committed.
            await marks.raise_to(unit, marks.MASTER_KEY, vault.newest)
            rows = (await rows_by_key(unit, UNDER_MASTER_KEYS))[number]
            if not rows:
                source.remove(number)
    return rows


async def _rows(database: Database) -> Counter[int]:
    async with database.reading() as unit:
        return await rows_by_key(unit, UNDER_MASTER_KEYS)
