"""Draws what happens from a seed and lets it happen, until the hours are over or a check is broken."""

import heapq
import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Literal

from structlog.testing import capture_logs

from bot.settings import EmergencyPolicy
from bot.simulation import chaos, shifts
from bot.simulation.checks import Broken, Watch
from bot.simulation.checks.words import Words
from bot.simulation.happening import Happening
from bot.simulation.lines import Lines, read_lines
from bot.simulation.machinery import START, CachedListener
from bot.simulation.people import Person, draw_persona
from bot.simulation.report import Report, Tally
from bot.simulation.steps import Step
from bot.simulation.world import World, opened
from content.library import Content
from nlu.listener import Listener

_ARRIVALS_AN_HOUR = (12, 6, 4, 3, 3, 6, 18, 30, 36, 36, 36, 42, 42, 40, 40, 48, 60, 66, 72, 84, 90, 78, 48, 24)
_RETURN_SECONDS = (3600.0, 9 * 86_400.0)
Kind = Literal["arrives", "acts", "works", "comes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gear:
    """What every world shares and is read once."""

    content: Content
    listener: CachedListener
    words: Words
    lines: Lines
    emergency_policy: EmergencyPolicy = "consent"

    @classmethod
    def load(
        cls,
        content: Content | None = None,
        listener: Listener | None = None,
        emergency_policy: EmergencyPolicy = "consent",
    ) -> "Gear":
        """Read content, model and lines."""
        return cls(
            content=content or Content.load(),
            listener=CachedListener(listener or Listener.load()),
            words=Words.load(),
            lines=read_lines(),
            emergency_policy=emergency_policy,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a run: its report, what happened, and what was broken if anything was."""

    report: Report
    steps: tuple[Step, ...]
    broken: Broken | None


@dataclass(slots=True, kw_only=True)
class _Drawing:
    """The dice, and everything that is still to come."""

    seed: int
    world: World
    lines: Lines
    random: Random
    people: dict[int, Person] = field(default_factory=dict)
    offered: dict[int, tuple[str, ...]] = field(default_factory=dict)
    workers: list[shifts.Worker] = field(default_factory=list)
    sent: dict[int, int] = field(default_factory=dict)
    at: float = 0.0  # of what is drawn now, in seconds since the beginning
    _coming: list[tuple[float, int, Kind, Any]] = field(default_factory=list)
    _order: Any = field(default_factory=itertools.count)

    def begin(self) -> None:
        """Plan the first arrival and the first shifts."""
        self.workers = shifts.staff(self.random, self.lines)
        self.later(0.0, "arrives", None)
        for worker in self.workers:
            self.later(worker.pause(), "works", worker)

    def later(self, seconds: float, kind: Kind, what: Any) -> None:
        """Plan something for the moment in `seconds`."""
        heapq.heappush(self._coming, (self.at + seconds, next(self._order), kind, what))

    def next_step(self) -> Step | None:
        """Return what happens next; None when that leaves no trace."""
        at, _, kind, what = heapq.heappop(self._coming)
        at = self.at = round(max(at, self.world.clock.seconds), 3)
        leap = chaos.jump(self.random)
        if leap is not None:
            self.later(0.0, kind, what)
            return Step(at=at, jumps=leap)
        match kind:
            case "arrives":
                self._arrive(at)
                return None
            case "acts":
                return self._act(at, what)
            case "works":
                return self._work(at, what)
            case _:
                return Step.model_validate({**what, "at": at})

    def _arrive(self, at: float) -> None:
        number = len(self.people) + 1
        persona = draw_persona(self.random)
        person = Person(number=number, persona=persona, lines=self.lines, random=Random(f"{self.seed}/{number}"))
        self.people[number] = person
        self.later(0.0, "acts", person)
        hour = (START + timedelta(seconds=at)).astimezone(shifts.VIETNAM).hour
        self.later(self.random.expovariate(_ARRIVALS_AN_HOUR[hour] / 3600), "arrives", None)

    def _act(self, at: float, person: Person) -> Step | None:
        number = person.number
        self.sent[number] = self.sent.get(number, 0) + 1
        act = {"person": number, "id": self.sent[number], **person.next_act(self.offered.get(number, ()))}
        self._plan_next(person)
        delay = chaos.comes_late(self.random)
        if delay is not None:
            self.later(delay, "comes", {**act, "late": True})
            return None
        again = chaos.comes_again(self.random)
        if again is not None:
            self.later(again, "comes", act)
        return Step.model_validate({"at": at, **act, **chaos.faults(self.random)})

    def _plan_next(self, person: Person) -> None:
        if person.left > 0:
            self.later(person.pause(), "acts", person)
        elif self.random.random() < person.persona.returns:
            person.left = self.random.randint(*person.persona.acts)
            self.later(self.random.uniform(*_RETURN_SECONDS), "acts", person)

    def _work(self, at: float, worker: shifts.Worker) -> Step | None:
        now = START + timedelta(seconds=at)
        act = worker.next_act(self.world.desk, now, at)
        self.later(worker.pause() if act is not None else max(worker.pause(), worker.until_shift(now)), "works", worker)
        if act is None:
            return None
        return Step.model_validate({"at": at, "staff": worker.number, **act, **chaos.faults(self.random)})

    def heard(self, happening: Happening) -> None:
        """Let everybody see what they were offered."""
        for said in happening.said:
            self.offered[said.phone] = said.choices


async def simulate(
    gear: Gear, *, seed: int, hours: float = 24.0, events: int | None = None, database_url: str | None = None
) -> Outcome:
    """Let `hours` pass, at most `events` steps; stops at the first check that does not hold."""
    steps: list[Step] = []
    tally = Tally()
    broken: Broken | None = None
    with capture_logs() as logged:
        async with opened(gear.content, gear.listener, gear.emergency_policy, database_url) as world:
            drawing = _Drawing(seed=seed, world=world, lines=gear.lines, random=Random(seed))
            drawing.begin()
            watch = Watch(gear.words, logged)
            try:
                while drawing.at < hours * 3600 and (events is None or len(steps) < events):
                    step = drawing.next_step()
                    if step is None:
                        continue
                    steps.append(step)
                    happening = await world.do(step)
                    drawing.heard(happening)
                    tally.note(world, happening)
                    await watch.look(world, happening)
                await _end(world, watch)
            except Broken as error:
                broken = error
            report = await tally.report(world, seed=seed, hours=hours)
    return Outcome(report=report, steps=tuple(steps), broken=broken)


async def replay(gear: Gear, steps: tuple[Step, ...]) -> Broken | None:
    """Let the same steps happen in a fresh world on SQLite; returns the check that does not hold."""
    with capture_logs() as logged:
        async with opened(gear.content, gear.listener, gear.emergency_policy) as world:
            watch = Watch(gear.words, logged)
            try:
                for step in steps:
                    await watch.look(world, await world.do(step))
                await _end(world, watch)
            except Broken as error:
                return error
    return None


async def _end(world: World, watch: Watch) -> None:
    """Let everything that is still under way arrive, and look at all there is."""
    await watch.look(world, await world.rest())
    await watch.look_at_end(world)
