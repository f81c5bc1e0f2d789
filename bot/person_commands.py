"""`khien person export`: what is kept of one person, as a file for the one who asked for it."""

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from sqlalchemy import select

from bot.opening import opened
from bot.own_data import document, read_own_data, read_own_words, read_staff_words
from bot.settings import load_settings
from bot.state import Role, from_json
from escalation import trail
from escalation.consent import pseudonym_of
from store import conversations
from store.database import Transaction
from store.tables import conversation

app_for_persons = typer.Typer(help="What is kept of one person.", no_args_is_help=True)
_OWNER_ONLY = 0o600
OPERATOR = "operator"


@app_for_persons.callback()
def _group() -> None:
    """Keep the sub-command's name even where there is only one."""


@app_for_persons.command("export")
def export_person(
    pseudonym: Annotated[str, typer.Argument(help="as the person was told it, such as nhim-0a1b2c3d")],
    *,
    role: Annotated[Literal["child", "parent"], typer.Option(help="whose data: two people may share one phone")],
    to: Annotated[Path, typer.Option(help="a new file; it is never written to the terminal")],
    staff_words: Annotated[
        bool,
        typer.Option(
            "--staff-words", help="with what staff wrote; read it first, leave out what would endanger anybody"
        ),
    ] = False,
) -> None:
    """Write everything kept of one person into a new file that only its owner can read; the trail names it.

    Example: khien person export nhim-0a1b2c3d --role child --to nhim-0a1b2c3d.json
    """
    # The file first: the trail must not name an export that could not be written, nor an old file be lost.
    try:
        file = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except FileExistsError:
        raise typer.BadParameter(f"{to} is there already; name a new file") from None
    with os.fdopen(file, "w", encoding="utf-8") as out:
        try:
            found = asyncio.run(_export(pseudonym, role, staff_words=staff_words))
        except BaseException:
            to.unlink()
            raise
        json.dump(found, out, ensure_ascii=False, indent=2)
    typer.echo(f"{pseudonym}: written to {to}, readable by you alone. Hand it to that person only, and erase it then.")


async def _export(pseudonym: str, role: Role, *, staff_words: bool) -> dict[str, Any]:
    now = datetime.now(UTC)
    async with opened(load_settings()) as (database, vault), database.transaction() as unit:
        held = await conversations.read(unit, vault, await _conversation_of(unit, pseudonym))
        own = await read_own_data(unit, held, role)
        words = await read_own_words(unit, held, role)
        written = await read_staff_words(unit, held, role) if staff_words else None
        await trail.record(
            unit,
            stream=trail.SYSTEM,
            actor=OPERATOR,
            action="person.exported",
            at=now,
            detail={"pseudonym": pseudonym, "role": role} | ({"staff_words": True} if staff_words else {}),
        )
        told = document(from_json(held.state), role, own, words, now)
        return told if written is None else told | {"words_of_staff": written}


async def _conversation_of(unit: Transaction, pseudonym: str) -> str:
    """Return the one conversation of a pseudonym; raises BadParameter where there is none, or more than one."""
    beginning = pseudonym.removeprefix(pseudonym_of(""))
    ids = await unit.execute(select(conversation.c.id).where(conversation.c.id.startswith(beginning, autoescape=True)))
    found = [each for each in ids.scalars() if pseudonym_of(each) == pseudonym]
    if not found:
        raise typer.BadParameter(f"nobody has the pseudonym {pseudonym}; look at `khien consent list`")
    if len(found) > 1:
        raise typer.BadParameter(f"{len(found)} people share the pseudonym {pseudonym}; it must be certain whose it is")
    return str(found[0])
