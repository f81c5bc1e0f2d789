"""The simulator as CI runs it: 20,000 events, the same report for the same seed, and faults that really happen."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot.simulation.run import Gear, simulate
from tests.postgres import running_postgres

RUNS = ((1, "consent"), (2, "consent"), (3, "vital_interest"), (4, "vital_interest"))
EVENTS_EACH = 5000
PROGRAM = "from bot.cli import main; main()"


def run_of(seed: int, policy: str) -> dict[str, Any]:
    command = [sys.executable, "-c", PROGRAM, "simulate", "--hours", "1000", "--seed", str(seed), "--json"]
    command += ["--policy", policy]
    done = subprocess.run([*command, "--events", str(EVENTS_EACH)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_twenty_thousand_events_break_nothing() -> None:
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(run_of, *zip(*RUNS, strict=True)))
    assert sum(report["events"] for report in reports) >= len(RUNS) * EVENTS_EACH
    for report in reports:
        assert report["disclosures"] > 100
        assert report["emergencies"] > 10
        assert sum(report["cases"].values()) > 20
        if report["emergency_policy"] == "consent":
            assert report["consents"]["conversation granted"] >= sum(report["cases"].values())
        assert min(report["faults"][fault] for fault in ("processes that died", "turns that failed")) > 0
        assert report["faults"]["duplicates dropped"] > 0
        assert report["faults"]["late or out of order"] > 0
        assert report["faults"]["sends refused"] > 0


async def test_the_same_seed_gives_the_same_report_to_the_byte(gear: Gear) -> None:
    first, second = [await simulate(gear, seed=11, events=250) for _ in range(2)]
    assert first.broken is None
    assert first.report.words() == second.report.words()
    assert json.dumps(first.report.values()) == json.dumps(second.report.values())
    assert first.steps == second.steps


async def test_another_seed_gives_another_run(gear: Gear) -> None:
    first, second = [await simulate(gear, seed=seed, events=60) for seed in (12, 13)]
    assert first.steps != second.steps


async def test_the_world_runs_on_postgresql_as_well(gear: Gear) -> None:
    with running_postgres() as server:
        outcome = await simulate(gear, seed=14, events=200, database_url=server.fresh("simulation"))
    assert outcome.broken is None
    assert outcome.report.people > 5
