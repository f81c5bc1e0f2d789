"""`khien purge`, `khien report retention`, `khien hold`: the clocks, and the cases that no clock may touch."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from bot import clocks
from bot.clocks import Terms
from bot.ledgers import AsJson
from bot.opening import opened, show
from bot.reports import app_for_reports
from bot.settings import load_settings
from escalation import holds
from escalation.errors import EscalationError

app_for_holds = typer.Typer(help="Legal hold: cases that no clock touches.", no_args_is_help=True)
Case = Annotated[str, typer.Argument(help="the case's id")]
Reason = Annotated[str, typer.Option("--reason", help="why: the authority and its paper; never a child's words")]
By = Annotated[str, typer.Option("--by", help="who decides this")]
_LONGEST_REASON = 200


def purge(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only count what is due")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase now what has been kept as long as was promised (the running product does it every hour).

    Example: khien purge --dry-run --json
    """
    counted = asyncio.run(_due() if dry_run else _purge())
    words = ", ".join(f"{number} {name}" for name, number in counted.items())
    show(counted, as_json=as_json, table=f"{words} {'due' if dry_run else 'erased'}")


@app_for_reports.command("retention")
def report_retention(*, as_json: AsJson = False) -> None:
    """Tell for each class how long it is kept, how much there is and what is due. Example: khien report retention"""  # noqa: D415
    told = asyncio.run(_report())
    lines = [
        f"{each['class']:<16} {_term(each['days']):>10}  {each['kept']:>7} kept  {each['due']:>6} due  "
        f"oldest {each['oldest'] or '-'}"
        for each in told["classes"]
    ]
    last = told["last_run"]
    lines.append(f"held: {' '.join(told['held']) or 'none'}")
    lines.append(f"last run that erased: {last['at'] if last else 'none'}")
    show(told, as_json=as_json, table="\n".join(lines))


@app_for_holds.command("add")
def add_hold(case: Case, reason: Reason, by: By) -> None:
    """Keep a case until it is released. Example: khien hold add CASE --reason "A05, letter 12" --by lan"""  # noqa: D415
    asyncio.run(_change(holds.add, case, reason, by))
    typer.echo(f"{case} is held")


@app_for_holds.command("release")
def release_hold(case: Case, reason: Reason, by: By) -> None:
    """Let the clocks run again. Example: khien hold release CASE --reason "letter 15" --by lan"""  # noqa: D415
    asyncio.run(_change(holds.release, case, reason, by))
    typer.echo(f"{case} is released")


@app_for_holds.command("list")
def list_holds(*, as_json: AsJson = False) -> None:
    """List every case that is held. Example: khien hold list --json"""  # noqa: D415
    rows = asyncio.run(_held())
    lines = [f"{row['case']}  {row['since']}  {row['by']}  {row['detail']}" for row in rows]
    show(rows, as_json=as_json, table="\n".join(lines) or "no case is held")


async def _purge() -> dict[str, int]:
    settings = load_settings()
    async with opened(settings) as (database, vault):
        return await clocks.run(database, vault, Terms.of(settings), datetime.now(UTC))


async def _due() -> dict[str, int]:
    return {each["class"]: each["due"] for each in (await _report())["classes"] if each["days"] is not None}


async def _report() -> dict[str, Any]:
    settings = load_settings()
    async with opened(settings) as (database, _vault), database.reading() as unit:
        return await clocks.report(unit, Terms.of(settings), datetime.now(UTC))


async def _held() -> list[dict[str, Any]]:
    async with opened(load_settings()) as (database, _vault), database.reading() as unit:
        return [
            {"case": hold.case_id, "since": hold.at.isoformat(), "by": hold.by, "detail": hold.detail}
            for hold in (await holds.held(unit)).values()
        ]


async def _change(change: Any, case: str, reason: str, by: str) -> None:
    if not reason.strip() or len(reason) > _LONGEST_REASON or not by.strip():
        raise typer.BadParameter(f"name who decides, and a reason of 1 to {_LONGEST_REASON} letters")
    try:
        async with opened(load_settings()) as (database, _vault), database.transaction() as unit:
            await change(unit, case, reason=reason.strip(), by=by.strip(), now=datetime.now(UTC))
    except EscalationError as error:
        raise typer.BadParameter(f"{case}: {error} `khien case list` shows every case.") from None


def _term(days: int | None) -> str:
    return "kept" if days is None else f"{days} days"
