"""`khien case list`, `khien consent list`, `khien audit verify`: what may be shown without any child's words."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy import select

from bot.opening import opened, show
from bot.settings import load_settings
from escalation import consent, trail
from escalation.tables import cases
from store.database import Transaction

app_for_cases = typer.Typer(help="Cases, without any child's text.", no_args_is_help=True)
app_for_consent = typer.Typer(help="The consent ledger.", no_args_is_help=True)
app_for_audit = typer.Typer(help="The trail of everything staff did.", no_args_is_help=True)
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
def verify(*, as_json: AsJson = False) -> None:
    """Walk every chain of the trail; exit code 1 when one is broken. Example: khien audit verify"""  # noqa: D415
    total, broken = asyncio.run(_read(trail.verify))
    words = f"{total} entries, every chain whole" if not broken else f"{total} entries, {len(broken)} chains BROKEN"
    show({"entries": total, "broken": [asdict(link) for link in broken]}, as_json=as_json, table=words)
    if broken:
        raise typer.Exit(1)


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
