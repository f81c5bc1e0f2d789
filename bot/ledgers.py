"""`khien case list`, `khien consent list`, `khien audit`: what may be shown without any child's words."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select

from bot.opening import opened, show
from bot.settings import load_settings
from escalation import consent, trail
from escalation.tables import cases
from escalation.trail import BrokenLink, Head
from store.database import Transaction

app_for_cases = typer.Typer(help="Cases, without any child's text.", no_args_is_help=True)
app_for_consent = typer.Typer(help="The consent ledger.", no_args_is_help=True)
app_for_audit = typer.Typer(help="The trail of everything staff did.", no_args_is_help=True)
_HEAD = re.compile(r"([0-9a-f]{64}) ([0-9]{1,9}) (\S{1,80})")
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for a program to read")]


@app_for_cases.callback()
@app_for_consent.callback()
@app_for_audit.callback()
def _group() -> None:
    """Keep the sub-command's name even where there is only one."""


@app_for_cases.command("list")
def list_cases(*, as_json: AsJson = False) -> None:
    """List every case. Example: khien case list --json"""  # noqa: D415
    rows = asyncio.run(_read(_cases))
    lines = [f"{row['id']}  {row['state']:<9}  {row['urgency']:<9}  {' '.join(row['harms'])}" for row in rows]
    show(rows, as_json=as_json, table="\n".join(lines) or "no case yet")


@app_for_consent.command("list")
def list_consent(*, as_json: AsJson = False) -> None:
    """List every decision. Example: khien consent list --json"""  # noqa: D415
    rows = asyncio.run(_read(_consents))
    lines = [f"{row['time']}  {row['pseudonym']}  {row['item']:<12}  {row['decision']}" for row in rows]
    show(rows, as_json=as_json, table="\n".join(lines) or "no decision yet")


@app_for_audit.command("verify")
def verify(
    *,
    heads: Annotated[Path | None, typer.Option(help="what `khien audit heads` printed before", dir_okay=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Walk every chain of the trail; exit code 1 when one is broken. Example: khien audit verify --heads heads.txt"""  # noqa: D415
    kept = () if heads is None else _heads_of(heads)
    total, broken, gone = asyncio.run(_read(lambda unit: _verified(unit, kept)))
    words = [f"{total} entries, {len(broken)} chains BROKEN" if broken else f"{total} entries, every chain whole"]
    words += [f"{link.stream}: BROKEN at entry {link.number}" for link in broken]
    words += [f"{link.stream}: entry {link.number} is GONE, or was written anew" for link in gone]
    value = {"entries": total, "broken": [asdict(link) for link in broken], "gone": [asdict(link) for link in gone]}
    show(value, as_json=as_json, table="\n".join(words))
    if broken or gone:
        raise typer.Exit(1)


@app_for_audit.command("heads")
def heads(*, as_json: AsJson = False) -> None:
    """Print the last entry of every chain, to be kept elsewhere. Example: khien audit heads > heads.txt"""  # noqa: D415
    found = asyncio.run(_read(trail.heads))
    table = "\n".join(f"{head.hash} {head.number} {head.stream}" for head in found)
    show([asdict(head) for head in found], as_json=as_json, table=table)


async def _verified(
    unit: Transaction, kept: Sequence[Head]
) -> tuple[int, tuple[BrokenLink, ...], tuple[BrokenLink, ...]]:
    return *await trail.verify(unit), await trail.gone(unit, kept)


def _heads_of(file: Path) -> tuple[Head, ...]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{file} cannot be read. Name the file that `khien audit heads` filled.") from error
    found = [_HEAD.fullmatch(line) for line in lines]
    wrong = next((place for place, match in enumerate(found, 1) if match is None), None)
    if wrong is not None:
        raise typer.BadParameter(
            f"{file}, line {wrong}: not `<hash> <number> <stream>`, as `khien audit heads` prints."
        )
    return tuple(Head(hash=match[1], number=int(match[2]), stream=match[3]) for match in found if match)


async def _read(query: Any) -> Any:
    async with opened(load_settings()) as (database, _vault), database.reading() as unit:
        return await query(unit)


async def _cases(unit: Transaction) -> list[dict[str, Any]]:
    rows = (await unit.execute(select(cases).order_by(cases.c.opened_at))).all()
    times = ("opened_at", "claimed_at", "first_reply_at", "closed_at")
    return [
        {
            "id": row.id,
            "state": row.state,
            "urgency": row.urgency,
            "harms": row.harms.split(),
            "subject": row.subject,
            "band": row.band,
            "basis": row.basis,
            "items": sorted(
                item for item, decision in (await consent.granted_items(unit, row.id)).items() if decision == "granted"
            ),
            "owner": row.owner_id,
            "times": {name: getattr(row, name).isoformat() for name in times if getattr(row, name) is not None},
        }
        for row in rows
    ]


async def _consents(unit: Transaction) -> list[dict[str, Any]]:
    return [
        {
            "pseudonym": row.pseudonym,
            "item": row.item,
            "decision": row.decision,
            "wording": row.wording,
            "channel": row.channel,
            "time": row.at.isoformat(),
        }
        for row in await consent.everything(unit)
    ]
