"""`khien simulate`: a whole hotline on a made-up clock, with the checks of what can never happen."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from bot.opening import show
from bot.settings import EmergencyPolicy
from bot.simulation.run import Gear, replay
from bot.simulation.run import simulate as run_simulation
from bot.simulation.shrink import shrink
from bot.simulation.steps import ReplayError, read_replay, write_replay
from bot.simulation.world import NotEmptyError

_SHRINK_SECONDS = 60.0


def simulate(
    *,
    hours: Annotated[float, typer.Option(min=0.01, help="hours that pass on the simulator's clock")] = 24.0,
    seed: Annotated[int, typer.Option(help="the same seed gives the same run")] = 1,
    events: Annotated[int | None, typer.Option(min=1, help="stop after so many events")] = None,
    emergency_policy: Annotated[
        EmergencyPolicy, typer.Option("--policy", help="what an emergency needs to reach 111, as the setting")
    ] = "consent",
    database: Annotated[str | None, typer.Option(help="an empty PostgreSQL; without it SQLite, thrown away")] = None,
    replayed: Annotated[Path | None, typer.Option("--replay", help="play the steps of a failed run again")] = None,
    out: Annotated[Path, typer.Option(help="where the steps of a failed run are written")] = Path("simulation.yml"),
    shrink_seconds: Annotated[
        float, typer.Option(min=0, help="how long a failed run is made shorter")
    ] = _SHRINK_SECONDS,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for a program to read")] = False,
) -> None:
    """Let children, relatives and counsellors live through hours of crashes; exit code 1 when a check breaks.

    Example: khien simulate --hours 24 --seed 7
    """
    if replayed is not None:
        _replay(replayed)
        return
    gear = Gear.load(emergency_policy=emergency_policy)
    started = time.perf_counter()
    try:
        outcome = asyncio.run(run_simulation(gear, seed=seed, hours=hours, events=events, database_url=database))
    except NotEmptyError as error:
        typer.echo(f"khien: {error}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{len(outcome.steps) / (time.perf_counter() - started):.0f} events a second", err=True)
    show(outcome.report.values(), as_json=as_json, table=outcome.report.words())
    if outcome.broken is not None:
        typer.echo(f"BROKEN {outcome.broken}", err=True)
        shorter = asyncio.run(shrink(gear, outcome, outcome.broken, seconds=shrink_seconds))
        write_replay(out, shorter)
        typer.echo(out.read_text(encoding="utf-8"), err=True)
        typer.echo(f"{len(shorter.steps)} steps; again: khien simulate --replay {out}", err=True)
        raise typer.Exit(1)


def _replay(path: Path) -> None:
    try:
        found = read_replay(path)
    except ReplayError as error:
        typer.echo(f"khien: {error}", err=True)
        raise typer.Exit(2) from None
    broken = asyncio.run(replay(Gear.load(emergency_policy=found.emergency_policy), found.steps))
    if broken is not None:
        typer.echo(f"BROKEN {broken}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{len(found.steps)} steps, and every check holds ({found.check} did not when this was written)")
