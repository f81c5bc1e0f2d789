"""What a run of the simulator counts; the same seed gives the same report, byte for byte."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import func, select

from bot.simulation.checks.broken import CHECKS
from bot.simulation.checks.promises import TARGETS
from bot.simulation.happening import Happening
from bot.simulation.world import World
from escalation.tables import alert, cases, consent, follow_up
from store.tables import inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long the children of one urgency waited for a person's first words, in seconds."""

    answered: int
    median: float
    nine_in_ten: float
    longest: float
    in_target: float  # share of those answered
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a run."""

    seed: int
    emergency_policy: str
    hours: float  # that passed on the simulator's clock
    events: int
    kinds: dict[str, int]
    people: int
    disclosures: int
    emergencies: int
    cases: dict[str, int]  # by state at the end
    consents: dict[str, int]
    follow_ups: dict[str, int]  # by state at the end
    waits: dict[str, Waits]
    waits_by_day: dict[str, Waits]  # of cases that opened while somebody was at the desk
    alerts: dict[str, int]
    faults: dict[str, int]
    checks: tuple[str, ...]

    def values(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return asdict(self)

    def words(self) -> str:
        """Return the report as a person reads it."""
        lines = [
            f"seed {self.seed}, policy {self.emergency_policy}",
            f"{self.events} events in {self.hours} hours, {self.people} people",
            _row("what happened", self.kinds),
            f"disclosures {self.disclosures}, emergencies {self.emergencies}",
            _row("cases", self.cases),
            _row("consents", self.consents),
            _row("follow-ups", self.follow_ups),
            _row("alerts", self.alerts),
            _row("faults survived", self.faults),
            "first human reply, seconds:",
            *_table(self.waits, "all"),
            *_table(self.waits_by_day, "opened while staffed"),
            f"checks held after every event: {', '.join(self.checks)}",
        ]
        return "\n".join(lines)


def _row(name: str, counts: dict[str, int]) -> str:
    return f"{name}: {', '.join(f'{key} {count}' for key, count in counts.items()) or 'none'}"


def _table(waits: dict[str, Waits], name: str) -> list[str]:
    return [
        f"  {name}, {urgency}: {wait.answered} answered, median {wait.median}, nine in ten {wait.nine_in_ten}, "
        f"longest {wait.longest}, in target {wait.in_target:.1%}, not answered {wait.unanswered}"
        for urgency, wait in waits.items()
    ]


@dataclass(slots=True)
class _Case:
    staffed: bool
    urgency: str
    waited: float | None = None


@dataclass(slots=True)
class Tally:
    """Counts while a run goes on."""

    kinds: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    late: int = 0
    _cases: dict[str, _Case] = field(default_factory=dict)

    def note(self, world: World, happening: Happening) -> None:
        """Count one step and what came of it."""
        step = happening.step
        self.kinds[_kind(happening)] += 1
        self.duplicates += happening.repeated
        self.late += step.late
        if not happening.repeated:
            self.tags[step.tag] += 1
        for row in happening.open_cases:
            known = self._cases.setdefault(row.id, _Case(staffed=bool(world.desk.pages), urgency=row.urgency))
            if known.waited is None:
                known.urgency = row.urgency
                if row.first_reply_at is not None:
                    known.waited = (row.first_reply_at - row.opened_at).total_seconds()

    async def report(self, world: World, *, seed: int, hours: float) -> Report:
        """Return the figures."""
        del hours
        counted = list(self._cases.values())
        return Report(
            seed=seed,
            emergency_policy=world.emergency_policy,
            hours=round(world.clock.seconds / 3600, 2),
            events=sum(self.kinds.values()),
            kinds=dict(sorted(self.kinds.items())),
            people=len(world.phones),
            disclosures=self.tags["disclosure"],
            emergencies=self.tags["emergency"],
            cases=await _count(world, cases.c.state),
            consents=await _count(world, consent.c.item + " " + consent.c.decision),
            follow_ups=await _count(world, follow_up.c.state),
            waits=_waits(counted),
            waits_by_day=_waits([case for case in counted if case.staffed]),
            alerts=await _count(world, alert.c.kind),
            faults={
                "processes that died": world.restarts,
                "turns that failed": world.errors,
                "rows set aside": (await _count(world, inbox.c.status)).get("parked", 0),
                "sends refused": world.messenger.failures,
                "duplicates dropped": self.duplicates,
                "late or out of order": self.late,
            },
            checks=CHECKS,
        )


def _kind(happening: Happening) -> str:
    step = happening.step
    if step.does is not None:
        return f"staff {step.does}"
    if step.jumps is not None:
        return "jumps"
    if step.says:
        return "bursts" if len(step.says) > 1 else "typed"
    return "pressed" if step.presses is not None else "attached"


def _waits(counted: list[_Case]) -> dict[str, Waits]:
    return {urgency: _of([case for case in counted if case.urgency == urgency], urgency) for urgency in TARGETS}


def _of(counted: list[_Case], urgency: str) -> Waits:
    waited = sorted(case.waited for case in counted if case.waited is not None)
    target = TARGETS[urgency].total_seconds()
    return Waits(
        answered=len(waited),
        median=_at(waited, 0.5),
        nine_in_ten=_at(waited, 0.9),
        longest=_at(waited, 1.0),
        in_target=round(sum(wait <= target for wait in waited) / len(waited), 3) if waited else 0.0,
        unanswered=len(counted) - len(waited),
    )


def _at(ordered: list[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1) if ordered else 0.0


async def _count(world: World, column: Any) -> dict[str, int]:
    async with world.database.reading() as unit:
        rows: Any = (await unit.execute(select(column, func.count()).group_by(column))).all()
    return dict(sorted((str(row[0]), int(row[1])) for row in rows))
