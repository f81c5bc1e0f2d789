"""`khien parked list`, `khien parked retry`: messages that a fault set aside, by number and time, never by word."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime

import typer

from bot.ledgers import AsJson
from bot.opening import opened, show
from bot.settings import load_settings
from escalation import trail
from store import parked
from store.parked import Listed

app_for_parked = typer.Typer(help="Messages that a fault set aside, without their words.", no_args_is_help=True)
OPERATOR = "operator"


@app_for_parked.command("list")
def list_parked(*, as_json: AsJson = False) -> None:
    """List what is set aside. Example: khien parked list --json"""  # noqa: D415
    rows = asyncio.run(_listed())
    lines = [
        f"{row.conversation}  {row.seq:>5}  {row.kind:<7}  {row.received_at.isoformat(timespec='seconds')}  "
        f"{row.attempts:>3} tries  "
        + ("waits for its person" if row.held else f"next {row.next_attempt_at.isoformat(timespec='seconds')}")
        for row in rows
    ]
    show([asdict(row) for row in rows], as_json=as_json, table="\n".join(lines) or "nothing is set aside")


@app_for_parked.command("retry")
def retry(*, as_json: AsJson = False) -> None:
    """Say that the fault is mended: the running product reads everything that is set aside again, at once.

    Example: khien parked retry
    """
    count = asyncio.run(_retry())
    show({"due": count}, as_json=as_json, table=f"{count} due now; `khien serve` reads them, `khien parked list` shows")


async def _listed() -> tuple[Listed, ...]:
    async with opened(load_settings()) as (database, _vault), database.reading() as unit:
        return await parked.listed(unit)


async def _retry() -> int:
    now = datetime.now(UTC)
    async with opened(load_settings()) as (database, _vault), database.transaction() as unit:
        count = await parked.try_now(unit, now, mended=True)
        await trail.record(
            unit, stream=trail.SYSTEM, actor=OPERATOR, action="parked.retried", at=now, detail={"count": count}
        )
        return count
