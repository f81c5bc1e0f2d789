"""`khien webhook retry`: what nobody took goes out once more, once the receiver is mended."""

import asyncio
from datetime import UTC, datetime

import typer

from bot.ledgers import AsJson
from bot.opening import opened, show
from bot.settings import load_settings
from escalation import trail
from escalation.shift import outward

app_for_webhooks = typer.Typer(help="Alerts and events of cases that leave the house.", no_args_is_help=True)
OPERATOR = "operator"


@app_for_webhooks.callback()
def _named() -> None:
    """Keep `retry` a word of its own."""


@app_for_webhooks.command("retry")
def retry(*, as_json: AsJson = False) -> None:
    """Send everything once more that nobody took: the receiver is mended.

    Example: khien webhook retry
    """
    count = asyncio.run(_retry())
    show({"due": count}, as_json=as_json, table=f"{count} due now; `khien serve` sends them, `khien doctor` shows")


async def _retry() -> int:
    now = datetime.now(UTC)
    async with opened(load_settings()) as (database, _vault), database.transaction() as unit:
        count = await outward.try_again(unit, now)
        detail = {"count": count}
        await trail.record(unit, stream=trail.SYSTEM, actor=OPERATOR, action="webhook.retried", at=now, detail=detail)
        return count
