"""`khien report vital`: counts for the operator's own control; never a text, never a name."""

import asyncio
import re
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from typing import Annotated

import typer

from bot.ledgers import AsJson
from bot.opening import opened, show
from bot.settings import load_settings
from escalation import signing

app_for_reports = typer.Typer(
    help="Reports for the operator and for an auditor, without any child's text.", no_args_is_help=True
)
_HANOI = timezone(timedelta(hours=7))  # all year
_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])")
_DECEMBER = 12
_WORDS = {
    "opened": "opened without a yes",
    "reasons_written": "reason written",
    "signed_in_time": "signed within the shift",
    "signed_late": "signed late",
    "unsigned": "not signed",
    "turned_into_consent": "turned into consent",
    "ended": "ended",
}


@app_for_reports.command("vital")
def vital(
    month: Annotated[str, typer.Option(help="such as 2026-11, by the clock of Ha Noi")], *, as_json: AsJson = False
) -> None:
    """Count the cases that a month saw opened without a yes. Example: khien report vital --month 2026-11 --json"""  # noqa: D415
    start, end = month_of(month)
    counts = asdict(asyncio.run(_counts(start, end)))
    table = "\n".join(f"{counts[name]:>6}  {words}" for name, words in _WORDS.items())
    show({"month": month, **counts}, as_json=as_json, table=table)


def month_of(text: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month and that of the next; raises BadParameter that says how to write it."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no month; write it as 2026-11")
    year, month = int(found[1]), int(found[2])
    start = datetime(year, month, 1, tzinfo=_HANOI)
    following = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
    return start, datetime(*following, 1, tzinfo=_HANOI)


async def _counts(start: datetime, end: datetime) -> signing.Counts:
    async with opened(load_settings()) as (database, _vault), database.reading() as unit:
        return await signing.counts(unit, start, end)
